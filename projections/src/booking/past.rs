//! One booking as it was.

use booking_domain::event::Family;
use booking_domain::values::BookingId;
use booking_http::Caller;

use super::Bookings;
use super::http::own;
use super::show::Shown;
use crate::api::{Api, QueryFailure};
use crate::fact::Key;
use crate::past::Then;

/// The booking with an id; to customers only their own.
pub async fn by_id(api: &Api, caller: &Caller, id: BookingId, then: &Then) -> Result<Shown, QueryFailure> {
    let key = Key { tenant: caller.tenant, id: id.uuid() };
    let row = api.row_then::<Bookings>(key, Family::Booking(id), then).await?;
    let is_theirs = |customer| own(caller).is_none_or(|own| own == customer);
    let sheet = row.map(|row| row.sheet).filter(|sheet| is_theirs(sheet.customer_id));
    let document = sheet.map(|sheet| serde_json::to_string(&sheet)).transpose()?;
    Ok(Shown::then(then, document))
}

/// The booking with a reference, any case. A reference never changes, so it is looked up as of now.
pub async fn by_reference(
    api: &Api,
    caller: &Caller,
    reference: &str,
    then: &Then,
) -> Result<Shown, QueryFailure> {
    // Postgres knows no text with a NUL, so no booking has such a reference.
    let reference = reference.to_uppercase().replace('\0', "\u{fffd}");
    match api.reader().booking_of(caller.tenant, &reference).await? {
        Some(id) => by_id(api, caller, id, then).await,
        None => Ok(Shown::then(then, None)),
    }
}
