//! `booking verify`: folds the whole journal, computes its hash chain, and compares the read models with it.

mod mutations;
mod walk;

use std::io::Write;

use booking_journal::{Breach, Reader};
use booking_projections::Model;
use clap::Args;
use serde::Serialize;
use sqlx::PgPool;

use crate::database::{self, DatabaseRole};
use crate::exit::Failure;
use crate::settings::Settings;
use mutations::MUTATIONS_MAX;
pub use mutations::{Mutated, mutate_check};
pub use walk::{Walked, walk, walk_chain};

/// What is verified.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Leave the read models out
    #[arg(long)]
    journal_only: bool,
    /// Look at the hash chain alone, the fastest
    #[arg(long)]
    chain_only: bool,
    /// Change, drop or swap events so many times in memory, and see whether the hash chain finds each; nothing else
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MUTATIONS_MAX)))]
    mutate_check: Option<u32>,
    /// Repeats the changes of an earlier --mutate-check
    #[arg(long, requires = "mutate_check")]
    seed: Option<u64>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl VerifyArgs {
    /// The journal, its chain, and the read models.
    pub(crate) const fn of_everything(json: bool) -> Self {
        Self { journal_only: false, chain_only: false, mutate_check: None, seed: None, json }
    }
}

#[derive(Serialize)]
struct Report {
    events: i64,
    /// How far the hash chain has come; the relay is a moment behind the journal.
    chained: i64,
    /// Whose signature was checked.
    signed_heads: u64,
    /// Whether signatures were looked at: without a public key nobody can.
    signatures_checked: bool,
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
    let reader = Reader::new(pool.clone());
    if let Some(count) = args.mutate_check {
        let seed = args.seed.unwrap_or_else(rand::random);
        return mutate_check(&reader, count, seed).await?.told(args.json);
    }
    let key = settings.chain_public_key.as_ref();
    let walked = if args.chain_only { walk_chain(&reader, key).await } else { walk(&reader, key).await };
    let mut report = Report::from(walked?);
    report.signatures_checked = key.is_some();
    // A damaged journal cannot be compared with read models, and has said enough.
    if report.breaches.is_empty() && !(args.journal_only || args.chain_only) {
        report.breaches.extend(read_models(&pool).await?);
    }
    report.print(args.json).map_err(|failure| Failure::Failed(failure.into()))?;
    match report.breaches.len() {
        0 => Ok(()),
        found => Err(Failure::Check(format!("{} breaches", found as u64 + report.more_breaches))),
    }
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

impl From<Walked> for Report {
    fn from(walked: Walked) -> Self {
        let Walked { events, chained, signed_heads, breaches, more_breaches } = walked;
        let breaches = breaches.into_iter().map(Finding::from).collect();
        Self { events, chained, signed_heads, signatures_checked: false, breaches, more_breaches }
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
        if self.chained < self.events {
            writeln!(out, "{} events are not chained yet: the relay does it", self.events - self.chained)?;
        }
        if !self.signatures_checked {
            writeln!(out, "signatures of heads were not looked at: CHAIN_PUBLIC_KEY is not set")?;
        }
        let breaches = self.breaches.len() as u64 + self.more_breaches;
        writeln!(out, "{} events, {} signed heads, {breaches} breaches", self.events, self.signed_heads)
    }
}
