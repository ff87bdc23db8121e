//! `booking seed`: something to sell.

use std::io::Write;
use std::path::PathBuf;

use booking_command_api::{Tables, Timetable, import};
use chrono::NaiveDate;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::progress::bar;
use crate::dev::{DEMO, flights_of, found_all};
use crate::exit::Failure;
use crate::roles;
use crate::settings::Settings;

/// What is scheduled, and for which days.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// Folder with airports.dat, airlines.dat, routes.dat and planes.dat; the built-in extract when absent
    #[arg(long, value_name = "DIR")]
    openflights: Option<PathBuf>,
    /// First local date of departure; today when absent
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// How many days
    #[arg(long, default_value_t = 7)]
    days: u16,
    /// Name every row that was left out, with its reason
    #[arg(long)]
    rows: bool,
}

/// Registers and approves the demo businesses, and schedules the first one's flights. Safe to repeat.
///
/// # Errors
/// When tables cannot be read, or the journal cannot be reached.
pub async fn seed(settings: &Settings, args: &SeedArgs) -> Result<(), Failure> {
    let directory = args.openflights.clone();
    let read = move || match directory {
        Some(directory) => Tables::read_dir(&directory),
        None => Ok(Tables::extract()),
    };
    let tables = tokio::task::spawn_blocking(read).await.map_err(anyhow::Error::from)?;
    let tables = tables.map_err(|failure| Failure::Usage(format!("--openflights: {failure}")))?;
    let (timetable, left_out) = Timetable::from_tables(&tables);

    let shutdown = CancellationToken::new();
    let (running, parts) = roles::command_api(settings, &shutdown).await?;
    found_all(&parts).await?;
    let now = parts.clock.now();
    let from = args.from.unwrap_or(now.date_naive());
    let summary = timetable.summary(from, args.days);
    let bar = bar(summary.departures, "departures");
    let flights = flights_of(&parts, DEMO[0].id(), from, args.days);
    let report = import(&flights, &timetable, |done| bar.set_position(done)).await;
    bar.finish_and_clear();
    shutdown.cancel();
    for task in running.tasks {
        drop(task.await);
    }
    let mut out = std::io::stdout().lock();
    if args.rows {
        for row in &left_out {
            writeln!(out, "{}", serde_json::to_string(row).map_err(anyhow::Error::from)?)
                .map_err(anyhow::Error::from)?;
        }
    }
    writeln!(out, "{}", serde_json::to_string(&report).map_err(anyhow::Error::from)?)
        .map_err(anyhow::Error::from)?;
    Ok(())
}
