//! What must be true when everything is quiet again.

mod fold;
mod journal;
mod quiet;
mod readers;
mod tools;

use std::fmt;

use crate::company::Company;
use crate::customers::Flights;
use crate::intents::{Intent, Outcome};
use fold::Fold;
pub use quiet::await_quiet;

/// How many findings of one kind are printed.
const PRINTED_MAX: usize = 10;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    pub what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Accepted, and not there.
    Lost,
    /// There twice, or sold twice.
    Doubled,
    /// Never answered, or not at rest in time.
    Stuck,
    /// Anything else.
    Wrong,
}

/// What was found, and how much was looked at.
#[derive(Debug, Default)]
pub struct Verdict {
    pub accepted: usize,
    pub refused: usize,
    pub findings: Vec<Finding>,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Lost, Self::Doubled, Self::Stuck, Self::Wrong];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Stuck => "stuck",
            Self::Wrong => "wrong",
        }
    }

    pub fn finding(self, what: impl Into<String>) -> Finding {
        Finding { kind: self, what: what.into() }
    }
}

/// Compares what customers were told with the journal, the journal with itself, and both with what readers
/// see. Changes nothing.
pub async fn check(company: &Company, flights: &Flights, intents: &[Intent]) -> Verdict {
    let count = |wanted: fn(&Outcome) -> bool| intents.iter().filter(|one| wanted(&one.outcome)).count();
    let mut verdict = Verdict {
        accepted: count(|outcome| outcome.accepted().is_some()),
        refused: count(|outcome| matches!(outcome, Outcome::Refused { .. })),
        findings: vec![],
    };
    let events = company.journal().await;
    let fold = Fold::of(&events);
    verdict.findings.extend(journal::compare(&events, intents));
    verdict.findings.extend(fold.findings.iter().cloned());
    verdict.findings.extend(readers::compare_bookings(company, &fold, intents).await);
    verdict.findings.extend(readers::compare_seat_maps(company, &fold, flights).await);
    verdict.findings.extend(tools::ask(company).await);
    verdict
}

impl Verdict {
    pub fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|finding| finding.kind == kind).count()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "accepted {}, refused {}", self.accepted, self.refused)?;
        for kind in Kind::ALL {
            write!(out, ", {} {}", kind.name(), self.count(kind))?;
        }
        for kind in Kind::ALL {
            let ours = self.findings.iter().filter(|finding| finding.kind == kind);
            for finding in ours.take(PRINTED_MAX) {
                write!(out, "\n  {}: {}", kind.name(), finding.what)?;
            }
        }
        Ok(())
    }
}
