use super::*;

fn accepts<T>(read: impl Fn(&str) -> Result<T, Wrong>, texts: &[&str]) {
    for text in texts {
        assert!(read(text).is_ok(), "{text}");
    }
}

fn refuses<T>(read: impl Fn(&str) -> Result<T, Wrong>, texts: &[&str]) {
    for text in texts {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn names_are_trimmed_and_bounded() {
    assert_eq!(name(" Jean-Luc "), Ok("Jean-Luc".to_owned()));
    accepts(name, &["Ж", "O'Neil", "李", &"é".repeat(100)]);
    refuses(name, &["", "  ", "a\u{0}b", "a\nb", "\u{7f}x", &"é".repeat(101), " sealed:1:AAAA"]);
    accepts(name, &["Unsealed:1: Air"]);
}

#[test]
fn addresses_are_plausible() {
    accepts(email, &["john@example.com", "a.b+c@sub.example.org", "пример@пример.рф"]);
    let long = format!("{}@example.com", "a".repeat(250));
    refuses(email, &["", "john", "@example.com", "john@", "a@b@c", "jo hn@example.com", "a@b\u{0}.c", &long]);
}

#[test]
fn telephone_numbers_have_a_country_and_digits() {
    assert_eq!(phone_number(" +1 234-567 890 "), Ok("+1 234-567 890".to_owned()));
    accepts(phone_number, &["+12345", "+123456789012345"]);
    refuses(
        phone_number,
        &["", "+", "+1234", "+1234567890123456", "123456", "+12a45", "++12345", "+12345\u{0}"],
    );
    refuses(phone_number, &[&format!("+1{}2345", "-".repeat(40))]);
}

#[test]
fn birthdays_are_days_that_were() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let born = |text: &str| date_of_birth(text, today);
    assert_eq!(born("1990-05-15"), Ok("1990-05-15".to_owned()));
    accepts(born, &["1900-01-01", "2026-11-20", "2024-02-29"]);
    refuses(born, &["", "1899-12-31", "2026-11-21", "2023-02-29", "1990-5-15", "15.05.1990", "+1990-05-15"]);
}

#[test]
fn days_have_years_of_four_digits() {
    accepts(date, &["0001-01-01", "2024-02-29", "9999-12-31"]);
    refuses(date, &["-9999-01-1", "-999-01-01", "+1990-05-1", "2026-1-011", "12026-1-1", "2026-11-20 "]);
    accepts(departure_date, &["2000-01-01", " 2199-12-31 "]);
    refuses(departure_date, &["-9999-01-1", "1999-12-31", "2200-01-01", "9999-12-31", "soon"]);
}

#[test]
fn passports_have_letters_and_digits() {
    accepts(passport_number, &["AB123456", "12345", &"A".repeat(20)]);
    refuses(passport_number, &["", "1234", "AB 12345", "AB-12345", "ÄB12345", &"A".repeat(21)]);
}

#[test]
fn free_texts_may_be_blank_and_have_lines() {
    assert_eq!(free_text(" a\nb "), Ok(Some("a\nb".to_owned())));
    assert_eq!(free_text("  "), Ok(None));
    accepts(free_text, &[&"é".repeat(2_000)]);
    refuses(free_text, &[&"é".repeat(2_001), "a\u{0}", "a\u{1b}[31m", "sealed:1:AAAA"]);
}

#[test]
fn words_ids_kinds_seats_and_classes_are_what_they_are() {
    accepts(word, &["user_requested", "x", &"a".repeat(64)]);
    refuses(word, &["", "User", "a b", "a-b", "a1", &"a".repeat(65)]);
    accepts(passenger_kind, &["adult", "child", "infant"]);
    refuses(passenger_kind, &["", "Adult", "dog"]);
    accepts(seat_number, &["12A", " 12a "]);
    refuses(seat_number, &["", "A", "12", "1000A"]);
    accepts(class, &["economy", "Business"]);
    refuses(class, &["", "first class"]);
    accepts(id::<Uuid>, &["01890a5d-ac96-774b-bcce-b302099a8057"]);
    refuses(id::<Uuid>, &["", "12", "01890a5d"]);
}
