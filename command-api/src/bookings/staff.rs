//! What staff alone decide: declining, reinstating, archiving, and another price.

use axum::extract::State;
use axum::response::Response;
use booking_domain::use_cases::BookingChange;
use booking_domain::values::{BookingId, Money, PriceKind, PriceLine};
use booking_http::{Body, OptionalBody, PathId, Problem};
use uuid::Uuid;

use super::change_body::{AdjustmentBody, DeclineBody};
use crate::Parts;
use crate::asked::{Asked, Manager, Staff};
use crate::body::EmptyBody;
use crate::check::{At, Checks, Wrong, money, texts};
use crate::key::Asking;

/// When none is given.
const DECLINE_REASON: &str = "not_available";

/// `POST /bookings/{booking_id}/decline`
pub async fn decline(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<DeclineBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/decline"), &body);
    declined(&parts, &asked, booking_id, body, &asking).await
}

/// Declines it, and answers with the booking.
pub async fn declined(
    parts: &Parts,
    asked: &Asked,
    booking_id: BookingId,
    body: DeclineBody,
    asking: &Asking,
) -> Result<Response, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let reason = checks.optional(at.field("decline_reason"), body.decline_reason, texts::word);
    let comments = checks.optional(at.field("comments"), body.comments, texts::free_text).flatten();
    let (reason, comments) = checks.finish(Some((reason, comments)))?;
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    let comments = parts.sealed_comments(asked, &mut sealer, booking_id, comments).await?;
    let reason = reason.unwrap_or_else(|| DECLINE_REASON.to_owned());
    let change = BookingChange::Decline { reason, comments };
    parts.change_sealed(asked, booking_id, change, asking, &sealer).await
}

/// `POST /bookings/{booking_id}/reinstate`
pub async fn reinstate(
    State(parts): State<Parts>,
    Manager(asked): Manager,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/reinstate"), &body);
    parts.change(&asked, booking_id, BookingChange::Reinstate { fresh: Uuid::now_v7() }, &asking).await
}

/// `POST /bookings/{booking_id}/archive`
pub async fn archive(
    State(parts): State<Parts>,
    Manager(asked): Manager,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/archive"), &body);
    parts.change(&asked, booking_id, BookingChange::Archive, &asking).await
}

/// `POST /bookings/{booking_id}/price-adjustments`
pub async fn adjust(
    State(parts): State<Parts>,
    Manager(asked): Manager,
    PathId(booking_id): PathId<BookingId>,
    Body(body): Body<AdjustmentBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/price-adjustments"), &body);
    let (price_line, reason) = adjustment(body)?;
    let change = BookingChange::AdjustPrice { price_line, reason };
    parts.change(&asked, booking_id, change, &asking).await
}

fn adjustment(body: AdjustmentBody) -> Result<(PriceLine, String), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let kind = checks.required(at.field("kind"), body.kind, kind);
    let price = checks.present(at.field("price"), body.price);
    let price = price.and_then(|price| money(&mut checks, at.field("price"), price));
    if price.is_some_and(|price| price.minor <= 0) {
        let detail = "more than nothing; the kind says whether it is taken off or added";
        checks.complain(at.field("price"), "INVALID_VALUE", detail);
    }
    let reason = checks.required(at.field("reason"), body.reason, texts::word);
    let line = kind.zip(price).map(|(kind, price)| PriceLine { kind, price: signed(kind, price) });
    checks.finish(line.zip(reason))
}

fn kind(text: &str) -> Result<PriceKind, Wrong> {
    match text {
        "discount" => Ok(PriceKind::Discount),
        "fee" => Ok(PriceKind::Fee),
        "tax" => Ok(PriceKind::Tax),
        _ => Err("an adjustment is a discount, a fee or a tax".into()),
    }
}

/// A discount is negative.
const fn signed(kind: PriceKind, price: Money) -> Money {
    match kind {
        PriceKind::Discount => Money::of(price.minor.saturating_neg(), price.currency),
        PriceKind::Fare | PriceKind::Tax | PriceKind::Fee => price,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: serde_json::Value) -> Result<(PriceLine, String), Problem> {
        adjustment(serde_json::from_value(body).unwrap())
    }

    #[test]
    fn a_discount_is_taken_off_and_a_fee_added() {
        let adjusted = |kind: &str| {
            let price = json!({"amount": "10.00", "currency": "USD"});
            read(json!({"kind": kind, "price": price, "reason": "goodwill"})).unwrap().0.price.minor
        };
        assert_eq!((adjusted("discount"), adjusted("fee"), adjusted("tax")), (-1_000, 1_000, 1_000));
        let wrong = read(json!({"kind": "fare", "price": {"amount": "-1", "currency": "USD"}})).unwrap_err();
        assert_eq!(wrong.code(), "VALIDATION_FAILED");
    }
}
