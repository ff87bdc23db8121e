//! Routes that read departures: for everyone of the tenant. Who holds a seat only staff see. One departure and its
//! seat map can be asked for as they were; the timetable only as it is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_domain::event::Family;
use booking_domain::values::DepartureId;
use booking_http::contract::{Operation, Routes};
use booking_http::{
    BOOKING_POSITION, Caller, ETag, ListQuery, Listing, MinPosition, NoFilters, PathId, Permission,
    PositionToken, Problem, Query, Sort,
};

use super::disruption::DisruptionView;
use super::filters::Filters;
use super::find::{self, Stored};
use super::seats::SeatsView;
use super::view::FlightView;
use super::{FlightRow, Flights};
use crate::api::{Api, QueryFailure};
use crate::fact::Key;
use crate::list::{Search, Source};
use crate::model::Model;
use crate::past::{Then, When};

const SOURCE: Source = Source {
    model: Model::Flight,
    tables: "read.flight_v1 join read.seat_map_v1 using (tenant_id, flight_id)",
    id: "flight_id",
    columns: "document, taken, blocked, pools",
    sorts: &[("departure", "departure_at")],
};
const SOONEST_FIRST: Sort = Sort { field: "departure", descending: false };

pub(crate) fn routes() -> Routes<Api> {
    let fields: Vec<&str> = SOURCE.sorts.iter().map(|(field, _)| *field).collect();
    let all = Operation::get("/api/v1/flights", "The timetable, as it is").by(Permission::ReadFlights);
    let one = Operation::get("/api/v1/flights/{flight_id}", "One, with what is free in each cabin");
    let seats = Operation::get("/api/v1/flights/{flight_id}/seats", "Seat map and pools");
    let all = all.reading().listing(&fields).asking::<Filters>();
    let one = one.by(Permission::ReadFlights).reading_one().asking::<When>().failing(&[422]);
    let seats = seats.by(Permission::ReadFlights).reading().asking::<When>().failing(&[422]);
    let disruption =
        Operation::get("/api/v1/flights/{flight_id}/disruption", "How far its bookings are seen to");
    let disruption = disruption.by(Permission::ServeCustomers).reading();
    Routes::new()
        .on(all.answering::<Listing<FlightView>>(StatusCode::OK), self::all)
        .on(one.answering::<FlightView>(StatusCode::OK), self::one)
        .on(seats.answering::<SeatsView>(StatusCode::OK), self::seats)
        .on(disruption.answering::<DisruptionView>(StatusCode::OK), self::disruption)
}

async fn all(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters }: ListQuery<Filters>,
) -> Result<(PositionToken, Json<Listing<FlightView>>), Problem> {
    caller.must(Permission::ReadFlights)?;
    let now = api.now();
    let conditions = filters.conditions(now);
    let search = Search::new(&SOURCE, &conditions, &paging, SOONEST_FIRST)?;
    let mut scoped = api.open(&caller, SOURCE.model, min).await?;
    let mut page = search.find::<Stored>(&mut scoped).await.map_err(QueryFailure::from)?;
    drop(scoped);
    let rows = page.rows.drain(..).map(Stored::read).collect::<Result<Vec<_>, _>>()?;
    let views = rows.iter().map(|(sheet, map)| FlightView::new(sheet, map, now)).collect();
    Ok((page.shown, Json(page.listing(&paging, views))))
}

async fn one(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(id): PathId<DepartureId>,
    Query(when): Query<When>,
) -> Result<(PositionToken, ETag, Json<FlightView>), Problem> {
    caller.must(Permission::ReadFlights)?;
    if let Some(then) = api.then(when, min).await? {
        let row = row_then(&api, &caller, id, &then).await?;
        let view = FlightView::new(&row.sheet, &row.map, then.at);
        return Ok((then.shown, ETag(view.version), Json(view)));
    }
    let mut scoped = api.open(&caller, Model::Flight, min).await?;
    let shown = find::shown(&mut scoped).await?;
    let (sheet, map) = find::flight(&mut scoped, id).await?.ok_or_else(|| absent(shown))?;
    let view = FlightView::new(&sheet, &map, api.now());
    Ok((shown, ETag(view.version), Json(view)))
}

async fn seats(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(id): PathId<DepartureId>,
    Query(when): Query<When>,
) -> Result<(PositionToken, Json<SeatsView>), Problem> {
    caller.must(Permission::ReadFlights)?;
    if let Some(then) = api.then(when, min).await? {
        let row = row_then(&api, &caller, id, &then).await?;
        let view = SeatsView::new(&row.sheet, &row.map, then.shown, caller.is_staff());
        return Ok((then.shown, Json(view)));
    }
    let mut scoped = api.open(&caller, Model::Flight, min).await?;
    let shown = find::shown(&mut scoped).await?;
    let (sheet, mut map) = find::flight(&mut scoped, id).await?.ok_or_else(|| absent(shown))?;
    map.holders = find::holders(&mut scoped, id).await?;
    Ok((shown, Json(SeatsView::new(&sheet, &map, shown, caller.is_staff()))))
}

async fn row_then(api: &Api, caller: &Caller, id: DepartureId, then: &Then) -> Result<FlightRow, Problem> {
    let key = Key { tenant: caller.tenant, id: id.uuid() };
    let row = api.row_then::<Flights>(key, Family::Departure(id), then).await?;
    row.ok_or_else(|| absent(then.shown))
}

/// For staff: how far the engine is with the bookings of a departure that has changed.
async fn disruption(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(id): PathId<DepartureId>,
    Query(NoFilters {}): Query<NoFilters>,
) -> Result<(PositionToken, Json<DisruptionView>), Problem> {
    caller.must(Permission::ServeCustomers)?;
    let mut scoped = api.open(&caller, Model::Flight, min).await?;
    let shown = find::shown(&mut scoped).await?;
    let (sheet, _) = find::flight(&mut scoped, id).await?.ok_or_else(|| absent(shown))?;
    let undisturbed = || {
        let detail = "nothing has changed about this flight that its bookings would have to follow";
        Problem::not_found("FLIGHT_UNDISTURBED", detail).header(BOOKING_POSITION, shown.into())
    };
    let disruption = sheet.disruption.ok_or_else(undisturbed)?;
    Ok((shown, Json(DisruptionView::new(id, disruption, shown))))
}

fn absent(shown: PositionToken) -> Problem {
    Problem::not_found("FLIGHT_NOT_FOUND", "there is no such flight").header(BOOKING_POSITION, shown.into())
}
