//! serde says what is wrong with an input only as text; this reads it back.

/// Longest text that is repeated to the caller, in characters: it may quote the input.
const QUOTE_CHARS_MAX: usize = 200;

/// What serde had against an input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// One of the codes of a [`FieldError`](crate::FieldError).
    pub code: &'static str,
    /// The field that is unknown, missing or doubled; serde points at its parent.
    pub field: Option<String>,
    /// What would have been accepted instead of an unknown field or word.
    pub allowed: Vec<String>,
    /// For people: without line and column, and cut.
    pub text: String,
}

impl Complaint {
    pub fn of(message: &str) -> Self {
        let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
        let code = code_of(message);
        let of_field = ["UNKNOWN_FIELD", "MISSING_FIELD", "DUPLICATE_FIELD"].contains(&code);
        Self {
            code,
            field: quoted(message).next().filter(|_| of_field).map(cut),
            allowed: allowed_by(message),
            text: cut(message),
        }
    }
}

fn code_of(message: &str) -> &'static str {
    const CODES: [(&str, &str); 4] = [
        ("unknown field", "UNKNOWN_FIELD"),
        ("missing field", "MISSING_FIELD"),
        ("duplicate field", "DUPLICATE_FIELD"),
        ("invalid type", "WRONG_TYPE"),
    ];
    let known = CODES.iter().find(|(start, _)| message.starts_with(start));
    known.map_or("INVALID_VALUE", |(_, code)| code)
}

fn allowed_by(message: &str) -> Vec<String> {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if message.starts_with("unknown ") => {
            quoted(expected).map(ToOwned::to_owned).collect()
        }
        Some(_) | None => vec![],
    }
}

/// The names between back quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn cut(text: &str) -> String {
    text.chars().take(QUOTE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only reading it matters")]
    struct Seat {
        row: u8,
        letter: char,
    }

    fn complaint(json: &str) -> Complaint {
        Complaint::of(&serde_json::from_str::<Seat>(json).unwrap_err().to_string())
    }

    #[test]
    fn serde_is_understood() {
        let unknown = complaint(r#"{"row": 1, "colour": "red"}"#);
        let rows = [
            (r#"{"row": 1}"#, "MISSING_FIELD", Some("letter"), "missing field `letter`"),
            (r#"{"row": 1, "row": 2}"#, "DUPLICATE_FIELD", Some("row"), "duplicate field `row`"),
            (r#"{"row": []}"#, "WRONG_TYPE", None, "invalid type: sequence, expected u8"),
            (r#"{"row": 999}"#, "INVALID_VALUE", None, "invalid value: integer `999`, expected u8"),
        ];

        assert_eq!(
            unknown,
            Complaint {
                code: "UNKNOWN_FIELD",
                field: Some("colour".into()),
                allowed: vec!["row".into(), "letter".into()],
                text: "unknown field `colour`, expected `row` or `letter`".into(),
            }
        );
        for (json, code, field, text) in rows {
            let expected =
                Complaint { code, field: field.map(Into::into), allowed: vec![], text: text.into() };
            assert_eq!(complaint(json), expected, "{json}");
        }
    }

    #[test]
    fn an_endless_name_is_cut() {
        let complaint = complaint(&format!(r#"{{"{}": 1}}"#, "x".repeat(60_000)));

        assert_eq!(complaint.text.len(), QUOTE_CHARS_MAX);
        assert_eq!(complaint.field.unwrap().len(), QUOTE_CHARS_MAX);
    }
}
