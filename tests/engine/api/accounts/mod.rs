//! Who may come in: accounts, sessions, roles.

mod keys;
mod passwords;
mod people;
mod registering;
mod sessions;
mod users;
