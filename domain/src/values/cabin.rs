//! What a departure has to sell: cabins of numbered seats, and counted pools.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Currency, Money, SeatNumber, seat_number::ROW_MAX};

/// Most seats and places that one departure sells.
pub const CAPACITY_MAX: u32 = 100_000;

/// A class of travel or admission: `economy`, `business`, `stalls`. Lower case letters, digits, `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Class(Box<str>);

/// The text is empty, longer than 32 bytes, or has other signs than letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a class is 1 to 32 letters, digits or underscores")]
pub struct NotAClass;

impl Class {
    /// Any case in, lower case kept.
    ///
    /// # Errors
    /// [`NotAClass`] for other signs or lengths.
    pub fn new(text: &str) -> Result<Self, NotAClass> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if text.is_empty() || 32 < text.len() || !text.bytes().all(fits) {
            return Err(NotAClass);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Class {
    type Error = NotAClass;

    fn try_from(text: String) -> Result<Self, NotAClass> {
        Self::new(&text)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One class of a departure: how it is seated and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cabin {
    /// Unique within the departure.
    pub class: Class,
    /// Numbered or counted.
    #[serde(flatten)]
    pub seating: Seating,
    /// For one passenger.
    pub price: Money,
}

/// How the places of a cabin are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seating {
    /// Every seat has a number; one stream each.
    Numbered(Rows),
    /// Only the count matters; one stream for all.
    Counted(Places),
}

/// Rows `first_row..=last_row`, each with the same letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Counted from 1.
    pub first_row: u16,
    /// Inclusive.
    pub last_row: u16,
    /// Such as `ABC DEF`: a blank is an aisle.
    pub letters: Box<str>,
}

/// So many places without numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Places that exist.
    pub count: u32,
    /// Places that may be sold beyond them.
    pub overbooking_limit: u32,
}

impl Rows {
    /// All seats of the cabin in order: front to back, left to right.
    pub fn seats(&self) -> impl Iterator<Item = SeatNumber> + '_ {
        (self.first_row..=self.last_row).flat_map(|row| self.row(row))
    }

    /// The seats of one row, left to right.
    pub fn row(&self, row: u16) -> impl Iterator<Item = SeatNumber> + '_ {
        self.letters.bytes().filter_map(move |letter| SeatNumber::new(row, letter))
    }

    /// The seats of one row in blocks between aisles.
    pub fn blocks(&self, row: u16) -> impl Iterator<Item = Vec<SeatNumber>> + '_ {
        let block = move |letters: &str| -> Vec<SeatNumber> {
            letters.bytes().filter_map(|letter| SeatNumber::new(row, letter)).collect()
        };
        self.letters.split(' ').map(block)
    }

    /// Where a seat stands among [`seats`](Self::seats), if it is one of them.
    pub fn index_of(&self, seat: SeatNumber) -> Option<usize> {
        if seat.row() < self.first_row || self.last_row < seat.row() {
            return None;
        }
        let place = self.abreast().position(|letter| letter == seat.letter())?;
        Some(usize::from(seat.row() - self.first_row) * self.abreast().count() + place)
    }

    /// Seats in all rows together.
    pub fn capacity(&self) -> u32 {
        let rows = u32::from(self.last_row.saturating_sub(self.first_row)) + 1;
        rows * u32::try_from(self.abreast().count()).unwrap_or(u32::MAX)
    }

    fn abreast(&self) -> impl Iterator<Item = u8> + '_ {
        self.letters.bytes().filter(|letter| *letter != b' ')
    }
}

impl Cabin {
    /// Seats or places that exist, overbooking not counted.
    pub fn capacity(&self) -> u32 {
        match &self.seating {
            Seating::Numbered(rows) => rows.capacity(),
            Seating::Counted(places) => places.count,
        }
    }

    /// The rows of a numbered cabin.
    pub const fn rows(&self) -> Option<&Rows> {
        match &self.seating {
            Seating::Numbered(rows) => Some(rows),
            Seating::Counted(_) => None,
        }
    }
}

/// The cabins of a departure, front to back, checked together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Cabin>", into = "Vec<Cabin>")]
pub struct Cabins(Vec<Cabin>);

/// Why cabins do not make a departure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CabinError {
    /// There is nothing to sell, or more than [`CAPACITY_MAX`].
    #[error("a departure sells from 1 to {CAPACITY_MAX} seats and places")]
    Capacity,
    /// The class stands twice.
    #[error("class {0} stands twice")]
    ClassTwice(Class),
    /// Rows run backwards or past [`ROW_MAX`], or two cabins share a row.
    #[error("the rows of class {0} are out of order or shared with another class")]
    Rows(Class),
    /// Letters are not distinct capitals in blocks parted by single blanks.
    #[error("the letters of class {0} are not distinct capitals such as `ABC DEF`")]
    Letters(Class),
    /// A negative price, or one in another currency than the first cabin's.
    #[error("the price of class {0} is negative or in another currency")]
    Price(Class),
}

