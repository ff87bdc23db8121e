//! Routes that read users: one's own particulars, and for those who run the business everybody's.
//!
//! Users have no read model. There are few of them beside bookings, and each is a short stream: they are folded out
//! of the journal, and so never lag behind it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_domain::Event;
use booking_domain::user::{Grant, UserEvent, UserSheet, UserStatus};
use booking_domain::values::{CustomerId, UserId};
use booking_http::contract::{Operation, Routes};
use booking_http::{
    BOOKING_POSITION, By, Caller, ETag, ListQuery, Listing, MinPosition, NoFilters, PathId, Permission,
    PositionToken, Problem, Query, Sort,
};
use booking_journal::{Recorded, UsersPage};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::{Api, QueryFailure};
use crate::list::Cursor;

/// Ids grow with time.
const NEWEST_FIRST: Sort = Sort { field: "created_at", descending: true };

type One = Result<(PositionToken, ETag, Json<Value>), Problem>;

pub(crate) fn routes() -> Routes<Api> {
    let all = Operation::get("/api/v1/users", "The users of the business, the newest first");
    let me = Operation::get("/api/v1/users/me", "The own particulars").by(Permission::OwnAccount);
    let one = Operation::get("/api/v1/users/{user_id}", "One user: oneself, or for owners anyone");
    let all = all.by(Permission::ReadUsers).reading().listing(&[NEWEST_FIRST.field]);
    let one = one.by(Permission::OwnAccount).reading_one();
    Routes::new()
        .on(all.answering::<Listing<UserSheet>>(StatusCode::OK), self::all)
        .on(me.reading_one().failing(&[404]).answering::<Me>(StatusCode::OK), self::me)
        .on(one.answering::<UserSheet>(StatusCode::OK), self::one)
}

async fn all(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters: NoFilters {} }: ListQuery<NoFilters>,
) -> Result<(PositionToken, Json<Listing<Value>>), Problem> {
    caller.must(Permission::ReadUsers)?;
    let sort = paging.sorted(&[NEWEST_FIRST.field], NEWEST_FIRST)?;
    if !sort.descending {
        return Err(Problem::malformed("INVALID_QUERY", "users are listed by sort=-created_at alone"));
    }
    let cursor = paging.cursor.as_deref().map(|text| Cursor::read(text, sort)).transpose()?;
    let shown = api.head(min).await?;
    let reader = api.reader();
    let total = match cursor {
        Some(cursor) => cursor.total,
        None => reader.users_count(caller.tenant).await.map_err(QueryFailure::from)?,
    };
    let before = cursor.map(|cursor| UserId::new(cursor.id));
    let (limit, offset) = (i64::from(paging.limit), paging.offset());
    let page = UsersPage { before, offset, limit: limit + 1 };
    let recorded = reader.users(caller.tenant, page).await.map_err(QueryFailure::from)?;
    let mut sheets = sheets(&recorded)?;
    let is_last = sheets.len() as i64 <= limit;
    sheets.truncate(paging.limit as usize);
    let end = sheets.last().filter(|_| !is_last).map(|sheet| sheet.profile.user_id.uuid());
    let next = end.map(|id| Cursor { at: DateTime::UNIX_EPOCH, id, total }.text(sort));
    let rows = sheets.iter().map(document).collect::<Result<Vec<_>, _>>()?;
    let rows = api.unseal_all(&caller, rows).await?;
    Ok((shown, Json(Listing::new(rows, &paging, total.into(), next))))
}

async fn me(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    Query(NoFilters {}): Query<NoFilters>,
) -> One {
    caller.must(Permission::OwnAccount)?;
    let shown = api.head(min).await?;
    match (sheet(&api, &caller, caller.user_id).await?, caller.by) {
        (Some(sheet), _) => opened(&api, &caller, shown, &sheet).await,
        (None, By::Secret) => Ok((shown, ETag(0), Json(nobodys(&caller)))),
        (None, By::Session(_) | By::Key(_)) => Err(absent(shown)),
    }
}

async fn one(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(user_id): PathId<UserId>,
    Query(NoFilters {}): Query<NoFilters>,
) -> One {
    caller.must(if user_id == caller.user_id { Permission::OwnAccount } else { Permission::ReadUsers })?;
    let shown = api.head(min).await?;
    let sheet = sheet(&api, &caller, user_id).await?.ok_or_else(|| absent(shown))?;
    opened(&api, &caller, shown, &sheet).await
}

async fn sheet(api: &Api, caller: &Caller, user_id: UserId) -> Result<Option<UserSheet>, QueryFailure> {
    let stream = booking_domain::StreamId::User(caller.tenant, user_id);
    let recorded = api.reader().stream(caller.tenant, &stream, i64::MAX).await?;
    Ok(sheets(&recorded)?.pop())
}

async fn opened(api: &Api, caller: &Caller, shown: PositionToken, sheet: &UserSheet) -> One {
    let mut document = document(sheet)?;
    api.unseal(caller, &mut document).await?;
    Ok((shown, ETag(sheet.version), Json(document)))
}

/// One sheet for each run of events of one stream.
fn sheets(recorded: &[Recorded]) -> Result<Vec<UserSheet>, QueryFailure> {
    let mut sheets: Vec<UserSheet> = vec![];
    for recorded in recorded {
        let Some(event) = event_of(recorded)? else { continue };
        let before = sheets.pop_if(|sheet| sheet.profile.user_id == event.user_id());
        sheets.extend(UserSheet::after(before, &event, recorded.sequence));
    }
    Ok(sheets)
}

fn event_of(recorded: &Recorded) -> Result<Option<UserEvent>, QueryFailure> {
    Ok(match recorded.event()? {
        Event::User(event) => Some(event),
        Event::Tenant(_)
        | Event::Departure(_)
        | Event::Seat(_)
        | Event::Pool(_)
        | Event::Booking(_)
        | Event::Customer(_) => None,
    })
}

fn document(sheet: &UserSheet) -> Result<Value, QueryFailure> {
    Ok(serde_json::to_value(sheet)?)
}

/// Oneself. What only an account has is null for somebody whose token no log-in gave.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says how `UserSheet` and `nobodys` look together")]
struct Me {
    user_id: UserId,
    customer_id: CustomerId,
    email: Option<String>,
    full_name: Option<String>,
    phone_number: Option<String>,
    status: UserStatus,
    roles: Vec<Grant>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
    version: i64,
}

/// What is known of somebody without an account, whom the holder of the secret made up: what the token says.
fn nobodys(caller: &Caller) -> Value {
    let role = |role| json!({"role": role, "location_ids": caller.location_ids});
    json!({
        "user_id": caller.user_id, "customer_id": caller.customer_id(), "email": null, "full_name": null,
        "phone_number": null, "status": "active", "roles": caller.roles.iter().map(role).collect::<Vec<_>>(),
        "created_at": null, "updated_at": null, "version": 0,
    })
}

fn absent(shown: PositionToken) -> Problem {
    Problem::not_found("USER_NOT_FOUND", "there is no such user").header(BOOKING_POSITION, shown.into())
}
