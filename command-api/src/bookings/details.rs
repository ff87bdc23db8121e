//! What people wrote about a booking, and passengers' particulars.

use axum::extract::State;
use axum::response::Response;
use booking_domain::booking::{DetailsChange, PassengerChange};
use booking_domain::use_cases::BookingChange;
use booking_domain::values::{BookingId, CustomerId, PassengerId, Sealed};
use booking_http::{Body, PathId, Problem};
use booking_journal::Sealer;
use chrono::NaiveDate;

use super::body::PassengerBody;
use super::change_body::DetailsBody;
use crate::asked::{Asked, Booker};
use crate::check::{At, Checks, texts};
use crate::key::Asking;
use crate::{Parts, refused};

/// Texts of a booking that are sound: absent ones stay, `None` is taken away.
#[derive(Debug, Default, PartialEq, Eq)]
struct Details {
    special_requests: Option<Option<String>>,
    notes: Option<Option<String>>,
}

/// `PATCH /bookings/{booking_id}`
pub async fn patch(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    Body(body): Body<DetailsBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PATCH", format!("/bookings/{booking_id}"), &body);
    rewrite(&parts, &asked, booking_id, details(body)?, &asking).await
}

/// `PUT /bookings/{booking_id}`: what is absent is taken away.
pub async fn put(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    Body(body): Body<DetailsBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PUT", format!("/bookings/{booking_id}"), &body);
    let Details { special_requests, notes } = details(body)?;
    let all = Details { special_requests: Some(special_requests.flatten()), notes: Some(notes.flatten()) };
    rewrite(&parts, &asked, booking_id, all, &asking).await
}

/// `PATCH /bookings/{booking_id}/passengers/{passenger_id}` (S3-5)
pub async fn passenger(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId((booking_id, passenger_id)): PathId<(BookingId, PassengerId)>,
    Body(body): Body<PassengerBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PATCH", format!("/bookings/{booking_id}/passengers/{passenger_id}"), &body);
    let particulars = particulars(body, asked.now.date_naive())?;
    let sheet = parts.own_sheet(&asked, booking_id).await?;
    if sheet.passengers.iter().all(|one| one.passenger_id != passenger_id) {
        return Err(Problem::not_found("PASSENGER_NOT_FOUND", "the booking has no such passenger"));
    }
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    sealer.fetch(passenger_id.uuid()).await.map_err(|failure| refused::not_sealed(&failure))?;
    let change = sealed(particulars, passenger_id, &mut sealer);
    let change = BookingChange::ChangePassenger(Box::new(change));
    parts.change_sealed(&asked, booking_id, change, &asking, &sealer).await
}

async fn rewrite(
    parts: &Parts,
    asked: &Asked,
    booking_id: BookingId,
    details: Details,
    asking: &Asking,
) -> Result<Response, Problem> {
    let customer = parts.own_sheet(asked, booking_id).await?.customer_id;
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    let change = DetailsChange {
        special_requests: text(
            parts,
            asked,
            &mut sealer,
            customer,
            "special_requests",
            details.special_requests,
        )
        .await?,
        notes: text(parts, asked, &mut sealer, customer, "notes", details.notes).await?,
    };
    parts.change_sealed(asked, booking_id, BookingChange::ChangeDetails(change), asking, &sealer).await
}

async fn text(
    parts: &Parts,
    asked: &Asked,
    sealer: &mut Sealer<'_>,
    customer: CustomerId,
    field: &'static str,
    text: Option<Option<String>>,
) -> Result<Option<Option<Sealed>>, Problem> {
    Ok(match text {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => Some(Some(parts.sealed_for(asked, sealer, customer, field, &text).await?)),
    })
}

fn details(body: DetailsBody) -> Result<Details, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let mut read = |field, text: Option<Option<String>>| {
        text.map(|text| checks.optional(at.field(field), text, texts::free_text).flatten())
    };
    let special_requests = read("special_requests", body.special_requests);
    let notes = read("notes", body.notes);
    checks.finish(Some(Details { special_requests, notes }))
}

/// Sound particulars, still in the clear.
#[derive(Debug, Default, PartialEq, Eq)]
struct Particulars {
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
    date_of_birth: Option<String>,
    passport_number: Option<String>,
    is_primary: bool,
}

fn particulars(body: PassengerBody, today: NaiveDate) -> Result<Particulars, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    if body.kind.is_some() {
        let detail = "the kind decides who needs a seat, and cannot be changed";
        checks.complain(at.field("kind"), "INVALID_VALUE", detail);
    }
    if body.is_primary == Some(false) {
        let detail = "make another passenger the primary one";
        checks.complain(at.field("is_primary"), "INVALID_VALUE", detail);
    }
    let born = |text: &str| texts::date_of_birth(text, today);
    let read = Particulars {
        first_name: checks.optional(at.field("first_name"), body.first_name, texts::name),
        last_name: checks.optional(at.field("last_name"), body.last_name, texts::name),
        email: checks.optional(at.field("email"), body.email, texts::email),
        phone_number: checks.optional(at.field("phone_number"), body.phone_number, texts::phone_number),
        date_of_birth: checks.optional(at.field("date_of_birth"), body.date_of_birth, born),
        passport_number: checks.optional(
            at.field("passport_number"),
            body.passport_number,
            texts::passport_number,
        ),
        is_primary: body.is_primary.unwrap_or_default(),
    };
    if read == Particulars::default() {
        checks.complain(at, "MISSING_FIELD", "nothing is to be changed");
    }
    checks.finish(Some(read))
}

fn sealed(particulars: Particulars, id: PassengerId, sealer: &mut Sealer<'_>) -> PassengerChange {
    let mut seal = |field, text: Option<String>| text.map(|text| sealer.seal(id.uuid(), field, &text));
    PassengerChange {
        id,
        first_name: seal("first_name", particulars.first_name),
        last_name: seal("last_name", particulars.last_name),
        email: seal("email", particulars.email),
        phone_number: seal("phone_number", particulars.phone_number),
        date_of_birth: seal("date_of_birth", particulars.date_of_birth),
        passport_number: seal("passport_number", particulars.passport_number),
        is_primary: particulars.is_primary,
    }
}
