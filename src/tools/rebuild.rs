//! `booking rebuild`: a read model made anew from the journal, and put in place while everything goes on.

use std::io::Write;

use booking_projections::Model;
use booking_projections::rebuild::{
    CONNECTIONS, Pools, Progress, RebuildFailure, Rebuilt, rebuild as rebuilt,
};
use clap::Args;
use indicatif::ProgressBar;
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
    /// Where it was when it was put in place.
    position: i64,
    /// Bookings, or flights, that were compared with the journal.
    rows: u64,
    /// Filling, until the journal's end.
    seconds: f64,
    /// While filling.
    events_per_s: u64,
    settle_seconds: f64,
    verify_seconds: f64,
    /// For so long the worker waited.
    switch_seconds: f64,
    /// Times that a step was broken off, and done again.
    interruptions: u32,
}

fn named(name: &str) -> Result<Model, String> {
    let names = || Model::ALL.map(Model::name).join(", ");
    Model::named(name).ok_or_else(|| format!("there are {}", names()))
}

/// Rebuilds a read model, whose worker may run, and prints what came of it.
///
/// # Errors
/// [`Failure::Usage`] when it is being rebuilt or is read all the time, [`Failure::Check`] when what came out is wrong.
pub async fn rebuild(settings: &Settings, args: &RebuildArgs) -> Result<(), Failure> {
    let pools = pools(settings).await?;
    let bar = bar(0, args.name.name());
    let done = rebuilt(&pools, args.name, |progress| show(&bar, args.name, progress)).await;
    bar.finish_and_clear();
    let done = done.map_err(failed)?;
    Report::new(args.name, &done).print(args.json).map_err(|failure| Failure::Failed(failure.into()))
}

/// Where it is done.
///
/// # Errors
/// When Postgres is out of reach.
pub(super) async fn pools(settings: &Settings) -> Result<Pools, Failure> {
    Ok(Pools {
        owner: database::owner(&settings.database_url).await?,
        projector: database::pool(&settings.database_url, DatabaseRole::Projector, CONNECTIONS)?,
    })
}

fn show(bar: &ProgressBar, model: Model, progress: Progress) {
    let Progress { phase, position, goal } = progress;
    bar.set_message(format!("{} {}", model.name(), phase.name()));
    bar.set_length(goal.unsigned_abs());
    bar.set_position(position.unsigned_abs());
}

pub(super) fn failed(failure: RebuildFailure) -> Failure {
    match failure {
        RebuildFailure::UnderWay(_) | RebuildFailure::Disturbed(_) | RebuildFailure::Busy(_) => {
            Failure::Usage(failure.to_string())
        }
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
        let Rebuilt { shown, rows, interruptions, took } = *rebuilt;
        Self {
            name: model.name(),
            position: shown.position,
            rows,
            seconds: took.filling.as_secs_f64(),
            events_per_s: per_second(shown.position.unsigned_abs(), took.filling),
            settle_seconds: took.settling.as_secs_f64(),
            verify_seconds: took.verifying.as_secs_f64(),
            switch_seconds: took.switching.as_secs_f64(),
            interruptions,
        }
    }

    fn print(&self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", serde_json::to_string(self)?);
        }
        let Self { name, position, rows, seconds, events_per_s, .. } = self;
        let Self { settle_seconds, verify_seconds, switch_seconds, interruptions, .. } = self;
        writeln!(
            out,
            "{name}: {position} events in {seconds:.1} s, {events_per_s}/s; settled in {settle_seconds:.1} s, {rows} rows \
             verified in {verify_seconds:.1} s, put in place in {switch_seconds:.3} s, {interruptions} interruptions"
        )
    }
}
