//! Percent-encoding: of header values, as the CloudEvents bindings ask for it, and in URLs.

use std::fmt::Write;

/// `text` with blanks, quotes, `%`, control characters and everything beyond ASCII as `%XX`.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'%') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes all that is written to it");
        }
    }
    encoded
}

/// The text before it was encoded; `None` when `%` is not followed by two digits, or no text comes out.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{decoded, encoded};

    #[test]
    fn what_is_encoded_can_be_read_back() {
        let rows = [("", ""), ("7/12A", "7/12A"), ("a b\"%\n", "a%20b%22%25%0A"), ("é", "%C3%A9")];
        for (text, on_the_wire) in rows {
            assert_eq!(encoded(text), on_the_wire);
            assert_eq!(decoded(on_the_wire).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_was_never_encoded_is_refused() {
        for text in ["%", "%2", "%zz", "%FF", "%é"] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }
}
