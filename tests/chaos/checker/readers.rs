//! What the query API shows against what the journal says.

use std::collections::BTreeMap;

use futures::StreamExt;
use reqwest::StatusCode;

use super::fold::{Fold, number, text};
use super::{Finding, Kind};
use crate::company::Company;
use crate::customers::Flights;
use crate::fault::Part;
use crate::intents::{Deed, Intent};
use crate::support::process::{Answer, Caller};

/// Questions that are asked at the same time.
const ASKED_AT_ONCE: usize = 16;

/// Every accepted booking is shown, in the state that the journal leaves it in.
pub async fn compare_bookings(company: &Company, fold: &Fold, intents: &[Intent]) -> Vec<Finding> {
    let owner = company.owner(Part::QueryApi);
    let placed = intents.iter().filter(|intent| matches!(intent.deed, Deed::Place(_)));
    let accepted = placed.filter_map(|intent| intent.outcome.accepted());
    let asked = accepted.map(|accepted| {
        let owner = &owner;
        async move {
            let answer = ask(owner, &format!("/api/v1/bookings/{}", accepted.id)).await;
            let state = fold.states.get(&accepted.id).copied().unwrap_or("not in the journal");
            let shown = |name: &str| answer.body[name].as_str().unwrap_or_default();
            let (id, reference) = (&accepted.id, &accepted.reference);
            if answer.status == StatusCode::NOT_FOUND {
                return Some(Kind::Lost.finding(format!("{reference} ({id}) is not in the read model")));
            }
            let is_same = shown("status") == state && shown("booking_reference") == reference;
            let what = || format!("{id} is {state}, and shown is {} {}", answer.status, answer.body);
            (!is_same).then(|| Kind::Wrong.finding(what()))
        }
    });
    collect(asked).await
}

/// Every seat map and pool shows who sits where in the journal.
pub async fn compare_seat_maps(company: &Company, fold: &Fold, flights: &Flights) -> Vec<Finding> {
    let owner = company.owner(Part::QueryApi);
    let asked = flights.all().map(|flight| {
        let owner = &owner;
        async move {
            let shown = ask(owner, &format!("/api/v1/flights/{flight}/seats")).await;
            let (seats, pools) = (taken(&shown), claimed(&shown));
            let is_same = shown.status == StatusCode::OK
                && seats == of_flight(&fold.seats, flight)
                && pools.iter().all(|(class, claimed)| {
                    let key = (flight.clone(), class.clone());
                    fold.pools.get(&key).copied().unwrap_or_default() == *claimed
                });
            let what = || format!("flight {flight}: shown are {} {seats:?} {pools:?}", shown.status);
            (!is_same).then(|| Kind::Wrong.finding(what()))
        }
    });
    collect(asked).await
}

async fn collect(asked: impl Iterator<Item = impl Future<Output = Option<Finding>>>) -> Vec<Finding> {
    futures::stream::iter(asked)
        .buffer_unordered(ASKED_AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await
}

async fn ask(owner: &Caller, path: &str) -> Answer {
    owner.get(path).await
}

fn of_flight(seats: &BTreeMap<(String, String), String>, flight: &str) -> BTreeMap<String, String> {
    let ours = seats.iter().filter(|((of, _), _)| of == flight);
    ours.map(|((_, seat), booking_id)| (seat.clone(), booking_id.clone())).collect()
}

fn taken(map: &Answer) -> BTreeMap<String, String> {
    let seats = map.body["seats"].as_array().into_iter().flatten();
    let taken = seats.filter(|seat| seat["status"] == "taken");
    taken.map(|seat| (text(seat, "seat_number"), text(seat, "booking_id"))).collect()
}

fn claimed(map: &Answer) -> BTreeMap<String, i64> {
    let pools = map.body["pools"].as_array().into_iter().flatten();
    pools.map(|pool| (text(pool, "class"), number(pool, "claimed"))).collect()
}
