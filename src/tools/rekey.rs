//! `booking rekey`: all keys of persons wrapped under another master key.

use std::io::Write;

use booking_command_api::{RehashFailure, rehash_accounts};
use booking_journal::{Rekey, SealFailure, Vault};
use clap::Args;
use serde::Serialize;

use super::progress::bar;
use crate::archive::nobody_at_work;
use crate::database;
use crate::exit::Failure;
use crate::settings::Settings;

/// How it is printed.
#[derive(Debug, Args)]
pub struct RekeyArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    /// Keys of persons, those of persons who were erased among them.
    keys: u64,
    /// Wrapped under the new master key now; the others were before, or are empty.
    rewrapped: u64,
    /// Accounts that are found by their address again.
    rehashed: u64,
}

/// Wraps the keys of all persons under MASTER_KEY that are still wrapped under MASTER_KEY_OLD, and lets accounts be
/// found under it. All roles must be stopped. Begun again, it goes on where it was.
///
/// # Errors
/// [`Failure::Usage`] when a key is not set, or a role runs; when neither key opens a row.
pub async fn rekey(settings: &Settings, args: &RekeyArgs) -> Result<(), Failure> {
    let (old, new) = (settings.master_key_old()?, settings.master_key()?);
    let owner = database::owner(&settings.database_url).await?;
    nobody_at_work(&owner).await?;
    let mut rekey = Rekey::new(owner.clone(), old, new.clone());
    let bar = bar(rekey.count().await.map_err(not_sealed)?, "keys");
    let mut report = Report::default();
    while let Some(some) = rekey.next().await.map_err(not_sealed)? {
        report.keys += some.keys;
        report.rewrapped += some.rewrapped;
        bar.set_position(report.keys);
    }
    bar.finish_and_clear();
    report.rehashed = rehash_accounts(&owner, &Vault::new(owner.clone(), new)).await.map_err(not_rehashed)?;
    report.print(args.json).map_err(|failure| Failure::Failed(failure.into()))
}

fn not_sealed(failure: SealFailure) -> Failure {
    match failure {
        SealFailure::Keys(failure) => failure.into(),
        SealFailure::Garbled => Failure::Usage(
            "neither MASTER_KEY nor MASTER_KEY_OLD opens a key: give those of before and after, and begin again"
                .to_owned(),
        ),
        SealFailure::Erased => Failure::Failed(failure.into()),
    }
}

fn not_rehashed(failure: RehashFailure) -> Failure {
    match failure {
        RehashFailure::Postgres(failure) => failure.into(),
        RehashFailure::Sealed(failure) => not_sealed(failure),
        RehashFailure::Unreadable(_) => Failure::Failed(failure.into()),
    }
}

impl Report {
    fn print(&self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", serde_json::to_string(self)?);
        }
        let Self { keys, rewrapped, rehashed } = self;
        writeln!(out, "{rewrapped} of {keys} keys wrapped anew, {rehashed} accounts found by the new key")
    }
}
