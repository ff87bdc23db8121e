//! One run: everything is started, customers act while a plan is carried out, then all is brought to rest.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use crate::checker::{Kind, Verdict, await_quiet, check};
use crate::company::Company;
use crate::customers::{Customers, Flights, Office, flight};
use crate::fault::Fault;
use crate::plan::Plan;

/// After the last fault everything has to be at rest, and every intent answered.
const QUIET_WITHIN: Duration = Duration::from_secs(30);
/// How often processes that ended by themselves are looked for.
const ROUND: Duration = Duration::from_millis(200);
/// Answers that are asked for once more at the end.
const REPEATED_MAX: usize = 2_000;
/// Flights for each minute, so that there are seats until the end.
const FLIGHTS_PER_MINUTE: usize = 6;
const FLIGHTS_MIN: usize = 6;
const DOOMED_PER_MINUTE: usize = 12;
const DOOMED_MIN: usize = 6;

/// What a run leaves behind.
pub struct Run {
    pub company: Company,
    pub office: Arc<Office>,
    /// Faults that came about, by kind.
    pub faults: BTreeMap<&'static str, usize>,
    pub kills: usize,
    /// Beginning of the last end of a fault to everything at rest.
    quiet_after: Duration,
    /// What was found before the checks.
    unrest: Verdict,
    began: Instant,
}

impl Run {
    pub async fn new(plan: &Plan) -> Self {
        Self::prepared(plan, async |_| {}).await
    }

    /// With something done to the company before customers come.
    pub async fn prepared(plan: &Plan, prepare: impl AsyncFnOnce(&mut Company)) -> Self {
        let began = Instant::now();
        let mut company = Company::start().await;
        prepare(&mut company).await;
        let minutes = usize::try_from(plan.lasts_ms / 60_000).unwrap();
        let doomed = DOOMED_MIN + DOOMED_PER_MINUTE * minutes;
        let flights = doomed + FLIGHTS_MIN + FLIGHTS_PER_MINUTE * minutes;
        let flights = company.schedule((0..flights).map(flight)).await;
        let customers = Customers::start(&company, Flights::new(flights, doomed), plan);
        let (faults, unrest) = (BTreeMap::new(), Verdict::default());
        let quiet_after = Duration::ZERO;
        let mut run =
            Self { company, office: customers.office(), faults, kills: 0, quiet_after, unrest, began };
        run.carry_out(plan).await;
        run.come_to_rest(customers).await;
        run
    }

    async fn carry_out(&mut self, plan: &Plan) {
        let began = tokio::time::Instant::now();
        let mut moments: Vec<(u64, bool, Fault)> = vec![];
        for step in &plan.steps {
            moments.push((step.at_ms, true, step.fault));
            moments.push((step.end_ms(), false, step.fault));
        }
        moments.sort_by_key(|(at_ms, ..)| *at_ms);
        for (at_ms, begins, fault) in moments {
            self.await_moment(began + Duration::from_millis(at_ms)).await;
            if !begins {
                self.company.end(fault).await;
            } else if self.company.begin(fault).await {
                *self.faults.entry(fault.kind()).or_default() += 1;
                self.kills += usize::from(fault.is_kill());
            }
        }
        self.await_moment(began + Duration::from_millis(plan.lasts_ms)).await;
    }

    async fn await_moment(&mut self, moment: tokio::time::Instant) {
        while tokio::time::Instant::now() < moment {
            self.company.raise_those_that_ended();
            sleep_until(moment.min(tokio::time::Instant::now() + ROUND)).await;
        }
    }

    async fn come_to_rest(&mut self, customers: Customers) {
        let began = Instant::now();
        let deadline = began + QUIET_WITHIN;
        customers.close().await;
        self.office.ask_again(deadline).await;
        self.unrest.findings.extend(await_quiet(&mut self.company, deadline).await.err());
        let silent = self.office.silent_doors(deadline).await.into_iter();
        self.unrest.findings.extend(silent.map(|url| Kind::Stuck.finding(format!("{url} takes no command"))));
        self.quiet_after = began.elapsed();
        if !self.unrest.findings.is_empty() {
            return;
        }
        self.office.repeat_answered(REPEATED_MAX, Instant::now() + QUIET_WITHIN).await;
        self.unrest
            .findings
            .extend(await_quiet(&mut self.company, Instant::now() + QUIET_WITHIN).await.err());
    }

    /// Everything that was found, with all that customers complained of.
    pub async fn verdict(&self) -> Verdict {
        let mut verdict = check(&self.company, self.office.flights(), &self.office.log().intents()).await;
        verdict.findings.extend(self.unrest.findings.iter().cloned());
        let complaints = self.office.log().complaints().into_iter();
        verdict.findings.extend(complaints.map(|what| Kind::Wrong.finding(what)));
        verdict
    }

    pub fn print(&self, seed: u64, verdict: &Verdict) {
        println!("{verdict}");
        println!(
            "kills {}, faults {:?}, at rest after {:.1?}, {} reads, {:.0?} in all, seed {seed}",
            self.kills,
            self.faults,
            self.quiet_after,
            self.office.reads.load(std::sync::atomic::Ordering::Relaxed),
            self.began.elapsed(),
        );
    }

    /// Keeps what helps to find out: what customers wanted and were told, and what processes said.
    pub fn keep(&self, folder: &Path) {
        let lines: Vec<_> =
            self.office.log().intents().iter().map(|intent| serde_json::to_string(intent).unwrap()).collect();
        fs::write(folder.join("intents.jsonl"), lines.join("\n")).unwrap();
        self.company.keep_logs(folder);
    }
}

/// Where a run keeps its plan, and the rest when it fails.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chaos-{name}"));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}
