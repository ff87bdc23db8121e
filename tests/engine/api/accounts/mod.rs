//! Who may come in: accounts, sessions, roles.

mod keys;
mod passwords;
pub mod people;
mod registering;
mod sessions;
mod users;
