//! What a program with a key may.

use std::str::FromStr;

/// One thing that a key may be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All bookings of the business, and whose they are.
    BookingsRead,
    /// Placing, confirming and cancelling any of them.
    BookingsWrite,
    /// The timetable, and what is free.
    FlightsRead,
    /// Changing it.
    FlightsWrite,
    /// The users of the business.
    UsersRead,
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u8);

/// A word that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are the scopes bookings:read, bookings:write, flights:read, flights:write, users:read")]
pub struct UnknownScope;

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::BookingsRead, Self::BookingsWrite, Self::FlightsRead, Self::FlightsWrite, Self::UsersRead];

    /// As in requests and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BookingsRead => "bookings:read",
            Self::BookingsWrite => "bookings:write",
            Self::FlightsRead => "flights:read",
            Self::FlightsWrite => "flights:write",
            Self::UsersRead => "users:read",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.word() == word).ok_or(UnknownScope)
    }
}

impl Scopes {
    /// Whether this one is among them.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Their words.
    pub fn words(self) -> Vec<&'static str> {
        Scope::ALL.into_iter().filter(|scope| self.has(*scope)).map(Scope::word).collect()
    }

    /// Those of the words that are scopes: a word that this program does not know allows nothing.
    pub fn of_words(words: &[String]) -> Self {
        words.iter().filter_map(|word| word.parse().ok()).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_as_it_is_written() {
        for scope in Scope::ALL {
            assert_eq!(scope.word().parse(), Ok(scope));
            assert_eq!(Scopes::from_iter([scope]).words(), [scope.word()]);
        }
        assert_eq!("everything".parse::<Scope>(), Err(UnknownScope));
        let words = ["users:read", "of:tomorrow"].map(str::to_owned);
        assert_eq!(Scopes::of_words(&words), Scopes::from_iter([Scope::UsersRead]));
    }
}
