//! Texts of bodies, each with its bounds. Surrounding blanks are cut off.

use std::ops::RangeInclusive;

use booking_domain::booking::PassengerKind;
use booking_domain::values::{Class, SEALED_PREFIX, SeatNumber};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::Wrong;

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// Longest e-mail address, in bytes.
pub const EMAIL_BYTES_MAX: usize = 254;

/// Longest free text, such as special requests, in characters.
pub const FREE_TEXT_CHARS_MAX: usize = 2_000;

/// Longest word code, in bytes.
pub const WORD_BYTES_MAX: usize = 64;

/// Years in which something can depart.
pub const DEPARTURE_YEARS: RangeInclusive<i32> = 2000..=2199;

/// Nobody who travels was born before.
const BIRTH_YEAR_MIN: i32 = 1900;

/// A name of a person or a company.
pub fn name(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    unlike_sealed(text)?;
    if text.is_empty() || NAME_CHARS_MAX < text.chars().count() || text.chars().any(char::is_control) {
        return Err("a name has 1 to 100 characters, none of them a control character".into());
    }
    Ok(text.to_owned())
}

/// A plausible address; only a mail that arrives proves more.
pub fn email(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    let plausible = match text.split_once('@') {
        Some((local, domain)) => plain(local) && plain(domain) && !domain.contains('@'),
        None => false,
    };
    unlike_sealed(text)?;
    if !plausible || EMAIL_BYTES_MAX < text.len() {
        return Err("not an e-mail address such as jane@example.com".into());
    }
    Ok(text.to_owned())
}

/// A telephone number with its country, kept as written.
pub fn phone_number(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let number = text.strip_prefix('+').unwrap_or_default();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let sound = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ' || byte == b'-');
    if !sound || !(5..=15).contains(&digits) || 32 < text.len() {
        return Err("not a telephone number such as +1 234 567 890: + and 5 to 15 digits".into());
    }
    Ok(text.to_owned())
}

/// A day of the calendar, in years of four digits without a sign.
pub fn date(text: &str) -> Result<NaiveDate, Wrong> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let date = date.filter(|date| text.len() == 10 && date.to_string() == text);
    date.ok_or_else(|| "not a date such as 1990-05-15".into())
}

/// A day on which something can depart, on the calendar of the place.
///
/// # Errors
/// When it is no date, or not in the years 2000 to 2199.
pub fn departure_date(text: &str) -> Result<NaiveDate, Wrong> {
    let date = date(text.trim())?;
    if !DEPARTURE_YEARS.contains(&date.year()) {
        return Err("a day of departure lies in the years 2000 to 2199".into());
    }
    Ok(date)
}

/// A birthday, kept as written.
pub fn date_of_birth(text: &str, today: NaiveDate) -> Result<String, Wrong> {
    let born = date(text.trim())?;
    if today < born || born.year() < BIRTH_YEAR_MIN {
        return Err("a date of birth lies between 1900 and today".into());
    }
    Ok(born.to_string())
}

/// A passport's number.
pub fn passport_number(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    if !(5..=20).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("a passport number has 5 to 20 letters and digits".into());
    }
    Ok(text.to_owned())
}

/// A passenger's kind.
pub fn passenger_kind(text: &str) -> Result<PassengerKind, Wrong> {
    match text {
        "adult" => Ok(PassengerKind::Adult),
        "child" => Ok(PassengerKind::Child),
        "infant" => Ok(PassengerKind::Infant),
        _ => Err("a passenger is adult, child or infant".into()),
    }
}

/// What people write to each other: line breaks may be in it. Blank is as good as absent.
pub fn free_text(text: &str) -> Result<Option<String>, Wrong> {
    let text = text.trim();
    let unseen = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if FREE_TEXT_CHARS_MAX < text.chars().count() || text.contains(unseen) {
        return Err("at most 2000 characters, and no control characters".into());
    }
    unlike_sealed(text)?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A text in the clear that looks sealed would be taken for a sealed one, which nothing opens, by every answer
/// that shows it.
fn unlike_sealed(text: &str) -> Result<(), Wrong> {
    if text.starts_with(SEALED_PREFIX) {
        return Err(format!("a text does not begin with {SEALED_PREFIX}").into());
    }
    Ok(())
}

/// A word code such as `schedule_change`.
pub fn word(text: &str) -> Result<String, Wrong> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    if !(1..=WORD_BYTES_MAX).contains(&text.len()) || !text.bytes().all(fits) {
        return Err("1 to 64 small letters or underscores, such as schedule_change".into());
    }
    Ok(text.to_owned())
}

/// An id.
pub fn id<T: From<Uuid>>(text: &str) -> Result<T, Wrong> {
    Uuid::try_parse(text).map(T::from).map_err(|_| "not an id: a UUID is expected".into())
}

/// A class.
pub fn class(text: &str) -> Result<Class, Wrong> {
    Class::new(text.trim()).map_err(|error| error.to_string().into())
}

/// A seat's number; whether there is such a seat is another question.
pub fn seat_number(text: &str) -> Result<SeatNumber, Wrong> {
    text.trim().parse().map_err(|_| "not a seat number such as 12A".into())
}

#[cfg(test)]
mod tests;
