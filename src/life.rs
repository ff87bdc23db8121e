//! Durations as settings write them: `900`, `900s`, `15m`, `12h`, `7d`.

use chrono::TimeDelta;

/// Reads a duration in whole seconds; without a letter it is seconds.
pub fn read(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: i64 = digits.parse().ok()?;
    let unit_s = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    TimeDelta::try_seconds(number.checked_mul(unit_s)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_with_its_unit() {
        for (text, seconds) in [
            ("900", Some(900)),
            ("900s", Some(900)),
            (" 15m ", Some(900)),
            ("12h", Some(43_200)),
            ("7d", Some(604_800)),
            ("", None),
            ("m", None),
            ("15 minutes", None),
            ("1w", None),
            ("9223372036854775807d", None),
        ] {
            assert_eq!(read(text).map(|life| life.num_seconds()), seconds, "{text}");
        }
    }
}
