//! Lists of bookings as they were.
//!
//! ```text
//!   rows that what never changes speaks for --+-- not touched since: as they were --+-- filters --> order --> page
//!                                             +-- touched since: folded anew -------+
//! ```
//! Only what never changes of a booking (whose it is, its reference) may choose rows of today; all other filters and
//! the order go by what each booking was. So a list is as long as what can be looked at for one answer, or refused.

use std::collections::HashMap;

use axum::Json;
use booking_domain::values::{BookingId, TenantId};
use booking_http::{Caller, Listing, MinPosition, Paging, Problem, Sort};
use booking_journal::READ_EVENTS_MAX;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use super::http::{Answer, SOURCE, without_passengers};
use super::{BookingRow, Bookings, Columns};
use crate::api::{Api, QueryFailure};
use crate::fact::Key;
use crate::list::{Conditions, Cursor, Operand};
use crate::past::{Then, refused};
use crate::projection::digest;
use crate::scope::Scoped;

/// Most bookings that one list is looked for among.
pub const CANDIDATES_MAX: usize = 5_000;
/// Most of these that may have been touched since: each is folded out of the journal.
pub const TOUCHED_MAX: usize = 1_000;
/// Bookings whose events are read at once.
const FOLDED_AT_ONCE: usize = 100;
/// What never changes of a booking, so that the rows of today can be asked.
const FOR_EVER: [&str; 2] = ["customer_id", "booking_reference"];

/// A row of today.
#[derive(FromRow)]
struct Candidate {
    booking_id: Uuid,
    position: i64,
    #[sqlx(flatten)]
    columns: Columns,
}

/// What the list has of one booking.
struct Match {
    id: Uuid,
    /// What it is sorted by.
    at: DateTime<Utc>,
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    then: &Then,
    paging: &Paging,
    conditions: &Conditions,
    default: Sort,
) -> Answer {
    let names: Vec<&str> = SOURCE.sorts.iter().map(|(name, _)| *name).collect();
    let sort = paging.sorted(&names, default)?;
    let after = paging.cursor.as_deref().map(|cursor| Cursor::read(cursor, sort)).transpose()?;
    let candidates = candidates(api, caller, then, conditions).await?;
    let (untouched, touched) = split(candidates, then.shown.position)?;
    let touched: Vec<Uuid> = touched.iter().map(|candidate| candidate.booking_id).collect();
    let mut folded = fold(api, caller.tenant, &touched, then).await?;
    let untouched = untouched.iter().map(|candidate| (candidate.booking_id, &candidate.columns));
    let all = untouched.chain(folded.iter().map(|(id, row)| (*id, &row.columns)));
    let mut matches = vec![];
    for (id, columns) in all {
        if conditions.hold(|column| value(columns, column)).ok_or_else(not_as_it_was)? {
            matches.push(Match { id, at: sorted_at(columns, sort).ok_or_else(not_as_it_was)? });
        }
    }
    let (page, next_cursor) = page(&mut matches, sort, paging, after);
    let missing: Vec<Uuid> = page.iter().copied().filter(|id| !folded.contains_key(id)).collect();
    folded.extend(fold(api, caller.tenant, &missing, then).await?);
    let rows = page.iter().filter_map(|id| folded.get(id));
    let rows = rows.map(|row| serde_json::to_value(&row.sheet).map(without_passengers));
    let rows = rows.collect::<Result<_, _>>().map_err(QueryFailure::from)?;
    let rows = api.unseal_all(caller, rows).await?;
    let listing = Listing::new(rows, paging, matches.len() as u64, next_cursor);
    Ok((then.shown, Json(listing)))
}

/// The rows of today that the list may have: all that it has, once the read model shows that moment.
async fn candidates(
    api: &Api,
    caller: &Caller,
    then: &Then,
    conditions: &Conditions,
) -> Result<Vec<Candidate>, Problem> {
    let mut scoped = api.open(caller, SOURCE.model, Some(MinPosition(then.shown))).await?;
    Ok(read(&mut scoped, &conditions.about(&FOR_EVER)).await.map_err(QueryFailure::from)?)
}

/// Those that nothing has happened to since a position, and the others.
///
/// # Errors
/// [`QueryFailure::TooLong`] when there are more than one answer looks at.
fn split(
    candidates: Vec<Candidate>,
    position: i64,
) -> Result<(Vec<Candidate>, Vec<Candidate>), QueryFailure> {
    let count = candidates.len();
    let (untouched, touched): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| candidate.position <= position);
    if CANDIDATES_MAX < count || TOUCHED_MAX < touched.len() {
        return Err(QueryFailure::TooLong);
    }
    Ok((untouched, touched))
}

async fn read(scoped: &mut Scoped, conditions: &Conditions) -> sqlx::Result<Vec<Candidate>> {
    let mut sql: QueryBuilder<'static, Postgres> = QueryBuilder::new(CANDIDATES);
    sql.push_bind(scoped.tenant());
    conditions.push_to(&mut sql);
    sql.push(" limit ").push_bind(CANDIDATES_MAX as i64 + 1);
    sql.build_query_as().fetch_all(scoped.connection()).await
}

