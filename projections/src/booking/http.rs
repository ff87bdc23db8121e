//! Routes that read bookings.
//!
//! Customers see their own, staff all of the tenant's. A list shows all but the passengers. All of it can be asked
//! for as it was.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use booking_domain::booking::Sheet;
use booking_domain::values::{BookingId, CustomerId, UserId};
use booking_http::contract::{Operation, Routes};
use booking_http::{
    BOOKING_POSITION, Caller, ETag, ListQuery, Listing, MinPosition, Paging, PathId, Permission,
    PositionToken, Problem, Query, Sort,
};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::filters::{self, Filters};
use super::show::{self, Shown};
use super::{past, past_list};
use crate::api::{Api, QueryFailure};
use crate::list::{Conditions, Search, Source};
use crate::model::Model;
use crate::past::{Seen, When};

pub(super) const SOURCE: Source = Source {
    model: Model::Booking,
    tables: "read.booking_v1",
    id: "booking_id",
    columns: "document",
    sorts: &[("created_at", "created_at"), ("start_time", "start_time")],
};
const NEWEST_FIRST: Sort = Sort { field: "created_at", descending: true };
const SOONEST_FIRST: Sort = Sort { field: "start_time", descending: false };

#[derive(FromRow)]
struct Stored {
    document: String,
}

pub(super) type Answer = Result<(PositionToken, Json<Listing<Value>>), Problem>;
type One = Result<(PositionToken, ETag, Json<Value>), Problem>;

/// A booking as lists show it.
struct ListedBooking;

impl ToSchema for ListedBooking {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Sheet::schemas(schemas);
    }
}

impl PartialSchema for ListedBooking {
    fn schema() -> RefOr<Schema> {
        let mut schema = Sheet::schema();
        if let RefOr::T(Schema::Object(sheet)) = &mut schema {
            sheet.properties.remove("passengers");
            sheet.required.retain(|name| name != "passengers");
        }
        schema
    }
}

pub(crate) fn routes() -> Routes<Api> {
    let all = Operation::get("/api/v1/bookings", "Bookings: customers see their own");
    let upcoming = Operation::get("/api/v1/bookings/upcoming", "Those that may still take place");
    let past = Operation::get("/api/v1/bookings/past", "Those that have started");
    let of_user = Operation::get("/api/v1/bookings/user/{user_id}", "Those of one account");
    let by_reference = Operation::get("/api/v1/bookings/by-reference/{reference}", "One, by its reference");
    let one = Operation::get("/api/v1/bookings/{booking_id}", "One, with its passengers");
    let hold = Operation::get("/api/v1/holds/{booking_id}", "One that is held");
    Routes::new()
        .on(list_of(all), self::all)
        .on(list_of(upcoming), self::upcoming)
        .on(list_of(past), self::past)
        .on(list_of(of_user), self::of_user)
        .on(one_of(by_reference), self::by_reference)
        .on(one_of(one), by_id)
        .on(one_of(hold), by_id)
}

fn list_of(operation: Operation) -> Operation {
    let fields: Vec<&str> = SOURCE.sorts.iter().map(|(field, _)| *field).collect();
    let operation = operation.by(Permission::ReadBookings).reading().listing(&fields).asking::<Filters>();
    operation.failing(&[422]).answering::<Listing<ListedBooking>>(StatusCode::OK)
}

fn one_of(operation: Operation) -> Operation {
    let operation = operation.by(Permission::ReadBookings).reading_one().asking::<When>();
    operation.failing(&[422]).answering::<Sheet>(StatusCode::OK)
}

async fn all(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters }: ListQuery<Filters>,
) -> Answer {
    let seen = api.seen(filters.when(), min).await?;
    list(&api, &caller, seen, &paging, filters.conditions(caller.tenant), NEWEST_FIRST).await
}

async fn upcoming(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters }: ListQuery<Filters>,
) -> Answer {
    let seen = api.seen(filters.when(), min).await?;
    let mut conditions = filters.conditions(caller.tenant);
    filters::upcoming(&mut conditions, seen.at(api.now()));
    list(&api, &caller, seen, &paging, conditions, SOONEST_FIRST).await
}

