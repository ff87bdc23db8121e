//! `booking rebuild`: a read model made anew from the journal.

use std::io::Write;

use booking_projections::rebuild::{CONNECTIONS, Pools, RebuildFailure, rebuild as rebuilt};
use booking_projections::{Model, rebuild::Rebuilt};
use clap::Args;
use serde::Serialize;

use super::progress::{bar, per_second};
use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::settings::Settings;

/// What is rebuilt.
#[derive(Debug, Args)]
pub struct RebuildArgs {
    /// The read model: booking_v1 or flight_v1
    #[arg(value_parser = named)]
    name: Model,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    name: &'static str,
    /// Where it is now.
    position: i64,
    /// Bookings, or flights.
    rows: u64,
    /// Rows of its tables that were wrong or surplus.
    removed: u64,
    /// Rows of its tables that were wrong, missing, or not so far.
    written: u64,
    seconds: f64,
    /// While filling.
    events_per_s: u64,
    verify_seconds: f64,
}

fn named(name: &str) -> Result<Model, String> {
    let names = || Model::ALL.map(Model::name).join(", ");
    Model::named(name).ok_or_else(|| format!("there are {}", names()))
}

/// Rebuilds a read model whose worker is stopped, and prints what came of it.
///
/// # Errors
/// [`Failure::Usage`] when its worker runs, [`Failure::Check`] when what came out is wrong.
pub async fn rebuild(settings: &Settings, args: &RebuildArgs) -> Result<(), Failure> {
    let pools = Pools {
        owner: database::owner(&settings.database_url).await?,
        projector: database::pool(&settings.database_url, DatabaseRole::Projector, CONNECTIONS)?,
    };
    let bar = bar(0, args.name.name());
    let done = rebuilt(&pools, args.name, |position, head| {
        bar.set_length(head.unsigned_abs());
        bar.set_position(position.unsigned_abs());
    });
    let done = done.await.map_err(failed)?;
    bar.finish_and_clear();
    Report::new(args.name, &done).print(args.json).map_err(|failure| Failure::Failed(failure.into()))
}

pub(super) fn failed(failure: RebuildFailure) -> Failure {
    match failure {
        RebuildFailure::InUse(_) | RebuildFailure::Disturbed(_) => Failure::Usage(failure.to_string()),
        RebuildFailure::Wrong { .. } => Failure::Check(failure.to_string()),
        RebuildFailure::Lease(_)
        | RebuildFailure::Store(_)
        | RebuildFailure::Journal(_)
        | RebuildFailure::Poison(_)
        | RebuildFailure::Verify(_) => Failure::Failed(failure.into()),
    }
}

impl Report {
    fn new(model: Model, rebuilt: &Rebuilt) -> Self {
        let Rebuilt { shown, rows, replaced, filled_in, verified_in } = *rebuilt;
        Self {
            name: model.name(),
            position: shown.position,
            rows,
            removed: replaced.removed,
            written: replaced.written,
            seconds: filled_in.as_secs_f64(),
            events_per_s: per_second(shown.position.unsigned_abs(), filled_in),
            verify_seconds: verified_in.as_secs_f64(),
        }
    }

    fn print(&self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", serde_json::to_string(self)?);
        }
        let Self { name, position, rows, removed, written, seconds, events_per_s, verify_seconds } = self;
        writeln!(
            out,
            "{name}: {position} events in {seconds:.1} s, {events_per_s}/s; {rows} rows verified in {verify_seconds:.1} s, \
             {removed} table rows removed, {written} written"
        )
    }
}
