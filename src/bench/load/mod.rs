//! `booking load`: places bookings on a running engine, as many customers at once.
//!
//! ```text
//! catalogue   flights on sale, from the query API or a file
//!   offers    random free seats and places on random departures, none handed out twice
//!     order   a body for two passengers
//!       course    so many clients, each on a connection of its own, until enough is booked
//!         pace    when each is due
//!         tally   what was answered, and how fast
//! ```
//! Clients do not wait between bookings: the load is as high as the engine lets it be. With `--rate` it is as high
//! as asked for instead, whether the engine keeps up or not: each booking has a time at which it is due, the next
//! free client places it then or as soon as there is one, and its latency counts from the time it was due. All
//! clients share one thread, so that a second core is left to the engine.

mod catalogue;
mod connection;
mod course;
mod customers;
mod offers;
mod order;
mod pace;
mod read_back;
mod receipts;
mod tally;
mod target;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::exit::Failure;
use crate::settings::Settings;
pub use catalogue::FlightRow;
pub use connection::{Answer, Connection};
pub use customers::Customers;
pub use tally::Report;
pub use target::Target;

/// What is placed, and where.
#[derive(Debug, Clone, Args)]
pub struct LoadArgs {
    /// Where bookings are placed; only on this machine
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Target,
    /// Where flights are read, if not at --url
    #[arg(long)]
    flights_url: Option<Target>,
    /// File with flights, as GET /flights lists them in `data`, instead of asking for them
    #[arg(long, value_name = "FILE", conflicts_with = "flights_url")]
    flights: Option<PathBuf>,
    /// Token of one customer who books everything; without it there are many, with tokens by JWT_SECRET
    #[arg(long, value_name = "TOKEN")]
    token_customer: Option<String>,
    /// How many customers
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    customers: u32,
    /// Subdomain or id of the business
    #[arg(long, default_value = "acme")]
    tenant: String,
    /// How many bookings are tried; each is for two passengers
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    bookings: u64,
    /// Stop after so many seconds, even if more bookings could be tried
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: Option<u64>,
    /// Offer so many bookings per second, evenly, whether answers come as fast or not; latency then counts from
    /// the time a booking was due. Without it each client books again as soon as it is answered
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: Option<u32>,
    /// Query API at which each client reads what it has booked before it books again; says how long that took
    #[arg(long, value_name = "URL")]
    read_back: Option<Target>,
    /// How many book at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: u32,
    /// How many of a hundred bookings take places without numbers
    #[arg(long, default_value_t = 33, value_parser = clap::value_parser!(u32).range(0..=100))]
    pools_percent: u32,
    /// Makes the same choices again
    #[arg(long)]
    seed: Option<u64>,
    /// File for what was accepted: a line with booking_id, booking_reference and position for each
    #[arg(long, value_name = "FILE")]
    keys_out: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Places bookings and prints what came of them. Wrong settings matter only when tokens are to be made.
///
/// # Errors
/// When there is nothing to book, no token can be had, or nobody listens. Bookings that were not accepted are
/// counted, no error.
pub async fn load(args: LoadArgs, settings: Result<Settings, Failure>) -> Result<(), Failure> {
    let customers = match &args.token_customer {
        Some(token) => Customers::one(token)?,
        None => Customers::many(&settings?, &args.tenant, args.customers).await?,
    };
    let json = args.json;
    let report = on_one_thread(move || async move { course::run(&args, customers).await }).await?;
    let text =
        if json { serde_json::to_string(&report).map_err(anyhow::Error::from)? } else { report.text() };
    writeln!(std::io::stdout().lock(), "{text}").map_err(|failure| Failure::Failed(failure.into()))
}

/// Runs tasks that cannot leave their thread on one of their own.
///
/// # Errors
/// Those of the tasks, and when there is no thread to be had.
pub async fn on_one_thread<T: Send + 'static, F: Future<Output = Result<T, Failure>>>(
    make: impl FnOnce() -> F + Send + 'static,
) -> Result<T, Failure> {
    let run = move || {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(anyhow::Error::from)?;
        LocalSet::new().block_on(&runtime, make())
    };
    tokio::task::spawn_blocking(run).await.map_err(anyhow::Error::from)?
}
