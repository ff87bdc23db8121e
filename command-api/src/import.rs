//! Putting a whole timetable into the journal, departure by departure, through the same door as all else.

use std::time::Duration;

use booking_domain::UseCase;
use booking_domain::departure::Flight;
use booking_domain::use_cases::ScheduleDeparture;
use booking_domain::values::{Actor, Cabins, DepartureId, TenantId};
use booking_journal::{CommandKey, Intent, Journal, Outcome, Request, SubmitFailure, Trace};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tokio::task::{JoinError, JoinSet};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Timetable;

/// Requests of a tool's import under way at once: enough to fill the journal's batches, and few enough for its
/// inbox. An import beside others that ask takes fewer.
pub const IN_FLIGHT_MAX: usize = 1_000;

/// Refusals beyond this many are counted, not kept.
pub const REFUSALS_SHOWN_MAX: usize = 100;

/// How often one departure is tried while the journal cannot take it, and the pause between.
const TRIES_MAX: u32 = 50;
const PAUSE_MS: u64 = 100;

/// What to import, and for whom.
#[derive(Debug, Clone)]
pub struct Import {
    /// The door.
    pub journal: Journal,
    /// Whose departures they become.
    pub tenant: TenantId,
    /// Who asks.
    pub actor: Actor,
    /// First day, on the calendar of the origins.
    pub from: NaiveDate,
    /// How many days.
    pub days: u16,
    /// Instant of the command.
    pub now: DateTime<Utc>,
    /// Requests under way at once.
    pub in_flight_max: usize,
}

/// What came of an import. Departures = scheduled + already scheduled + refused, unless some failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// Rows of the routes, broken ones too.
    pub routes_read: u64,
    /// Rows that became flights.
    pub routes_used: u64,
    /// Flights in the days asked for.
    pub departures: u64,
    /// New on the timetable.
    pub scheduled: u64,
    /// On it before, with the same times and cabins.
    pub already_scheduled: u64,
    /// On it before and different since.
    pub refused: u64,
    /// The first [`REFUSALS_SHOWN_MAX`] of them.
    pub refusals: Vec<RefusedDeparture>,
    /// Not stored for want of a journal; the import broke off there. Importing again goes on.
    pub failed: u64,
    /// The furthest position reached.
    #[serde(skip)]
    pub position: i64,
}

/// A departure that could not be scheduled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedDeparture {
    pub flight_id: DepartureId,
    pub flight_number: String,
    /// Stable word code.
    pub code: String,
}

type Scheduled = (DepartureId, String, Result<Outcome, SubmitFailure>);

/// Schedules every departure of so many days; `progress` is told how many are done. Repeating it is safe:
/// the ids of departures follow from tenant, number and date.
pub async fn import(task: &Import, timetable: &Timetable, progress: impl Fn(u64)) -> Report {
    let mut report = Report::begun(task, timetable);
    let mut under_way = JoinSet::new();
    for (flight, cabins) in timetable.departures(task.tenant, task.from, task.days) {
        if task.in_flight_max <= under_way.len() {
            report.note(under_way.join_next().await, &progress);
        }
        if 0 < report.failed {
            break;
        }
        under_way.spawn(schedule(task.clone(), flight, cabins));
    }
    while let Some(ended) = under_way.join_next().await {
        report.note(Some(ended), &progress);
    }
    report
}

/// Trying again is safe whatever the failure: the same departure twice is one.
async fn schedule(task: Import, flight: Flight, cabins: Cabins) -> Scheduled {
    let (flight_id, flight_number) = (flight.flight_id, flight.flight_number.clone());
    // Fresh for each import: an earlier one's outcome must not stand in for what differs since.
    let key = CommandKey::once(Uuid::now_v7());
    let mut tries = 0;
    loop {
        tries += 1;
        let outcome = task.journal.submit(request(&task, key.clone(), flight.clone(), cabins.clone())).await;
        let hopeless = matches!(outcome, Ok(_) | Err(SubmitFailure::Broken));
        if hopeless || TRIES_MAX <= tries {
            return (flight_id, flight_number, outcome);
        }
        tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
    }
}

