//! `booking bench-baseline`: what cqrs-es and postgres-es make of the same bookings, as they are shipped.
//!
//! Aggregates, events and HTTP layer are ours; storing is theirs, as their README shows it: one framework for
//! each type of aggregate over the table `events`, one command at a time. Two seats are three commands, each
//! with a transaction of its own, so a booking can be left half done. What ours does besides is left out here,
//! in favour of the baseline: no idempotency, no ledger, no names, no positions, no stored keys, no rules about
//! the flight, and an answer that holds little more than ids.

mod engine;
mod order;
mod place;

use axum::Router;
use axum::routing::post;
use booking_http::{Edge, Requests};
use chrono::NaiveDate;
use clap::Args;
use tokio::net::TcpListener;

use crate::exit::Failure;
use crate::roles;
use crate::settings::Settings;
use engine::Engine;
pub use engine::make_table;

/// How the baseline is run.
#[derive(Debug, Args)]
pub struct StockArgs {
    /// Connections to Postgres
    #[arg(long)]
    pool: u32,
    /// First day of the flights that it knows
    #[arg(long)]
    from: NaiveDate,
    /// Days of them
    #[arg(long)]
    days: u16,
}

/// Takes bookings until it is stopped. The table must be there.
///
/// # Errors
/// When a setting is missing, or Postgres is out of reach.
pub async fn stock(settings: &Settings, args: &StockArgs) -> Result<(), Failure> {
    let engine = Engine::open(settings, args).await?;
    let router = Router::new().route("/api/v1/bookings", post(place::place)).with_state(engine);
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await.map_err(anyhow::Error::from)?;
    let address = listener.local_addr().map_err(anyhow::Error::from)?;
    tracing::info!(%address, "serving on {address}");
    let served =
        booking_http::serve(listener, router, Edge::default(), Requests::default(), roles::stop_signal())
            .await;
    served.map_err(|failure| Failure::Failed(failure.into()))
}
