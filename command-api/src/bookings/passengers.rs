//! Those who travel.

use std::ops::Range;

use booking_domain::booking::PassengerKind;
use chrono::NaiveDate;

use super::body::PassengerBody;
use crate::check::{At, Checks, texts};

/// Most passengers of one booking, over all its items.
pub const PASSENGERS_MAX: usize = 50;

/// A passenger whose particulars are sound, still in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone_number: Option<String>,
    pub date_of_birth: Option<String>,
    pub passport_number: Option<String>,
    pub is_primary: bool,
    pub kind: PassengerKind,
}

/// All passengers of an order, list by list.
#[derive(Debug)]
pub struct Roster {
    today: NaiveDate,
    listed: usize,
    has_primary: bool,
    persons: Vec<Person>,
}

impl Roster {
    /// Nobody yet.
    pub const fn new(today: NaiveDate) -> Self {
        Self { today, listed: 0, has_primary: false, persons: vec![] }
    }

    /// Takes a list in; answers where its passengers stand, if all are sound.
    pub fn list(
        &mut self,
        checks: &mut Checks,
        at: At<'_>,
        list: Vec<PassengerBody>,
    ) -> Option<Range<usize>> {
        self.listed += list.len();
        if list.is_empty() {
            checks.complain(at, "INVALID_VALUE", "at least one passenger is needed");
        }
        if PASSENGERS_MAX < self.listed {
            let detail = format!("a booking has at most {PASSENGERS_MAX} passengers");
            checks.complain(at, "TOO_MANY", detail);
            return None;
        }
        let (start, count) = (self.persons.len(), list.len());
        for (index, body) in list.into_iter().enumerate() {
            let person = self.person(checks, at.index(index), body);
            self.persons.extend(person);
        }
        let sound = start..self.persons.len();
        let seated = self.persons[sound.clone()].iter().any(|person| person.kind.needs_seat());
        if sound.len() < count || count == 0 {
            return None;
        }
        if !seated {
            checks.complain(at, "INVALID_VALUE", "at least one passenger must be adult or child");
        }
        Some(sound)
    }

    /// All of them; the first is primary when nobody was named so.
    pub fn finish(mut self) -> Vec<Person> {
        if let (false, Some(first)) = (self.has_primary, self.persons.first_mut()) {
            first.is_primary = true;
        }
        self.persons
    }

    fn person(&mut self, checks: &mut Checks, at: At<'_>, body: PassengerBody) -> Option<Person> {
        let is_primary = body.is_primary.unwrap_or_default();
        if is_primary && std::mem::replace(&mut self.has_primary, true) {
            checks.complain(at.field("is_primary"), "INVALID_VALUE", "only one passenger is the primary one");
        }
        let today = self.today;
        let born = |text: &str| texts::date_of_birth(text, today);
        let first_name = checks.required(at.field("first_name"), body.first_name, texts::name);
        let last_name = checks.required(at.field("last_name"), body.last_name, texts::name);
        let email = checks.optional(at.field("email"), body.email, texts::email);
        let phone_number = checks.optional(at.field("phone_number"), body.phone_number, texts::phone_number);
        let date_of_birth = checks.optional(at.field("date_of_birth"), body.date_of_birth, born);
        let passport = at.field("passport_number");
        let passport_number = checks.optional(passport, body.passport_number, texts::passport_number);
        let kind = checks.optional(at.field("kind"), body.kind, texts::passenger_kind).unwrap_or_default();
        let (first_name, last_name) = first_name.zip(last_name)?;
        Some(Person {
            first_name,
            last_name,
            email,
            phone_number,
            date_of_birth,
            passport_number,
            is_primary,
            kind,
        })
    }
}
