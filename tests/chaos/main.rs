//! Everything is broken at random while customers book. What was accepted is there afterwards, once.
//!
//! ```text
//!  customers ==proxy== command-api x 2 ==proxy== Postgres ==proxy== relay x 2 ==proxy== NATS
//!      |    ==proxy== query-api -------proxy-------/  \---proxy--- projections x 2 --proxy--/
//!    intents --------------------- checker: journal, read models, stream, verify, doctor
//! ```
//! Customers live in this process, which nobody kills, and keep a log of intents. Faults come by a plan that a
//! seed decides on. As a test it runs for some seconds; `make chaos` is the long form.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a run of faults says what it did")]

mod apart;
mod args;
mod checker;
mod company;
mod controls;
mod customers;
mod fault;
mod intents;
mod plan;
mod proxy;
mod run;

#[path = "../journal/support/guard.rs"]
mod guard;
#[path = "../engine/support/mod.rs"]
#[expect(dead_code, reason = "tests of the engine use more of it")]
mod support;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Task};
use checker::Verdict;
use plan::Plan;
use run::Run;

const SHORT_MS: u64 = 20_000;
/// So that each kind comes up once.
const SHORT_KILLS: usize = 16;

fn main() -> ExitCode {
    let task = Args::parse().task();
    let holds = match task {
        Task::Nothing => true,
        Task::List => {
            args::list();
            true
        }
        Task::Short { .. } | Task::Long { .. } | Task::Replay(_) | Task::Controls { .. } => {
            apart::ensure();
            tokio::runtime::Runtime::new().unwrap().block_on(perform(task))
        }
    };
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether nothing was found, or just what had to be.
async fn perform(task: Task) -> bool {
    match task {
        Task::Nothing | Task::List => true,
        Task::Short { seed } => short(seed).await,
        Task::Long { seed, minutes, kills } => {
            let plan = Plan::from_seed(seed, minutes * 60_000, kills);
            carry_out(&plan).await.1.findings.is_empty()
        }
        Task::Replay(path) => carry_out(&Plan::load(&path)).await.1.findings.is_empty(),
        Task::Controls { seed, names } => controls::run_all(seed, &names).await,
    }
}

/// And the two controls that cost least.
async fn short(seed: u64) -> bool {
    let (run, verdict) = carry_out(&Plan::from_seed(seed, SHORT_MS, SHORT_KILLS)).await;
    verdict.findings.is_empty() && controls::lies_are_found(&run).await
}

/// Keeps the plan before, and everything else afterwards.
async fn carry_out(plan: &Plan) -> (Run, Verdict) {
    let folder = run::folder(&plan.seed.to_string());
    let path = folder.join("plan.json");
    plan.store(&path);
    println!("seed {}, {} faults planned in {}", plan.seed, plan.steps.len(), path.display());
    let run = Run::new(plan).await;
    if let Some(why) = run.company.disk_is_absent() {
        println!("no disk was filled: {why}");
    }
    let verdict = run.verdict().await;
    run.print(plan.seed, &verdict);
    run.keep(&folder);
    if !verdict.findings.is_empty() {
        println!("run it again with --replay {}; intents and logs are beside it", path.display());
    }
    (run, verdict)
}
