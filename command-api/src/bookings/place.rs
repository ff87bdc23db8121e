use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::values::CustomerId;
use booking_http::{Body, Caller, Problem};
use booking_journal::{Receipt, Sealer};

use super::answer::{answer, document, text};
use super::body::OrderBody;
use super::order::{held_order, order};
use super::sealing::{sealed, sealed_held};
use super::sheet::{absent, folded};
use crate::Parts;
use crate::asked::{Asked, Booker};
use crate::key::Asking;
use crate::refused;

/// `POST /bookings`
pub async fn place(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    Body(body): Body<OrderBody>,
) -> Result<Response, Problem> {
    asked.must_be_named()?;
    let asking = Asking::new("POST", "/bookings", &body);
    let key = asking.key_or_derived(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    let case = case(&parts, &asked, body, &mut sealer).await?;
    let receipt = parts.submit(asked.request(case, key, sealer.keys())).await?;
    let (version, json) = placed(&parts, &asked, &sealer, &receipt).await?;
    let location = format!("/api/v1/bookings/{}", receipt.subject);
    let answer = answer(&parts, &asked, &receipt, version, json);
    Ok(asked.created(location, answer))
}

/// What is to be decided, sealed.
async fn case(
    parts: &Parts,
    asked: &Asked,
    body: OrderBody,
    sealer: &mut Sealer<'_>,
) -> Result<UseCase, Problem> {
    let today = asked.now.date_naive();
    if body.hold_id.is_some() {
        let order = held_order(body, today)?;
        let customer_id = parts.own_sheet(asked, order.hold_id).await?.customer_id;
        let case = sealed_held(order, asked, customer_id, sealer).await;
        let case = case.map_err(|failure| refused::not_sealed(&failure))?;
        return Ok(UseCase::PlaceHeld(Box::new(case)));
    }
    let order = order(body, today)?;
    let customer_id = customer(order.customer_id, &asked.caller)?;
    let case = sealed(order, asked, customer_id, sealer).await;
    let case = case.map_err(|failure| refused::not_sealed(&failure))?;
    Ok(UseCase::PlaceBooking(Box::new(case)))
}

/// For whom: staff may name someone else.
pub fn customer(named: Option<CustomerId>, caller: &Caller) -> Result<CustomerId, Problem> {
    let own = caller.customer_id();
    match named {
        Some(named) if named != own && !caller.is_staff() => {
            Err(Problem::forbidden("only staff may book for another customer"))
        }
        Some(named) => Ok(named),
        None => Ok(own),
    }
}

/// The booking as it was placed, opened, and its version. A repeat finds ids and keys of the first one: only
/// the journal knows them.
async fn placed(
    parts: &Parts,
    asked: &Asked,
    sealer: &Sealer<'_>,
    receipt: &Receipt,
) -> Result<(i64, String), Problem> {
    if receipt.replayed {
        let sheet = parts.sheet_after(asked, receipt).await?;
        let opened = parts.unsealed(asked.caller.tenant, document(&sheet)).await?;
        return Ok((sheet.version, opened));
    }
    let events = receipt.events.iter().map(|placed| (placed.sequence, &placed.event));
    let sheet = folded(events).ok_or_else(absent)?;
    Ok((sheet.version, sealer.reveal(&text(&sheet))))
}

#[cfg(test)]
mod tests {
    use booking_http::{By, Role, Roles};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_staff_book_for_others() {
        let caller = |role: Role| {
            let (user_id, tenant) = (Uuid::from_u128(2).into(), Uuid::from_u128(1).into());
            Caller { user_id, tenant, roles: Roles::from(role), location_ids: vec![], by: By::Secret }
        };
        let (ann, desk) = (caller(Role::Customer), caller(Role::Provider));
        let other = CustomerId::new(Uuid::from_u128(9));
        assert_eq!(customer(None, &ann).unwrap(), ann.customer_id());
        assert_eq!(customer(Some(ann.customer_id()), &ann).unwrap(), ann.customer_id());
        assert_eq!(customer(Some(other), &ann).unwrap_err().code(), "FORBIDDEN");
        assert_eq!(customer(Some(other), &desk).unwrap(), other);
    }
}
