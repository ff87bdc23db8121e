//! The checker can fail: with a guard taken out, or fed with a lie, it finds what is wrong.

use sqlx::Executor;

use crate::checker::{Kind, Verdict, check};
use crate::company::Company;
use crate::fault::Fault;
use crate::guard::take_out;
use crate::intents::{Deed, Intent, Outcome};
use crate::plan::{Crowd, Plan, Step};
use crate::run::Run;

/// How long customers act without a guard.
const LASTS_MS: u64 = 8_000;
/// Between two jams, each of which leaves one command API behind.
const JAM_EVERY_MS: u64 = 250;
/// Enough to meet.
const CROWD: Crowd = Crowd { customers: 96, pace_ms: 2 };

/// One guard, or one and those that stand behind it.
struct Control {
    name: &'static str,
    /// Words of the append function, and what stands there instead.
    guards: &'static [(&'static str, &'static str)],
    /// Run by the owner of the tables.
    statements: &'static [&'static str],
    /// What the checker has to find, among other things.
    finds: (Kind, &'static str),
}

const MOVED: (&str, &str) = ("if known < head then", "if false then");
const LEDGER: (&str, &str) = ("where l.tenant_id = r.tenant and l.caller", "where false and l.caller");
const LOCK: (&str, &str) =
    ("perform pg_advisory_xact_lock(journal.append_lock());", "-- whoever comes, appends");
/// No guard, but time for another to come.
const LINGER: (&str, &str) =
    ("head := coalesce(head, 0);", "head := coalesce(head, 0); perform pg_sleep(0.02);");

const NO_PRIMARY_KEY: &str = "
    alter table journal.event drop constraint event_pkey;
    create index on journal.event (aggregate_type, aggregate_id, sequence)";
const NO_UNIQUE_POSITION: &str = "
    alter table journal.event drop constraint event_position_key;
    create index on journal.event (position)";

const CONTROLS: [Control; 5] = [
    // The primary key stands behind it for what writes a stream that has moved: a seat sold meanwhile is not sold
    // again, but the buyer gets a 500 instead of a decision.
    Control { name: "moved", guards: &[MOVED], statements: &[], finds: (Kind::Wrong, "INTERNAL_ERROR") },
    Control {
        name: "moved-and-primary-key",
        guards: &[MOVED],
        statements: &[NO_PRIMARY_KEY],
        finds: (Kind::Doubled, "is sold to"),
    },
    // Nothing stands behind it: the ledger's primary key only keeps the first outcome.
    Control { name: "ledger", guards: &[LEDGER], statements: &[], finds: (Kind::Doubled, "is stored at") },
    // The unique position stands behind it, and the primary key: of two that append at once, one gets a 500.
    Control {
        name: "lock",
        guards: &[LOCK, LINGER],
        statements: &[],
        finds: (Kind::Wrong, "INTERNAL_ERROR"),
    },
    Control {
        name: "lock-unique-position-and-primary-key",
        guards: &[LOCK, LINGER],
        statements: &[NO_UNIQUE_POSITION, NO_PRIMARY_KEY],
        finds: (Kind::Wrong, "stands at position"),
    },
];

/// Whether each control came out as it must; all of them, or those named.
pub async fn run_all(seed: u64, names: &[String]) -> bool {
    let mut holds = true;
    for control in CONTROLS.iter().filter(|one| names.is_empty() || names.iter().any(|name| name == one.name))
    {
        let verdict = control.run(seed).await;
        let is_right = control.is_right(&verdict);
        println!("control, without {}: {}", control.name, if is_right { "found" } else { "NOT NOTICED" });
        println!("{verdict}");
        holds &= is_right;
    }
    holds
}

impl Control {
    async fn run(&self, seed: u64) -> Verdict {
        let moments = (JAM_EVERY_MS..LASTS_MS).step_by(usize::try_from(JAM_EVERY_MS).unwrap());
        let steps = moments.map(|at_ms| Step { at_ms, lasts_ms: 0, fault: Fault::Jam }).collect();
        let plan = Plan { seed, lasts_ms: LASTS_MS, crowd: CROWD, steps };
        Run::prepared(&plan, async |company| self.prepare(company).await).await.verdict().await
    }

    async fn prepare(&self, company: &mut Company) {
        let owner = company.engine.owner().await;
        for statement in self.statements {
            owner.execute(*statement).await.unwrap();
        }
        for (guard, instead) in self.guards {
            take_out(&owner, guard, instead).await;
        }
    }

    fn is_right(&self, verdict: &Verdict) -> bool {
        let (kind, words) = self.finds;
        verdict.findings.iter().any(|finding| finding.kind == kind && finding.what.contains(words))
    }
}

/// What costs least, on a run that was found to be well: the log of intents lies, then a row is gone.
pub async fn lies_are_found(run: &Run) -> bool {
    let honest = run.office.log().intents();
    let (mut invented, mut forgotten) = (honest.clone(), honest.clone());
    invented.push(never_was(&honest));
    forgotten.retain(|intent| intent.key != an_accepted_one(&honest).key);
    let mut holds = finds(run, "an invented booking", &invented, Kind::Lost).await;
    holds &= finds(run, "a forgotten booking", &forgotten, Kind::Doubled).await;

    delete_row(&run.company, an_accepted_one(&honest)).await;
    holds & finds(run, "a row deleted from the read model", &honest, Kind::Lost).await
}

async fn finds(run: &Run, what: &str, intents: &[Intent], kind: Kind) -> bool {
    let verdict = check(&run.company, run.office.flights(), intents).await;
    let is_found = 0 < verdict.count(kind);
    println!("control, {what}: {}", if is_found { "found" } else { "NOT NOTICED" });
    is_found
}

fn an_accepted_one(intents: &[Intent]) -> &Intent {
    let is_placed = |intent: &&Intent| {
        matches!(intent.deed, Deed::Place(_)) && matches!(intent.outcome, Outcome::Accepted(_))
    };
    intents.iter().find(is_placed).expect("something was accepted")
}

fn never_was(intents: &[Intent]) -> Intent {
    let mut intent = an_accepted_one(intents).clone();
    intent.key.push_str("-never");
    if let Outcome::Accepted(accepted) = &mut intent.outcome {
        accepted.id = uuid::Uuid::now_v7().to_string();
    }
    intent
}

async fn delete_row(company: &Company, intent: &Intent) {
    let owner = company.engine.owner().await;
    let accepted = intent.outcome.accepted().expect("an accepted one");
    let deleted = sqlx::query("delete from read.booking_v1 where booking_id = $1::uuid")
        .bind(&accepted.id)
        .execute(&owner)
        .await
        .unwrap();
    assert_eq!(deleted.rows_affected(), 1);
}
