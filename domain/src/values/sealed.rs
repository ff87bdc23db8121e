//! Personal data as the engine carries it: sealed, never in the clear.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How every sealed string begins; the number is the form of what follows.
pub const SEALED_PREFIX: &str = "sealed:1:";

/// A personal text (a name, a passport number, a note) sealed under its subject's key:
/// `sealed:1:<base64url(nonce, text, tag)>`.
///
/// The domain never opens one. The subject is the id beside it: the passenger's, else the customer's.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Sealed(String);

/// The text is in the clear, or garbled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("personal data must be sealed before it enters an event")]
pub struct NotSealed;

impl Sealed {
    /// The sealed form, safe to store and to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Looked up by its text.
impl Borrow<str> for Sealed {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sealed {
    type Error = NotSealed;

    fn try_from(text: String) -> Result<Self, NotSealed> {
        if text.starts_with(SEALED_PREFIX) { Ok(Self(text)) } else { Err(NotSealed) }
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sealed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_text_cannot_become_sealed_by_mistake() {
        assert_eq!(Sealed::try_from("AB123456".to_owned()), Err(NotSealed));
        assert!(serde_json::from_str::<Sealed>("\"AB123456\"").is_err());
    }
}
