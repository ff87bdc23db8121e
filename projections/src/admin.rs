//! `GET /admin/projections`: how far each read model is, and what stands in its way. For whoever runs the engine.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_http::contract::{Operation, Routes};
use booking_http::{Caller, NoFilters, Permission, PositionToken, Problem, Query};
use booking_journal::{Lease, LeaseFailure};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

use crate::api::{Api, QueryFailure};
use crate::model::Model;
use crate::rebuild::Noted;
use crate::stop::Stop;

pub(crate) fn routes() -> Routes<Api> {
    let all = Operation::get("/api/v1/admin/projections", "How far the read models are")
        .by(Permission::RunPlatform);
    Routes::new().on(all.telling_position().answering::<Projections>(StatusCode::OK), self::all)
}

/// All read models.
#[derive(Debug, Serialize, ToSchema)]
struct Projections {
    data: Vec<Projection>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Projection {
    name: &'static str,
    version: u32,
    state: Standing,
    /// Its checkpoint, with the epoch.
    position: String,
    lag: Lag,
    /// What its worker does not pass.
    stopped: Option<Stopped>,
    /// What is known of the rebuild under way.
    rebuild: Option<Rebuild>,
}

/// The first that is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProjectionState)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// Its worker stands before an event that it does not take in; a person is needed.
    Stopped,
    /// It is being made anew. Its worker may go on meanwhile.
    Rebuilding,
    /// A worker keeps it in step.
    Running,
    /// No worker does.
    Idle,
}

#[derive(Debug, Serialize, ToSchema)]
struct Lag {
    /// That the journal has and the read model does not show.
    events: i64,
    /// Age of the oldest of them, by the clock of Postgres; 0 when there are none.
    seconds: f64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Stopped {
    position: i64,
    reason: String,
    #[serde(serialize_with = "booking_http::instant::serialize")]
    since: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Rebuild {
    phase: String,
    position: i64,
    goal: i64,
    #[serde(serialize_with = "booking_http::instant::serialize")]
    began_at: DateTime<Utc>,
    seconds_left: Option<u64>,
}

/// As Postgres knows it.
#[derive(FromRow)]
struct Known {
    epoch: i32,
    position: i64,
    head: i64,
    lag_seconds: f64,
}

async fn all(
    State(api): State<Api>,
    caller: Caller,
    Query(NoFilters {}): Query<NoFilters>,
) -> Result<(PositionToken, Json<Projections>), Problem> {
    caller.must(Permission::RunPlatform)?;
    let mut connection = api.outside_of_tenants().await.map_err(QueryFailure::from)?;
    let mut data = vec![];
    for model in Model::ALL {
        data.push(projection(&mut connection, model).await?);
    }
    drop(connection);
    Ok((api.head(None).await?, Json(Projections { data })))
}

async fn projection(connection: &mut PgConnection, model: Model) -> Result<Projection, QueryFailure> {
    let known: Known = sqlx::query_as(KNOWN).bind(model.name()).fetch_one(&mut *connection).await?;
    let stop: Option<Stop> = sqlx::query_as(STOP).bind(model.name()).fetch_optional(&mut *connection).await?;
    let is_rebuilt = Lease::is_held(connection, &model.rebuild_lease()).await.map_err(unknown)?;
    let has_worker = Lease::is_held(connection, &model.lease()).await.map_err(unknown)?;
    // One that died leaves its row.
    let noted: Option<Noted> = if is_rebuilt {
        sqlx::query_as(NOTED).bind(model.name()).fetch_optional(connection).await?
    } else {
        None
    };
    Ok(Projection {
        name: model.name(),
        version: model.version(),
        state: standing(stop.is_some(), is_rebuilt, has_worker),
        position: PositionToken { epoch: known.epoch, position: known.position }.to_string(),
        lag: Lag { events: (known.head - known.position).max(0), seconds: known.lag_seconds.max(0.0) },
        stopped: stop.map(|Stop { position, reason, since }| Stopped { position, reason, since }),
        rebuild: noted.map(Rebuild::of),
    })
}

const fn standing(is_stopped: bool, is_rebuilt: bool, has_worker: bool) -> Standing {
    match (is_stopped, is_rebuilt, has_worker) {
        (true, ..) => Standing::Stopped,
        (_, true, _) => Standing::Rebuilding,
        (_, _, true) => Standing::Running,
        (_, _, false) => Standing::Idle,
    }
}

impl Rebuild {
    fn of(noted: Noted) -> Self {
        let seconds_left = noted.seconds_left();
        let Noted { phase, position, goal, began_at, .. } = noted;
        Self { phase, position, goal, began_at, seconds_left }
    }
}

fn unknown(failure: LeaseFailure) -> QueryFailure {
    match failure {
        LeaseFailure::Postgres(failure) => failure.into(),
        LeaseFailure::TimedOut => sqlx::Error::PoolTimedOut.into(),
    }
}

const KNOWN: &str = "
    select known.epoch, known.position, head.position as head,
           coalesce(extract(epoch from clock_timestamp() - next.recorded_at), 0)::float8 as lag_seconds
    from read.checkpoint as known
    cross join (select coalesce(max(position), 0) as position from journal.event) as head
    left join journal.event as next on next.position = known.position + 1
    where known.name = $1";

const STOP: &str = "select position, reason, since from read.stop where name = $1";

const NOTED: &str = "select phase, position, goal, began_at, said_at from read.rebuild where name = $1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_person_comes_first() {
        for (is_stopped, is_rebuilt, has_worker, said) in [
            (true, true, true, Standing::Stopped),
            (true, false, false, Standing::Stopped),
            (false, true, true, Standing::Rebuilding),
            (false, true, false, Standing::Rebuilding),
            (false, false, true, Standing::Running),
            (false, false, false, Standing::Idle),
        ] {
            assert_eq!(standing(is_stopped, is_rebuilt, has_worker), said);
        }
    }
}
