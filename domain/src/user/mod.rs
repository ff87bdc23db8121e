//! What an account is within one business: who it is, and what it may be there.
//!
//! ```text
//!          Register                   Deactivate
//!  Absent ----------> Active { grants } ----------> Deactivated
//!                       ^    | ChangeProfile, SetRoles, RequestPasswordReset
//!                       +----+
//! ```
//! Absent on purpose: passwords, tokens and codes. Those are secrets, and lie in schema `identity`; what is here
//! is told to subscribers.

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;
mod sheet;

pub use aggregate::{User, UserCommand, UserRefusal};
pub use event::{Grant, Profile, UserEvent};
pub use sheet::{UserSheet, UserStatus};