impl Cabins {
    /// Checks that classes and rows are distinct, letters sound, prices of one currency.
    ///
    /// # Errors
    /// The first [`CabinError`] found.
    pub fn new(cabins: Vec<Cabin>) -> Result<Self, CabinError> {
        let mut row_before = 0;
        for (place, cabin) in cabins.iter().enumerate() {
            check(cabin, &cabins, place)?;
            if let Seating::Numbered(rows) = &cabin.seating {
                if rows.first_row <= row_before {
                    return Err(CabinError::Rows(cabin.class.clone()));
                }
                row_before = rows.last_row;
            }
        }
        let capacity: u64 = cabins.iter().map(|cabin| u64::from(cabin.capacity())).sum();
        if capacity == 0 || u64::from(CAPACITY_MAX) < capacity {
            return Err(CabinError::Capacity);
        }
        Ok(Self(cabins))
    }

    /// Front to back.
    pub fn iter(&self) -> impl Iterator<Item = &Cabin> {
        self.0.iter()
    }

    /// Of all prices.
    pub fn currency(&self) -> Currency {
        self.0.first().expect("a departure has a cabin").price.currency
    }

    /// The cabin of a class.
    pub fn of(&self, class: &Class) -> Option<&Cabin> {
        self.0.iter().find(|cabin| cabin.class == *class)
    }

    /// The cabin that has a seat.
    pub fn with_seat(&self, seat: SeatNumber) -> Option<&Cabin> {
        self.0.iter().find(|cabin| cabin.rows().is_some_and(|rows| rows.index_of(seat).is_some()))
    }

    /// Where a seat stands among all numbered seats of the departure: its bit in the seat map.
    pub fn index_of(&self, seat: SeatNumber) -> Option<usize> {
        let mut before = 0;
        for rows in self.0.iter().filter_map(Cabin::rows) {
            if let Some(index) = rows.index_of(seat) {
                return Some(before + index);
            }
            before += rows.capacity() as usize;
        }
        None
    }
}

fn check(cabin: &Cabin, cabins: &[Cabin], place: usize) -> Result<(), CabinError> {
    let class = || cabin.class.clone();
    if cabins[..place].iter().any(|other| other.class == cabin.class) {
        return Err(CabinError::ClassTwice(class()));
    }
    if cabin.price.minor < 0 || cabin.price.currency != cabins[0].price.currency {
        return Err(CabinError::Price(class()));
    }
    let Seating::Numbered(rows) = &cabin.seating else { return Ok(()) };
    if rows.first_row == 0 || rows.last_row < rows.first_row || ROW_MAX < rows.last_row {
        return Err(CabinError::Rows(class()));
    }
    let capitals = |block: &str| !block.is_empty() && block.bytes().all(|byte| byte.is_ascii_uppercase());
    let distinct: std::collections::BTreeSet<u8> = rows.abreast().collect();
    if !rows.letters.split(' ').all(capitals) || distinct.len() != rows.abreast().count() {
        return Err(CabinError::Letters(class()));
    }
    Ok(())
}

impl TryFrom<Vec<Cabin>> for Cabins {
    type Error = CabinError;

    fn try_from(cabins: Vec<Cabin>) -> Result<Self, CabinError> {
        Self::new(cabins)
    }
}

impl From<Cabins> for Vec<Cabin> {
    fn from(cabins: Cabins) -> Self {
        cabins.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iso_currency::Currency;

    fn rows(class: &str, first_row: u16, last_row: u16, letters: &str) -> Cabin {
        let seating = Seating::Numbered(Rows { first_row, last_row, letters: letters.into() });
        Cabin { class: Class::new(class).unwrap(), seating, price: Money::of(100, Currency::USD) }
    }

    #[test]
    fn seats_are_numbered_across_cabins() {
        let cabins = Cabins::new(vec![rows("business", 1, 2, "AC DF"), rows("economy", 3, 30, "ABC DEF")]);
        let cabins = cabins.unwrap();
        let index = |text: &str| cabins.index_of(text.parse().unwrap());
        assert_eq!(index("1A"), Some(0));
        assert_eq!(index("2F"), Some(7));
        assert_eq!(index("3A"), Some(8));
        assert_eq!(index("30F"), Some(175));
        assert_eq!((index("1B"), index("31A")), (None, None));
        assert_eq!(cabins.iter().map(Cabin::capacity).sum::<u32>(), 176);
    }

    #[test]
    fn cabins_that_cannot_be_are_refused() {
        let class = |text: &str| Class::new(text).unwrap();
        let wrong = |cabins: Vec<Cabin>| Cabins::new(cabins).unwrap_err();
        assert_eq!(wrong(vec![]), CabinError::Capacity);
        assert_eq!(wrong(vec![rows("a", 3, 2, "AB")]), CabinError::Rows(class("a")));
        assert_eq!(wrong(vec![rows("a", 0, 2, "AB")]), CabinError::Rows(class("a")));
        assert_eq!(wrong(vec![rows("a", 1, 2, "ABA")]), CabinError::Letters(class("a")));
        assert_eq!(wrong(vec![rows("a", 1, 2, "ab")]), CabinError::Letters(class("a")));
        assert_eq!(wrong(vec![rows("a", 1, 2, "")]), CabinError::Letters(class("a")));
        assert_eq!(
            wrong(vec![rows("a", 1, 2, "AB"), rows("a", 3, 4, "AB")]),
            CabinError::ClassTwice(class("a"))
        );
        assert_eq!(wrong(vec![rows("a", 1, 5, "AB"), rows("b", 5, 9, "AB")]), CabinError::Rows(class("b")));
    }
}
