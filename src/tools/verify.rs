//! `booking verify`: folds the whole journal, and compares the read models with it.

use std::io::Write;

use booking_journal::{Audit, Breach, READ_EVENTS_MAX, Reader};
use booking_projections::Model;
use clap::Args;
use serde::Serialize;
use sqlx::PgPool;

use super::progress::bar;
use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::settings::Settings;

/// What is verified.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Leave the read models out
    #[arg(long)]
    journal_only: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    events: i64,
    breaches: Vec<Finding>,
    more_breaches: u64,
}

#[derive(Serialize)]
struct Finding {
    position: i64,
    what: String,
}

/// Checks the journal, and the read models as far as they have come.
///
/// # Errors
/// [`Failure::Check`] when anything is not as it must be; others when it could not be checked.
pub async fn verify(settings: &Settings, args: &VerifyArgs) -> Result<(), Failure> {
    let pool = database::pool(&settings.database_url, DatabaseRole::Projector, 4)?;
    let (events, (breaches, more)) = audit(&Reader::new(pool.clone())).await?;
    let mut findings: Vec<Finding> = breaches.into_iter().map(Finding::from).collect();
    if !args.journal_only {
        findings.extend(read_models(&pool).await?);
    }
    let report = Report { events, breaches: findings, more_breaches: more };
    report.print(args.json).map_err(|failure| Failure::Failed(failure.into()))?;
    match report.breaches.len() {
        0 => Ok(()),
        found => Err(Failure::Check(format!("{} breaches", found as u64 + report.more_breaches))),
    }
}

async fn audit(reader: &Reader) -> Result<(i64, (Vec<Breach>, u64)), Failure> {
    let head = reader.head().await?;
    let bar = bar(head.unsigned_abs(), "journal");
    let mut audit = Audit::default();
    while audit.events() < head {
        let events = reader.after(audit.events(), READ_EVENTS_MAX).await?;
        if events.is_empty() {
            break;
        }
        events.iter().for_each(|event| audit.fold(event));
        bar.set_position(audit.events().unsigned_abs());
    }
    bar.finish_and_clear();
    Ok((audit.events(), audit.finish()))
}

/// Compares each read model with the journal folded up to where the model has come.
async fn read_models(pool: &PgPool) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![];
    for model in Model::ALL {
        let verified = booking_projections::verify::verify(pool, model).await;
        let verified = verified.map_err(|failure| Failure::Failed(failure.into()))?;
        let position = verified.position;
        let finding = |one| Finding { position, what: format!("{}: {one}", verified.name) };
        findings.extend(verified.findings.iter().map(finding));
    }
    Ok(findings)
}

impl From<Breach> for Finding {
    fn from(breach: Breach) -> Self {
        Self { position: breach.position, what: breach.what }
    }
}

impl Report {
    fn print(&self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", serde_json::to_string(self)?);
        }
        for finding in &self.breaches {
            writeln!(out, "position {}: {}", finding.position, finding.what)?;
        }
        writeln!(out, "{} events, {} breaches", self.events, self.breaches.len() as u64 + self.more_breaches)
    }
}