fn request(task: &Import, key: CommandKey, flight: Flight, cabins: Cabins) -> Request {
    let case = ScheduleDeparture { flight, cabins, sales_open: true, now: task.now };
    Request {
        tenant: task.tenant,
        actor: task.actor,
        case: UseCase::ScheduleDeparture(Box::new(case)),
        key,
        keys: vec![],
        trace: Trace::default(),
        occurred_at: task.now,
        quiet: false,
        versions: None,
        intent: Intent::Store,
    }
}

impl Report {
    fn begun(task: &Import, timetable: &Timetable) -> Self {
        let summary = timetable.summary(task.from, task.days);
        let (routes_read, routes_used) = (summary.routes_read, summary.routes_used);
        Self { routes_read, routes_used, departures: summary.departures, ..Self::default() }
    }

    /// Departures that have an outcome.
    pub const fn done(&self) -> u64 {
        self.scheduled + self.already_scheduled + self.refused
    }

    fn note(&mut self, ended: Option<Result<Scheduled, JoinError>>, progress: &impl Fn(u64)) {
        match ended {
            Some(Ok((flight_id, flight_number, Ok(outcome)))) => {
                self.count(flight_id, flight_number, outcome);
                progress(self.done());
            }
            Some(Ok((_, _, Err(_))) | Err(_)) => self.failed += 1,
            None => {}
        }
    }

    fn count(&mut self, flight_id: DepartureId, flight_number: String, outcome: Outcome) {
        let (code, position) = match outcome {
            Outcome::Done(receipt) => {
                let new = !receipt.replayed && !receipt.events.is_empty();
                *(if new { &mut self.scheduled } else { &mut self.already_scheduled }) += 1;
                self.position = self.position.max(receipt.position);
                return;
            }
            Outcome::Refused(refused) => (refused.code, refused.position),
            Outcome::KeyReused => ("IDEMPOTENCY_KEY_REUSED".to_owned(), 0),
        };
        self.refused += 1;
        self.position = self.position.max(position);
        if self.refusals.len() < REFUSALS_SHOWN_MAX {
            self.refusals.push(RefusedDeparture { flight_id, flight_number, code });
        }
    }
}

#[cfg(test)]
mod tests {
    use booking_domain::RefusalKind;
    use booking_domain::departure::DepartureEvent;
    use booking_domain::world::Placed;
    use booking_domain::{Event, StreamId};
    use booking_journal::{Receipt, Refused};

    use super::*;

    const ID: DepartureId = DepartureId::new(Uuid::from_u128(7));

    fn done(events: Vec<Placed>, replayed: bool) -> Outcome {
        Outcome::Done(Receipt { position: 5, subject: ID.to_string(), events, replayed })
    }

    fn placed() -> Placed {
        let event = DepartureEvent::SalesOpened { flight_id: ID, opened_at: DateTime::UNIX_EPOCH };
        let (stream, tenant) = (StreamId::Departure(ID), Uuid::from_u128(1).into());
        Placed { stream, tenant, sequence: 1, event: Event::Departure(event) }
    }

    #[test]
    fn each_outcome_is_counted_once() {
        let refused = Refused {
            code: "FLIGHT_ALREADY_SCHEDULED".into(),
            kind: RefusalKind::Conflict,
            refusal: None,
            position: 9,
            replayed: false,
        };
        let mut report = Report::default();
        let outcomes = [
            done(vec![placed()], false),
            done(vec![placed()], true),
            done(vec![], false),
            Outcome::Refused(refused),
        ];
        for outcome in outcomes {
            report.note(Some(Ok((ID, "AA100".into(), Ok(outcome)))), &|_done| ());
        }
        report.note(Some(Ok((ID, "AA100".into(), Err(SubmitFailure::Broken)))), &|_done| ());
        let counts = (report.scheduled, report.already_scheduled, report.refused, report.failed);
        assert_eq!((counts, report.done(), report.position), ((1, 2, 1, 1), 4, 9));
        assert_eq!(report.refusals[0].code, "FLIGHT_ALREADY_SCHEDULED");
    }
}
