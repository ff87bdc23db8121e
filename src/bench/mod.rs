//! Measuring: a load generator, a comparison with cqrs-es and postgres-es as they are shipped, and what a booking
//! costs on its whole way. What each figure says stands in `docs/performance.md`.
//!
//! ```text
//! booking bench -> a Postgres of its own, durable, and a nats-server
//!   limit       rows of the journal in batches, with nothing else: what the database takes
//!   compare     booking command-api and booking bench-baseline (cqrs-es + postgres-es behind the same HTTP
//!               layer), in turns on the same flights
//!   pipeline    command-api, relay, projections and query-api
//!   rates       booking rebuild, booking verify
//!   contest     many buyers for few places
//! booking bench --flat: the same on a long journal as on a short one
//! ```
//! Everything runs in processes of its own, so that none is measured with another's work. Figures depend on the
//! machine and on what else it does: ratios of one run tell more than numbers of two.

mod arena;
mod compare;
mod contest;
mod cpu;
mod figures;
mod flat;
mod flights;
mod limit;
mod load;
mod loading;
mod machine;
mod outcome;
mod pipeline;
mod plan;
mod process;
mod rates;
mod say;
mod stock;
mod suite;

pub use contest::{BuyersArgs, buyers};
pub use load::{LoadArgs, load};
pub use plan::BenchArgs;
pub use stock::{StockArgs, stock};
pub use suite::bench;
