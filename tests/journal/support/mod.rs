//! What the tests share: a throw-away cluster, a scene to play on, and orders to place.

pub mod airline;
pub mod database;
pub mod guard;
pub mod passenger;
pub mod scene;
