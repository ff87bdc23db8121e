//! One run: a seed, a company, steps until everything rests.

use crate::chance::Chance;
use crate::company::Company;
use crate::guards::Guards;
use crate::plan::Plan;
use crate::promises::{Breach, EVERYBODY_IS_ANSWERED, breaches};
use crate::server::lock;
use crate::steps::Step;
use crate::tables::Counts;
use crate::trace::Trace;

/// Steps after which nothing goes wrong any more.
const TROUBLED_STEPS_MAX: usize = 1_500;

/// Steps in which everything must then come to rest.
const RESTING_STEPS_MAX: usize = 20_000;

/// How a run ended.
pub struct Ended {
    pub breaches: Vec<Breach>,
    pub trace: Trace,
    pub steps: usize,
    /// How often things happened.
    pub counts: Counts,
}

pub fn run(seed: u64, guards: &Guards, trace: Trace) -> Ended {
    let mut company = Company::of(seed, guards.clone(), trace);
    company.trace.say(|| format!("{:?}", Plan::of(&mut Chance::of(seed))));
    let troubled = with_trouble(&mut company);
    let rested = to_rest(&mut company);
    let found = if rested.is_none() { vec![waits_for_ever(&company)] } else { breaches(&company) };

    let Company { mut trace, server, .. } = company;
    let tables = &mut lock(&server).tables;
    tables.events.iter().for_each(|row| trace.note(&row.recorded.payload));
    let counts = std::mem::take(&mut tables.counts);
    Ended { breaches: found, trace, steps: troubled + rested.unwrap_or(RESTING_STEPS_MAX), counts }
}

fn with_trouble(company: &mut Company) -> usize {
    for step in 0..TROUBLED_STEPS_MAX {
        if company.clients_are_done() {
            return step;
        }
        let goes_wrong = company.chance.one_in(company.plan.trouble_one_in);
        let trouble = if goes_wrong { company.trouble() } else { None };
        match trouble.or_else(|| next(company)) {
            Some(step) => company.take(step),
            None => return step,
        }
    }
    TROUBLED_STEPS_MAX
}

/// Nothing goes wrong any more; twice, because what stopped is started again once. `None` when it never ends.
fn to_rest(company: &mut Company) -> Option<usize> {
    let mut restarts = 0;
    for steps in 0..RESTING_STEPS_MAX {
        match next(company) {
            Some(step) => company.take(step),
            None if restarts < 2 => {
                restarts += 1;
                company.restart_stopped();
            }
            None => return Some(steps),
        }
    }
    None
}

fn next(company: &mut Company) -> Option<Step> {
    let steps = company.steps();
    if steps.is_empty() {
        return None;
    }
    Some(steps[company.chance.below(steps.len())])
}

fn waits_for_ever(company: &Company) -> Breach {
    let what = format!("no rest: somebody waits {}", company.is_anybody_waiting());
    Breach { promise: EVERYBODY_IS_ANSWERED, what }
}
