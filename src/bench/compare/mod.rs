//! Ours and stock in turns, on the same machine, the same Postgres and the same flights. Named seats only: the
//! baseline has no pools.

mod figures;
mod rounds;

pub use figures::{Compared, Run};
pub use rounds::{Comparison, OURS};
