//! What customers were told against what is stored: each accepted intent once, each refused one never.

use std::collections::HashMap;

use super::fold::text;
use super::{Finding, Kind};
use crate::company::Stored;
use crate::intents::{Accepted, Deed, Intent, Outcome};

/// The beginning of the keys that customers give.
const OURS: &str = "customer-";

pub fn compare(events: &[Stored], intents: &[Intent]) -> Vec<Finding> {
    let mut by_key: HashMap<&str, Vec<&Stored>> = HashMap::new();
    for event in events.iter().filter(|event| event.command_id.starts_with(OURS)) {
        by_key.entry(&event.command_id).or_default().push(event);
    }
    let mut findings = vec![];
    for intent in intents {
        let events = by_key.remove(intent.key.as_str()).unwrap_or_default();
        findings.extend(judge(intent, &events));
    }
    let unasked = by_key.keys().map(|key| Kind::Doubled.finding(format!("nobody asked for {key}")));
    findings.extend(unasked);
    findings
}

fn judge(intent: &Intent, events: &[&Stored]) -> Option<Finding> {
    let key = &intent.key;
    match &intent.outcome {
        Outcome::Unknown => {
            Some(Kind::Stuck.finding(format!("{key} was never answered in {} tries", intent.tries)))
        }
        Outcome::Refused { status, code } if !events.is_empty() => {
            let what = format!("{key} was refused with {status} {code}, and is stored at {}", places(events));
            Some(Kind::Wrong.finding(what))
        }
        Outcome::Refused { .. } => None,
        Outcome::Accepted(accepted) => {
            let wanted = intent.deed.event();
            let heads: Vec<_> = events.iter().filter(|event| event.event_type == wanted).copied().collect();
            match heads.as_slice() {
                [] => Some(Kind::Lost.finding(format!("{key} was accepted for {}", accepted.id))),
                [one] => differs(intent, accepted, one),
                more => Some(Kind::Doubled.finding(format!("{key} is stored at {}", places(more)))),
            }
        }
    }
}

/// The ids that were answered are those that are stored.
fn differs(intent: &Intent, accepted: &Accepted, event: &Stored) -> Option<Finding> {
    let mut is_same = event.aggregate_id == accepted.id && event.position <= accepted.position;
    if matches!(intent.deed, Deed::Place(_)) {
        let seats = event.payload["seats"].as_array().into_iter().flatten();
        let seats: Vec<_> = seats.filter_map(|seat| seat.as_str()).collect();
        is_same &= text(&event.payload, "booking_reference") == accepted.reference && seats == accepted.seats;
    }
    let what = || format!("{} was told {accepted:?}, and stored is {event:?}", intent.key);
    (!is_same).then(|| Kind::Wrong.finding(what()))
}

fn places(events: &[&Stored]) -> String {
    let places: Vec<_> = events.iter().map(|event| event.position.to_string()).collect();
    places.join(", ")
}