/// Bookings as they were; those that were not there yet are left out.
async fn fold(
    api: &Api,
    tenant: TenantId,
    ids: &[Uuid],
    then: &Then,
) -> Result<HashMap<Uuid, BookingRow>, QueryFailure> {
    let mut folded = HashMap::new();
    for ids in ids.chunks(FOLDED_AT_ONCE) {
        let ids: Vec<BookingId> = ids.iter().copied().map(BookingId::new).collect();
        let events = api.reader().bookings(tenant, &ids, then.shown.position).await?;
        if events.len() as i64 == READ_EVENTS_MAX {
            return Err(QueryFailure::TooLong);
        }
        let (mut digest, mut rows) = (digest::<Bookings>(0, &events), HashMap::new());
        digest.fold::<Bookings>(&mut rows);
        digest.poison.map_or(Ok(()), Err)?;
        folded.extend(rows.into_iter().map(|(Key { id, .. }, row)| (id, row)));
    }
    Ok(folded)
}

/// A column as [`Conditions::hold`] wants it.
fn value(columns: &Columns, column: &str) -> Option<Option<Operand>> {
    match column {
        "booking_reference" => Some(Some(columns.booking_reference.clone().into())),
        "status" => Some(Some(columns.status.clone().into())),
        "customer_id" => Some(Some(columns.customer_id.into())),
        "flight_id" => Some(columns.flight_id.map(Operand::from)),
        "start_time" => Some(columns.start_time.map(Operand::from)),
        "created_at" => Some(Some(columns.created_at.into())),
        "archived" => Some(Some(columns.archived.into())),
        _ => None,
    }
}

fn not_as_it_was() -> Problem {
    refused("as_of", "this filter or order cannot be asked for as it was")
}

/// Nothing for a column that is not known here.
fn sorted_at(columns: &Columns, sort: Sort) -> Option<DateTime<Utc>> {
    let (_, column) = SOURCE.sorts.iter().find(|(name, _)| *name == sort.field)?;
    value(columns, column)?.map_or(Some(DateTime::UNIX_EPOCH), |operand| operand.at())
}

/// The ids of the page that is asked for, and where the next begins.
fn page(
    matches: &mut [Match],
    sort: Sort,
    paging: &Paging,
    after: Option<Cursor>,
) -> (Vec<Uuid>, Option<String>) {
    let total = u32::try_from(matches.len()).unwrap_or(u32::MAX);
    matches.sort_unstable_by_key(|one| (one.at, one.id));
    if sort.descending {
        matches.reverse();
    }
    let is_beyond = |one: &&Match| {
        after.is_none_or(|Cursor { at, id, .. }| {
            if sort.descending { (one.at, one.id) < (at, id) } else { (at, id) < (one.at, one.id) }
        })
    };
    let first = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let rest: Vec<&Match> = matches.iter().filter(is_beyond).skip(first).collect();
    let page = &rest[..rest.len().min(paging.limit as usize)];
    let next = page.last().filter(|_| page.len() < rest.len());
    let next = next.map(|Match { id, at }| Cursor { at: *at, id: *id, total }.text(sort));
    (page.iter().map(|one| one.id).collect(), next)
}

const CANDIDATES: &str = "
    select booking_id, position, booking_reference, status, customer_id, flight_id, start_time, created_at,
           archived
    from read.booking_v1
    where tenant_id = ";

#[cfg(test)]
mod tests {
    use booking_domain::booking::Status;
    use booking_domain::values::TenantId;

    use super::*;
    use crate::booking::filters::{self, Filters};
    use crate::moment::Moment;
    use crate::samples::history;

    fn columns() -> Columns {
        let mut rows = HashMap::new();
        digest::<Bookings>(0, &history()[..4]).fold::<Bookings>(&mut rows);
        rows.into_values().next().unwrap().columns
    }

    /// A new filter has to be told of the past, too, or it is refused there.
    #[test]
    fn every_filter_and_order_can_be_told_of_the_past() {
        let (now, id) = (DateTime::UNIX_EPOCH, Uuid::from_u128(1));
        let all = Filters {
            status: Some(vec![Status::Created]),
            from: Some(Moment::Instant(now)),
            to: Some(Moment::Instant(now)),
            user: Some(id.into()),
            customer: Some(id.into()),
            flight: Some(id.into()),
            reference: Some("BK".to_owned()),
            archived: None,
            as_of: None,
            at_position: None,
        };
        let mut conditions = all.conditions(TenantId::new(id));
        filters::upcoming(&mut conditions, now);
        filters::past(&mut conditions, now);
        assert_eq!(conditions.hold(|column| value(&columns(), column)), Some(false));
        for (field, _) in SOURCE.sorts {
            assert!(sorted_at(&columns(), Sort { field, descending: false }).is_some(), "{field}");
        }
        assert_eq!(sorted_at(&columns(), Sort { field: "colour", descending: false }), None);
    }

    #[test]
    fn a_list_that_is_too_long_to_be_right_is_refused() {
        let candidates = |count: usize, position: i64| {
            let columns = columns();
            let candidate = |number| Candidate {
                booking_id: Uuid::from_u128(number as u128),
                position,
                columns: columns.clone(),
            };
            (0..count).map(candidate).collect::<Vec<_>>()
        };
        let split =
            |count, position| split(candidates(count, position), 7).map(|(old, new)| (old.len(), new.len()));
        assert_eq!(
            split(CANDIDATES_MAX, 7).unwrap(),
            (CANDIDATES_MAX, 0),
            "what was at the position is untouched"
        );
        assert_eq!(split(TOUCHED_MAX, 8).unwrap(), (0, TOUCHED_MAX));
        for (count, position) in [(CANDIDATES_MAX + 1, 7), (TOUCHED_MAX + 1, 8)] {
            assert!(matches!(split(count, position), Err(QueryFailure::TooLong)), "{count} at {position}");
        }
    }
}
