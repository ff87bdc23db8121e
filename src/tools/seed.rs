//! `booking seed`: something to sell.

use std::io::{self, Write};
use std::path::PathBuf;

use booking_command_api::{
    LeftOut, Report, Tables, Timetable, WithdrawFailure, departure_date, import, withdraw,
};
use booking_journal::{Journal, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::progress::bar;
use crate::database::{self, DatabaseRole};
use crate::dev::{DEMO, all_stored, flights_of, found_all};
use crate::exit::Failure;
use crate::settings::Settings;

/// What is scheduled, and for which days.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// Folder with airports.dat, airlines.dat, routes.dat and planes.dat; the built-in extract when absent
    #[arg(long, value_name = "DIR")]
    openflights: Option<PathBuf>,
    /// First local date of departure; today when absent
    #[arg(long, value_name = "DATE", value_parser = departure_date)]
    from: Option<NaiveDate>,
    /// How many days
    #[arg(long, default_value_t = 7)]
    days: u16,
    /// Cancel the flights of these days instead, unless bookings stand on any. They cannot be scheduled again
    #[arg(long)]
    undo: bool,
    /// Name every row that was left out, with its reason
    #[arg(long)]
    rows: bool,
}

/// Registers and approves the demo businesses, and schedules the first one's flights. Safe to repeat. Needs no
/// secret: nothing of it is personal, and nobody is asked who they are.
///
/// # Errors
/// When tables cannot be read, or the journal cannot be reached; [`Failure::Dependency`] when it could not be
/// reached any more, and the rest was not stored.
pub async fn seed(settings: &Settings, args: &SeedArgs) -> Result<(), Failure> {
    let directory = args.openflights.clone();
    let read = move || match directory {
        Some(directory) => Tables::read_dir(&directory),
        None => Ok(Tables::extract()),
    };
    let tables = tokio::task::spawn_blocking(read).await.map_err(anyhow::Error::from)?;
    let tables = tables.map_err(|failure| Failure::Usage(format!("--openflights: {failure}")))?;
    let (timetable, left_out) = Timetable::from_tables(&tables);

    let pool = database::pool(&settings.database_url, DatabaseRole::Command, settings.pool_max)?;
    let reader = Reader::new(pool.clone());
    reader.epoch().await?;
    let shutdown = CancellationToken::new();
    let (journal, writing) = Journal::open(pool, settings.families_max, shutdown.clone());
    let now = settings.clock.now();
    let done = if args.undo {
        undo(&journal, &reader, now, &timetable, args).await
    } else {
        schedule(&journal, now, &timetable, args).await.and_then(|report| {
            print(&report, if args.rows { &left_out } else { &[] }).map_err(anyhow::Error::from)?;
            all_stored(&report)
        })
    };
    shutdown.cancel();
    drop(writing.await);
    done
}

/// Takes back what the same seed scheduled. The businesses stay.
async fn undo(
    journal: &Journal,
    reader: &Reader,
    now: DateTime<Utc>,
    timetable: &Timetable,
    args: &SeedArgs,
) -> Result<(), Failure> {
    let days = (args.from.unwrap_or(now.date_naive()), args.days);
    let flights = flights_of(journal, DEMO[0].id(), days, now);
    let withdrawn = withdraw(&flights, reader, timetable).await.map_err(|failure| match failure {
        WithdrawFailure::Booked(_) => Failure::Usage(failure.to_string()),
        WithdrawFailure::Journal(failure) => failure.into(),
        WithdrawFailure::Submit(_) => Failure::dependency(&failure),
    })?;
    let text = serde_json::to_string(&withdrawn).map_err(anyhow::Error::from)?;
    writeln!(io::stdout().lock(), "{text}").map_err(|failure| Failure::Failed(failure.into()))
}

async fn schedule(
    journal: &Journal,
    now: DateTime<Utc>,
    timetable: &Timetable,
    args: &SeedArgs,
) -> Result<Report, Failure> {
    found_all(journal, now).await?;
    let days = (args.from.unwrap_or(now.date_naive()), args.days);
    let bar = bar(timetable.summary(days.0, days.1).departures, "departures");
    let flights = flights_of(journal, DEMO[0].id(), days, now);
    let report = import(&flights, timetable, |done| bar.set_position(done)).await;
    bar.finish_and_clear();
    Ok(report)
}

fn print(report: &Report, rows: &[LeftOut]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for row in rows {
        writeln!(out, "{}", serde_json::to_string(row)?)?;
    }
    writeln!(out, "{}", serde_json::to_string(report)?)
}
