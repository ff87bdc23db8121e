//! `booking bench`: all measurements, one after the other.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arena::Arena;
use super::compare::{Compared, Comparison, OURS, Run};
use super::contest::contests;
use super::flat::flat;
use super::flights::Flights;
use super::limit::limit_rows_per_s;
use super::outcome::{Conditions, Outcome, Whole};
use super::pipeline::{self, Pipeline, Pipelined};
use super::plan::{BenchArgs, Plan};
use super::rates::Rates;
use super::{machine, say};
use crate::exit::Failure;
use crate::roles;

/// Measures, prints the figures, and removes everything that it made.
///
/// # Errors
/// When servers are missing, or one of the processes fails.
pub async fn bench(args: BenchArgs, data_dir: PathBuf) -> Result<(), Failure> {
    let text = tokio::select! {
        text = measure(&args, &data_dir) => text,
        () = roles::stop_signal() => Err(Failure::Failed(anyhow::anyhow!("stopped before the end"))),
    };
    say::end();
    writeln!(std::io::stdout().lock(), "{}", text?).map_err(|failure| Failure::Failed(failure.into()))
}

async fn measure(args: &BenchArgs, data_dir: &Path) -> Result<String, Failure> {
    if args.flat {
        let flat = flat(data_dir, args.events).await?;
        return if args.json { json(&flat) } else { Ok(flat.text()) };
    }
    let plan = Plan::new(args);
    say::begin(plan.seconds_in_all());
    let outcome = outcome(&plan, data_dir).await?;
    if args.json { json(&outcome) } else { Ok(outcome.text()) }
}

fn json(figures: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(figures).map_err(|failure| Failure::Failed(failure.into()))
}

async fn outcome(plan: &Plan, data_dir: &Path) -> Result<Outcome, Failure> {
    let busy_percent_before = machine::busy_percent().await;
    let arena = Arena::open(data_dir).await?;
    let flights = scheduled(&arena, plan).await?;
    let mut comparison = Comparison::prepare(&arena, plan, flights.again()).await?;
    let limit_rows_per_s = limit_rows_per_s(&arena, plan.limit_seconds).await?;
    comparison.choose_pools().await?;
    let runs: Vec<Run> = comparison.run_rounds().await?;
    let conditions = Conditions {
        stock_pool: comparison.stock_pools(),
        rounds: plan.rounds,
        seconds: plan.seconds,
        busy_percent_before,
        processors: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let (pipeline, whole) = pipelined(&arena, plan, flights.again()).await?;
    let compared = Compared::new(&runs, limit_rows_per_s);
    Ok(Outcome { limit_rows_per_s, compared, pipeline, whole, conditions })
}

/// Flights in two databases: one for the comparison, one for the pipeline.
async fn scheduled(arena: &Arena, plan: &Plan) -> Result<Flights, Failure> {
    let (mut seats, mut places) = (0, 0);
    for offer in plan.offers {
        let units = offer.units();
        (seats, places) = (seats + units.0, places + units.1);
    }
    let flights = Flights::with(plan.seats().max(seats), places, arena.folder.clone());
    arena.migrated(OURS).await?;
    flights.schedule(arena, OURS).await?;
    arena.copy(OURS, pipeline::DATABASE).await?;
    Ok(flights)
}

/// The pipeline, and what follows it unless the plan leaves it out.
async fn pipelined(
    arena: &Arena,
    plan: &Plan,
    flights: Flights,
) -> Result<(Pipelined, Option<Whole>), Failure> {
    let mut pipeline = Pipeline::open(arena, flights).await?;
    let mut pipelined = Pipelined::default();
    for offer in plan.offers {
        pipelined.add(pipeline.offer(offer).await?);
    }
    let Some(seconds) = plan.visible_seconds else { return Ok((pipelined, None)) };
    let visible = pipeline.visible(seconds).await?;
    pipeline.stop().await;
    let rates = Rates::of(arena, pipeline::DATABASE).await?;
    let contests = contests(arena, OURS).await?;
    Ok((pipelined, Some(Whole::new(&visible, rates, contests))))
}
