//! Changes of what a booking says: of one passenger's particulars, and of what people wrote.

use serde::{Deserialize, Deserializer, Serialize};

use crate::values::{PassengerId, Sealed};

/// New particulars of one passenger; what is absent stays as it is. Sealed under the passenger's own key.
///
/// The kind is not among them: it decides who needs a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassengerChange {
    pub id: PassengerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passport_number: Option<Sealed>,
    /// Makes this one the primary passenger, in place of whoever was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_primary: bool,
}

/// New texts; what is absent stays as it is, what is null is taken away. Sealed under the customer's key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsChange {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub special_requests: Option<Option<Sealed>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub notes: Option<Option<Sealed>>,
}

/// For a member that may be absent or null: one that is there is given, be it null.
///
/// # Errors
/// When it is neither null nor a `T`.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
