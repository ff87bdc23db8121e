//! Measuring: a load generator, and a comparison with cqrs-es and postgres-es as they are shipped.
//!
//! ```text
//! booking bench -> a Postgres of its own, durable
//!   booking command-api       ours
//!   booking bench-baseline    stock: cqrs-es + postgres-es behind the same HTTP layer
//!   booking load              one after the other, on the same flights, in turns
//! ```
//! Everything runs in processes of its own, so that none is measured with another's work. Figures depend on the
//! machine and on what else it does: ratios of one run tell more than numbers of two.

mod compare;
mod figures;
mod load;
mod stock;

pub use compare::{BenchArgs, bench};
pub use load::{LoadArgs, load};
pub use stock::{StockArgs, stock};
