use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use booking_http::{Body, PositionToken, Problem};
use booking_journal::Intent;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

use super::body::{ImportBody, TextsBody};
use crate::asked::Owner;
use crate::check::{At, Checks, texts};
use crate::import::{Import, Report, import};
use crate::{LeftOut, Parts, Tables, Timetable};

/// Name of the extract that comes with the program.
const EXTRACT: &str = "openflights";

/// Days of an import by default, and at most: it must end before its caller is told that it takes too long.
const DAYS_DEFAULT: u16 = 7;
const DAYS_MAX: u16 = 31;

/// Requests of an import under way at once: few, so that who books meanwhile waits for few.
const IN_FLIGHT_MAX: usize = 64;

/// Before a caller asks again whether the import under way has ended, in seconds.
const RETRY_AFTER_S: u32 = 5;

/// Imports over HTTP that run in this process at once.
static UNDER_WAY: Semaphore = Semaphore::const_new(1);

const PLANES: &str = include_str!("../../data/openflights/planes.dat");

/// What came of an import, with the rows that made no departure.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct Answer {
    #[serde(flatten)]
    report: Report,
    #[schema(value_type = Vec<Object>)]
    left_out: Vec<LeftOut>,
}

/// What is to be imported.
struct Wanted {
    tables: Tables,
    from: NaiveDate,
    days: u16,
}

/// `POST /flights/import`. Repeating it is safe without a key: each departure is scheduled once. It goes on to
/// its end when the caller hangs up; another one meanwhile is refused.
pub async fn import_flights(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    Body(body): Body<ImportBody>,
) -> Result<Response, Problem> {
    if asked.intent == Intent::Rehearse {
        return Err(Problem::malformed(
            "INVALID_QUERY",
            "an import has no dry run: import fewer days instead",
        ));
    }
    let Wanted { tables, from, days } = wanted(body, asked.now.date_naive())?;
    let turn = turn(&UNDER_WAY)?;
    let (epoch, now) = (parts.epoch, asked.now);
    let (tenant, actor) = (asked.caller.tenant, asked.actor());
    let running = tokio::spawn(async move {
        let (timetable, left_out) = Timetable::from_tables(&tables);
        let in_flight_max = IN_FLIGHT_MAX;
        let task = Import { journal: parts.journal, tenant, actor, from, days, now, in_flight_max };
        let report = import(&task, &timetable, |_done| ()).await;
        drop(turn);
        Answer { report, left_out }
    });
    let answer = running.await.map_err(|ended| Problem::internal().caused_by(&ended))?;
    if 0 < answer.report.failed {
        let detail = "the import broke off; repeat it to go on";
        return Err(Problem::unavailable("JOURNAL_UNAVAILABLE", detail, 1).details(json!(answer)));
    }
    let position = answer.report.position;
    let shown = (0 < position).then_some(PositionToken { epoch, position });
    Ok((shown, Json(answer)).into_response())
}

fn turn(under_way: &'static Semaphore) -> Result<SemaphorePermit<'static>, Problem> {
    let detail = "another import is under way here; repeat this one when it has ended";
    under_way.try_acquire().map_err(|_| Problem::unavailable("IMPORT_UNDER_WAY", detail, RETRY_AFTER_S))
}

fn wanted(body: ImportBody, today: NaiveDate) -> Result<Wanted, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let tables = tables(&mut checks, body.tables);
    let from = checks.optional(at.field("from"), body.from, texts::departure_date).unwrap_or(today);
    let days = body.days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        checks.complain(at.field("days"), "INVALID_VALUE", format!("1 to {DAYS_MAX} days"));
    }
    checks.finish(tables.map(|tables| Wanted { tables, from, days }))
}

fn tables(checks: &mut Checks, written: Option<Value>) -> Option<Tables> {
    let texts = match written {
        None => return Some(Tables::extract()),
        Some(Value::String(name)) if name == EXTRACT => return Some(Tables::extract()),
        Some(Value::Object(members)) => TextsBody::deserialize(members).map_err(|error| error.to_string()),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(format!("\"{EXTRACT}\", or an object of the texts of the files"))
        }
    };
    let TextsBody { airports, airlines, routes, planes } =
        checks.read(At::Body.field("tables"), texts.map_err(Into::into))?;
    Some(Tables::read_texts(&airports, &airlines, &routes, planes.as_deref().unwrap_or(PLANES)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_import_runs_at_a_time() {
        static ONE: Semaphore = Semaphore::const_new(1);
        let first = turn(&ONE).unwrap();
        let second = turn(&ONE).unwrap_err();
        assert_eq!((second.status().as_u16(), second.code()), (503, "IMPORT_UNDER_WAY"));
        drop(first);
        assert!(turn(&ONE).is_ok());
    }

    #[test]
    fn tables_come_by_name_or_as_texts() {
        let texts = json!({"airports": "", "airlines": "", "routes": ""});
        for (written, good) in [
            (json!("openflights"), true),
            (texts, true),
            (json!("timetable"), false),
            (json!({"airports": ""}), false),
            (json!({"airports": "", "airlines": "", "routes": "", "trains": ""}), false),
            (json!(7), false),
        ] {
            let mut checks = Checks::default();
            let tables = tables(&mut checks, Some(written.clone()));
            assert_eq!(checks.finish(tables.map(|_| ())).is_ok(), good, "{written}");
        }
    }

    #[test]
    fn days_and_the_first_of_them_are_bounded() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let read = |body| wanted(serde_json::from_value(body).unwrap(), today);
        let usual = read(json!({})).unwrap();
        assert_eq!((usual.from, usual.days), (today, DAYS_DEFAULT));
        assert!(read(json!({"from": "2027-01-01", "days": 31})).is_ok());
        for wrong in [
            json!({"from": "soon"}),
            json!({"from": "-9999-01-1"}),
            json!({"from": "2200-01-01"}),
            json!({"days": 0}),
            json!({"days": 32}),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
