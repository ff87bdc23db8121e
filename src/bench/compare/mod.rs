//! `booking bench`: ours and stock in turns, on the same machine, the same Postgres and the same flights.

mod arena;
mod contest;
mod flights;
mod machine;
mod outcome;
mod process;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exit::Failure;
use crate::roles;
use arena::Arena;
use contest::{Contest, Plan};
use outcome::Outcome;

/// What is compared, and for how long.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Rough figures in half a minute: fewer and shorter rounds, and the baseline with one size of pool only
    #[arg(long)]
    quick: bool,
    /// How many book at once, one count after the other
    #[arg(long, value_delimiter = ',', default_values_t = [64, 1_024],
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: Vec<u32>,
    /// How long each run lasts; 4, or 2 when quick
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: Option<u64>,
    /// How many runs each figure is the median of; 3, or 2 when quick
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=9))]
    rounds: Option<u32>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Measures, prints the figures, and removes everything that it made.
///
/// # Errors
/// When servers are missing, or one of the processes fails.
pub async fn bench(args: BenchArgs, data_dir: PathBuf) -> Result<(), Failure> {
    let outcome = tokio::select! {
        outcome = measure(&args, &data_dir) => outcome?,
        () = roles::stop_signal() => return Err(Failure::Failed(anyhow::anyhow!("stopped before the end"))),
    };
    let text = if args.json { outcome.json()? } else { outcome.table() };
    writeln!(std::io::stdout().lock(), "{text}").map_err(|failure| Failure::Failed(failure.into()))
}

async fn measure(args: &BenchArgs, data_dir: &Path) -> Result<Outcome, Failure> {
    let plan = Plan::new(args);
    say(&format!("about {} s in all", plan.seconds_in_all()));
    let busy_percent = machine::busy_percent().await;
    let arena = Arena::open(data_dir).await?;
    let mut contest = Contest::prepare(&arena, plan).await?;
    contest.choose_pools().await?;
    let runs = contest.run_rounds().await?;
    Ok(Outcome::new(&runs, contest.conditions(busy_percent)))
}

/// Tells how far it is.
fn say(what: &str) {
    drop(writeln!(std::io::stderr().lock(), "bench: {what}"));
}