async fn past(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters }: ListQuery<Filters>,
) -> Answer {
    let seen = api.seen(filters.when(), min).await?;
    let mut conditions = filters.conditions(caller.tenant);
    filters::past(&mut conditions, seen.at(api.now()));
    list(&api, &caller, seen, &paging, conditions, NEWEST_FIRST).await
}

async fn of_user(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(user): PathId<UserId>,
    ListQuery { paging, filters }: ListQuery<Filters>,
) -> Answer {
    if !caller.is_staff() && user != caller.user_id {
        return Err(Problem::forbidden("customers see their own bookings only"));
    }
    let seen = api.seen(filters.when(), min).await?;
    let mut conditions = filters.conditions(caller.tenant);
    conditions.and("customer_id =", CustomerId::of_account(caller.tenant, user).uuid());
    list(&api, &caller, seen, &paging, conditions, NEWEST_FIRST).await
}

async fn list(
    api: &Api,
    caller: &Caller,
    seen: Seen,
    paging: &Paging,
    mut conditions: Conditions,
    default: Sort,
) -> Answer {
    caller.must(Permission::ReadBookings)?;
    conditions.and_if("customer_id =", own(caller).map(|customer| customer.uuid()));
    let min = match seen {
        Seen::Now(min) => min,
        Seen::Then(then) => return past_list::list(api, caller, &then, paging, &conditions, default).await,
    };
    let search = Search::new(&SOURCE, &conditions, paging, default)?;
    let mut scoped = api.open(caller, SOURCE.model, min).await?;
    let page = search.find::<Stored>(&mut scoped).await.map_err(QueryFailure::from)?;
    drop(scoped);
    let document = |stored: &Stored| serde_json::from_str(&stored.document).map(without_passengers);
    let rows = page.rows.iter().map(document).collect::<Result<_, _>>().map_err(QueryFailure::from)?;
    let rows = api.unseal_all(caller, rows).await?;
    Ok((page.shown, Json(page.listing(paging, rows))))
}

/// A booking as lists show it.
pub(super) fn without_passengers(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.remove("passengers");
    }
    document
}

async fn by_id(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(id): PathId<BookingId>,
    Query(when): Query<When>,
) -> One {
    caller.must(Permission::ReadBookings)?;
    if let Some(then) = api.then(when, min).await? {
        return one(&api, &caller, past::by_id(&api, &caller, id, &then).await?).await;
    }
    let mut scoped = api.open(&caller, Model::Booking, min).await?;
    let shown = show::by_id(&mut scoped, id, own(&caller)).await.map_err(QueryFailure::from)?;
    drop(scoped);
    one(&api, &caller, shown).await
}

async fn by_reference(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    reference: Result<Path<String>, PathRejection>,
    Query(when): Query<When>,
) -> One {
    caller.must(Permission::ReadBookings)?;
    // Bytes that are no text are no booking's reference; neither is an empty one.
    let reference = reference.map(|Path(text)| text).unwrap_or_default();
    if let Some(then) = api.then(when, min).await? {
        return one(&api, &caller, past::by_reference(&api, &caller, &reference, &then).await?).await;
    }
    let mut scoped = api.open(&caller, Model::Booking, min).await?;
    let shown =
        show::by_reference(&mut scoped, &reference, own(&caller)).await.map_err(QueryFailure::from)?;
    drop(scoped);
    one(&api, &caller, shown).await
}

async fn one(api: &Api, caller: &Caller, shown: Shown) -> One {
    let position = shown.position();
    let stored = shown.document.ok_or_else(|| absent(position))?;
    let mut document: Value = serde_json::from_str(&stored).map_err(QueryFailure::from)?;
    api.unseal(caller, &mut document).await?;
    let version = document["version"].as_i64().unwrap_or_default();
    Ok((position, ETag(version), Json(document)))
}

/// 404 with what was looked at.
pub(crate) fn absent(shown: PositionToken) -> Problem {
    Problem::not_found("BOOKING_NOT_FOUND", "there is no such booking").header(BOOKING_POSITION, shown.into())
}

/// Whose bookings alone the caller sees; `None` sees all.
pub(crate) fn own(caller: &Caller) -> Option<CustomerId> {
    (!caller.is_staff()).then(|| caller.customer_id())
}
