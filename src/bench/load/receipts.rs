use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use axum::http::HeaderMap;
use booking_http::BOOKING_POSITION;
use serde::Deserialize;

/// A file that remembers what was accepted, for a checker to compare: a line for each,
/// `booking_id booking_reference position`, the position as the engine says it, else `-`.
pub struct Receipts(BufWriter<File>);

#[derive(Deserialize)]
struct Accepted<'a> {
    booking_id: &'a str,
    booking_reference: &'a str,
}

impl Receipts {
    /// An empty file in place of whatever was there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot make the file {}", path.display()))?;
        Ok(Self(BufWriter::new(file)))
    }

    /// Adds a line; it is in the file after the next [`flush`](Self::flush).
    ///
    /// # Errors
    /// When the answer is not that of an accepted booking, or the file cannot be written.
    pub fn add(&mut self, headers: &HeaderMap, body: &[u8]) -> anyhow::Result<()> {
        writeln!(self.0, "{}", line(headers, body)?).context("cannot write --keys-out")
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn line(headers: &HeaderMap, body: &[u8]) -> anyhow::Result<String> {
    let accepted: Accepted = serde_json::from_slice(body).context("an answer names no booking")?;
    let position = headers.get(BOOKING_POSITION).and_then(|position| position.to_str().ok());
    let Accepted { booking_id, booking_reference } = accepted;
    Ok(format!("{booking_id} {booking_reference} {}", position.unwrap_or("-")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_line_says_what_was_accepted() {
        let body = br#"{"booking_id": "b-1", "booking_reference": "BK-1", "status": "created"}"#;
        let mut headers = HeaderMap::new();
        assert_eq!(line(&headers, body).unwrap(), "b-1 BK-1 -");

        headers.insert(BOOKING_POSITION, HeaderValue::from_static("1.48213"));
        assert_eq!(line(&headers, body).unwrap(), "b-1 BK-1 1.48213");
        assert!(line(&headers, br#"{"status": "created"}"#).is_err());
    }
}
