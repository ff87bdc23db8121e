//! What an order comes to, and the reference that it bears.

use crate::booking::{BookingRefusal, Item};
use crate::event::StreamId;
use crate::refusal::{Refusal, SaleRefusal};
use crate::values::{BookingId, BookingReference, Money};
use crate::world::{Draft, Name, NameKind};

/// The sum of all lines.
pub(super) fn total<'i>(items: impl Iterator<Item = &'i Item>) -> Result<Money, Refusal> {
    let mut lines = items.flat_map(|item| &item.price_lines).map(|line| line.price);
    let first = lines.next().ok_or(BookingRefusal::NothingOrdered)?;
    let sum = lines.try_fold(first, |sum, price| match sum.plus(price) {
        Ok(sum) => Ok(sum),
        Err(_) if sum.currency != price.currency => Err(SaleRefusal::MixedCurrencies),
        Err(_) => Err(SaleRefusal::SumTooLarge),
    })?;
    Ok(sum)
}

/// Whether it costs what the caller was told.
pub(super) fn as_expected(now: Money, expected: Option<Money>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != now => Err(SaleRefusal::PriceChanged { expected, now }.into()),
        Some(_) | None => Ok(()),
    }
}

/// The first reference that is not known to be another's, claimed for the booking.
pub(super) fn reference(
    draft: &mut Draft<'_>,
    booking_id: BookingId,
    references: &[BookingReference],
) -> BookingReference {
    let (tenant, stream) = (Some(draft.tenant()), StreamId::Booking(booking_id));
    let name = |reference: &BookingReference| {
        let value = reference.to_string();
        Name { tenant, kind: NameKind::BookingReference, value }
    };
    let free = |reference: &&BookingReference| !draft.is_anothers(&name(reference), &stream);
    let reference = references.iter().find(free).or(references.last());
    let reference = reference.expect("an order comes with references to try").clone();
    draft.claim(name(&reference), stream);
    reference
}
