//! `booking doctor`: is everything there, and as it should be?

use std::io::Write;

use booking_journal::Reader;
use booking_nats::{Definition, doctor as stream};
use clap::Args;

use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::roles;
use crate::settings::Settings;

/// What the doctor may do.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Delete a stream that differs from the journal; the relay refills it. NATS_RELAY_URL names the user who may
    #[arg(long)]
    mend: bool,
    /// Compare every message of the stream with the journal, not only the newest
    #[arg(long)]
    all: bool,
}

/// Looks at Postgres, at NATS, and at whether the stream tells what the journal says.
///
/// # Errors
/// [`Failure::Check`] for anything that is not as it should be, [`Failure::Dependency`] for what is out of reach.
pub async fn doctor(settings: &Settings, args: &DoctorArgs) -> Result<(), Failure> {
    let reader = Reader::new(database::pool(&settings.database_url, DatabaseRole::Relay, 2)?);
    let (epoch, head) = (reader.epoch().await?, reader.head().await?);
    say(&format!("postgres: epoch {epoch}, {head} events"))?;
    let connection = roles::connect(settings.nats_url()?, "booking doctor").await?;
    say(&format!("nats: {} at {}", connection.server_version(), connection.server()))?;
    let definition = Definition::default();
    let compared = if args.all { i64::MAX } else { stream::COMPARED_MESSAGES };
    let findings = stream::examine(&connection, &reader, &definition, compared).await;
    let findings = findings.map_err(|failure| Failure::dependency(&failure))?;
    for finding in &findings {
        say(&format!("stream: {finding}"))?;
    }
    if !findings.iter().any(|finding| !matches!(finding, stream::Finding::Behind { .. })) {
        return say("stream: as the journal says, as far as it has come");
    }
    if args.mend && findings.iter().any(stream::Finding::is_mended_by_refilling) {
        let relay = settings.nats_relay_url.as_deref().unwrap_or(settings.nats_url()?);
        let mended = stream::mend(&roles::connect(relay, "booking doctor").await?, &definition, epoch).await;
        mended.map_err(|failure| Failure::dependency(&failure))?;
        return say("stream: deleted; the relay refills it");
    }
    Err(Failure::Check(format!("{} findings", findings.len())))
}

fn say(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|failure| Failure::Failed(failure.into()))
}
