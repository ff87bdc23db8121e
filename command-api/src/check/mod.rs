//! Checking a body that has the right shape: everything that is wrong is found, not only the first.

mod at;
mod money;
pub mod texts;

use std::borrow::Cow;

use booking_http::{FieldError, Problem};

pub use at::At;
pub use money::{MoneyBody, money};

/// Why a text is not what it should be, for people.
pub type Wrong = Cow<'static, str>;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub struct Checks {
    errors: Vec<FieldError>,
}

impl Checks {
    /// Notes that something is wrong.
    pub fn complain(&mut self, at: At<'_>, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(at.to_string(), code, detail));
    }

    /// What was read, if it could be.
    pub fn read<T>(&mut self, at: At<'_>, read: Result<T, Wrong>) -> Option<T> {
        read.map_err(|wrong| self.complain(at, "INVALID_VALUE", wrong)).ok()
    }

    /// A member that must be there.
    pub fn present<T>(&mut self, at: At<'_>, member: Option<T>) -> Option<T> {
        if member.is_none() {
            self.complain(at, "MISSING_FIELD", "this field is required");
        }
        member
    }

    /// A text that must be there and be right.
    pub fn required<T>(
        &mut self,
        at: At<'_>,
        text: Option<String>,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let text = self.present(at, text)?;
        self.read(at, read(&text))
    }

    /// A text that must be right when it is there.
    pub fn optional<T>(
        &mut self,
        at: At<'_>,
        text: Option<String>,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.read(at, read(&text?))
    }

    /// What was wanted, if nothing was wrong with it.
    pub fn finish<T>(self, wanted: Option<T>) -> Result<T, Problem> {
        match wanted {
            Some(wanted) if self.errors.is_empty() => Ok(wanted),
            Some(_) | None => Err(Problem::validation(self.errors)),
        }
    }
}
