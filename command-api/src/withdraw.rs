//! Takes a timetable's departures off again, all of them or none.
//!
//! ```text
//! close sales of each    nobody books on them any more
//!   is any booked?       then those that were closed here are opened again, and nothing else is changed
//!     cancel each
//! ```

use booking_domain::UseCase;
use booking_domain::use_cases::{CancelDeparture, SetSales};
use booking_domain::values::DepartureId;
use booking_journal::{CommandKey, Intent, Outcome, ReadFailure, Reader, Request, SubmitFailure, Trace};
use serde::Serialize;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Import, Timetable};

/// Why they leave the timetable.
const REASON: &str = "taken back";

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    /// Flights in the days asked for.
    pub departures: u64,
    /// Taken off now.
    pub cancelled: u64,
    /// Never on the timetable, or taken off before.
    pub absent: u64,
}

/// Why nothing was taken off.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawFailure {
    /// Bookings stand on some. All of them are on sale as before.
    #[error("bookings stand on {0} of the flights: cancel those first")]
    Booked(usize),
    /// It is not known which are booked. Sales of some may be closed; repeating goes on.
    #[error("could not read the journal")]
    Journal(#[from] ReadFailure),
    /// Some were not reached. Sales of some may be closed, and some cancelled; repeating goes on.
    #[error("the journal did not take it")]
    Submit(#[source] SubmitFailure),
}

/// Takes every departure of so many days off the timetable, unless a booking stands on any. A departure that was
/// taken off cannot be scheduled again. Repeating is safe.
///
/// # Errors
/// [`WithdrawFailure`], which says what was changed.
pub async fn withdraw(
    task: &Import,
    reader: &Reader,
    timetable: &Timetable,
) -> Result<Withdrawn, WithdrawFailure> {
    let flights = timetable.departures(task.tenant, task.from, task.days).map(|(flight, _)| flight.flight_id);
    let asked: Vec<DepartureId> = flights.collect();
    let now = task.now;
    let sales = |flight_id, open| UseCase::SetSales(SetSales { flight_id, open, now });
    let closed = each(task, &asked, |flight_id| sales(flight_id, false)).await?;
    let standing: Vec<DepartureId> = closed.iter().filter(|one| one.is_so).map(|one| one.flight_id).collect();
    let booked = reader.booked(task.tenant, &standing).await?;
    if !booked.is_empty() {
        let ours = closed.iter().filter(|one| one.is_news).map(|one| one.flight_id).collect::<Vec<_>>();
        each(task, &ours, |flight_id| sales(flight_id, true)).await?;
        return Err(WithdrawFailure::Booked(booked.len()));
    }
    let cancel = |flight_id| {
        UseCase::CancelDeparture(CancelDeparture { flight_id, reason: Some(REASON.to_owned()), now })
    };
    let cancelled = each(task, &standing, cancel).await?.iter().filter(|one| one.is_so).count() as u64;
    let departures = asked.len() as u64;
    Ok(Withdrawn { departures, cancelled, absent: departures - cancelled })
}

/// What became of one departure.
struct Ended {
    flight_id: DepartureId,
    /// Whether it is as it was asked for.
    is_so: bool,
    /// Whether it was not so before.
    is_news: bool,
}

/// Asks the same for each, several at a time.
async fn each(
    task: &Import,
    flights: &[DepartureId],
    case: impl Fn(DepartureId) -> UseCase,
) -> Result<Vec<Ended>, WithdrawFailure> {
    let (mut under_way, mut ended) = (JoinSet::new(), vec![]);
    for flight_id in flights {
        if task.in_flight_max <= under_way.len() {
            ended.extend(under_way.join_next().await);
        }
        let (journal, request) = (task.journal.clone(), request(task, case(*flight_id)));
        let flight_id = *flight_id;
        under_way.spawn(async move { (flight_id, journal.submit(request).await) });
    }
    ended.extend(under_way.join_all().await.into_iter().map(Ok));
    let judged = ended.into_iter().map(|one| one.map_err(|_| SubmitFailure::Unknown).and_then(judged));
    judged.collect::<Result<_, _>>().map_err(WithdrawFailure::Submit)
}

fn judged(
    (flight_id, outcome): (DepartureId, Result<Outcome, SubmitFailure>),
) -> Result<Ended, SubmitFailure> {
    let (is_so, is_news) = match outcome? {
        Outcome::Done(receipt) => (true, !receipt.events.is_empty()),
        Outcome::Refused(_) | Outcome::KeyReused => (false, false),
    };
    Ok(Ended { flight_id, is_so, is_news })
}

fn request(task: &Import, case: UseCase) -> Request {
    Request {
        tenant: task.tenant,
        actor: task.actor,
        case,
        key: CommandKey::once(Uuid::now_v7()),
        keys: vec![],
        trace: Trace::default(),
        occurred_at: task.now,
        quiet: false,
        versions: None,
        intent: Intent::Store,
    }
}
