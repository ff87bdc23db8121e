//! The ways of writing rows and letters of a cabin.

use serde_json::Value;

use crate::check::Wrong;

const ROWS_WRONG: &str = "rows are a number of rows, \"10-30\" or [10, 30], within 1 to 999";
const LETTERS_WRONG: &str = "letters are distinct capitals such as \"ABC DEF\", a blank is an aisle";

/// Highest row that a seat can be in.
const ROW_MAX: u16 = 999;

/// Most signs that the letters of one row have, aisles included.
const LETTERS_MAX: usize = 52;

/// First and last row. A number counts rows after those of the cabin before.
pub fn rows(written: &Value, row_before: u16) -> Result<(u16, u16), Wrong> {
    let ends = match written {
        Value::Number(count) => {
            count.as_u64().and_then(row).map(|count| (row_before + 1, row_before + count))
        }
        Value::String(text) => range(text),
        Value::Array(ends) => pair(ends),
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    };
    let sound = |(first, last): &(u16, u16)| first <= last && *last <= ROW_MAX;
    ends.filter(sound).ok_or_else(|| ROWS_WRONG.into())
}

/// Letters in blocks parted by single blanks, in capitals; whether they are distinct the cabins check.
pub fn letters(written: &Value) -> Result<Box<str>, Wrong> {
    let text = match written {
        Value::String(text) => Some(text.clone()),
        Value::Array(seats) => joined(seats),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    };
    let text = text.filter(|text| text.len() <= LETTERS_MAX).unwrap_or_default();
    let blocks: Vec<String> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
    let capitals = |block: &String| block.bytes().all(|byte| byte.is_ascii_uppercase());
    if blocks.is_empty() || !blocks.iter().all(capitals) {
        return Err(LETTERS_WRONG.into());
    }
    Ok(blocks.join(" ").into())
}

fn row(number: u64) -> Option<u16> {
    u16::try_from(number).ok().filter(|row| (1..=ROW_MAX).contains(row))
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse().ok().and_then(row);
    number(first).zip(number(last))
}

fn pair(ends: &[Value]) -> Option<(u16, u16)> {
    let [first, last] = ends else { return None };
    first.as_u64().and_then(row).zip(last.as_u64().and_then(row))
}

/// Single letters make one block, longer texts a block each.
fn joined(seats: &[Value]) -> Option<String> {
    let seats: Vec<&str> = seats.iter().map(Value::as_str).collect::<Option<_>>()?;
    let single = seats.iter().all(|seat| seat.len() <= 1);
    Some(seats.join(if single { "" } else { " " }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_written_in_three_ways() {
        for (written, before, ends) in [
            (json!(20), 0, (1, 20)),
            (json!(20), 9, (10, 29)),
            (json!("10-30"), 9, (10, 30)),
            (json!(" 10 - 30 "), 9, (10, 30)),
            (json!("12"), 0, (12, 12)),
            (json!([10, 30]), 0, (10, 30)),
        ] {
            assert_eq!(rows(&written, before), Ok(ends), "{written}");
        }
        for written in [
            json!(0),
            json!(1000),
            json!(-1),
            json!(1.5),
            json!("30-10"),
            json!("0-3"),
            json!("a"),
            json!([1]),
        ] {
            assert!(rows(&written, 0).is_err(), "{written}");
        }
        assert!(rows(&json!(1), 999).is_err(), "no row is left");
        assert!(rows(&json!({}), 0).is_err() && rows(&json!(null), 0).is_err());
    }

    #[test]
    fn letters_are_written_in_blocks_or_one_by_one() {
        for (written, letters_read) in [
            (json!("ABCDEF"), "ABCDEF"),
            (json!("abc  def"), "ABC DEF"),
            (json!(["A", "B", "C"]), "ABC"),
            (json!(["A", "B", " ", "C"]), "AB C"),
            (json!(["ABC", "DEF"]), "ABC DEF"),
        ] {
            assert_eq!(letters(&written), Ok(letters_read.into()), "{written}");
        }
        let long = "A".repeat(60);
        for written in [json!(""), json!(" "), json!([]), json!("A1"), json!([1]), json!(7), json!(long)] {
            assert!(letters(&written).is_err(), "{written}");
        }
    }
}
