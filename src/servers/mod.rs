//! Private Postgres and NATS servers for development and tests, from installed programs.
//!
//! Each server has a data folder of its own, listens on a free port of the loopback address only, and ends
//! with the process that started it, also when that is killed. When started as root, servers run as the user
//! `postgres` (else `nobody`), because Postgres refuses root; a data folder that this user cannot reach (below
//! `/root`, say) is then replaced by one in `/var/lib/booking` whose name tells the folder it stands for.
//!
//! Everything here blocks: a start takes some tenths of a second, the first one on a folder a second more. That
//! is meant for the start of `main` and of tests, where nothing else runs; elsewhere call it through
//! `tokio::task::spawn_blocking`. No function needs a runtime.
//!
//! ```no_run
//! use booking::servers::{Postgres, PostgresOptions, ServerFailure};
//!
//! fn development() -> Result<(), ServerFailure> {
//!     let postgres = Postgres::start(&PostgresOptions::new(".data/postgres"))?;
//!     println!("{}", postgres.url("postgres"));
//!     Ok(()) // and dropping it stops it
//! }
//! ```

mod account;
mod cluster;
mod failure;
mod folder;
mod leash;
mod leftovers;
mod nats;
mod port;
mod postgres;
mod search_path;
mod server;
mod throwaway;

pub use failure::ServerFailure;
pub use nats::{Nats, NatsOptions};
pub use postgres::{Postgres, PostgresOptions};
pub use search_path::SearchPath;
