//! What the tests share: throw-away servers, a scene to play on, and orders to place.

pub mod cable;
pub mod process;
pub mod roles;
pub mod said;
