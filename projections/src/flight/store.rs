//! Where rows of departures are kept.

mod read;
mod write;

pub(super) use read::{load, page};
pub(super) use write::store;
