//! Where rows of departures are kept.

mod read;
mod write;

pub(super) use read::{COUNT, KEYS, load, whole};
pub(super) use write::store;
