//! An item as it is read: flat, as it is written. What serde flattens or finds by a tag, it buffers before it reads it.

use serde::Deserialize;

use super::{Claim, Item};
use crate::values::{
    ClaimId, Class, DepartureId, ItemId, PassengerId, PriceLine, RefundTier, SeatNumber, Span, Terms,
};

/// Every field of an item of any kind.
#[derive(Deserialize)]
pub struct Flat {
    item_id: ItemId,
    kind: Kind,
    claim_id: ClaimId,
    flight_id: DepartureId,
    class: Class,
    seat_number: Option<SeatNumber>,
    units: Option<u32>,
    span: Span,
    passenger_id: Option<PassengerId>,
    price_lines: Vec<PriceLine>,
    cancel_cutoff_minutes: u32,
    refund_tiers: Vec<RefundTier>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Seat,
    Pool,
}

/// A field that only items of its kind have is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("missing field `{0}`")]
pub struct Missing(&'static str);

impl TryFrom<Flat> for Item {
    type Error = Missing;

    fn try_from(flat: Flat) -> Result<Self, Missing> {
        let Flat { claim_id, flight_id, class, span, .. } = flat;
        let claim = match flat.kind {
            Kind::Seat => {
                let seat_number = flat.seat_number.ok_or(Missing("seat_number"))?;
                Claim::Seat { claim_id, flight_id, class, seat_number, span }
            }
            Kind::Pool => {
                let units = flat.units.ok_or(Missing("units"))?;
                Claim::Pool { claim_id, flight_id, class, units, span }
            }
        };
        Ok(Self {
            item_id: flat.item_id,
            claim,
            passenger_id: flat.passenger_id,
            price_lines: flat.price_lines,
            terms: Terms {
                cancel_cutoff_minutes: flat.cancel_cutoff_minutes,
                refund_tiers: flat.refund_tiers,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::samples::order;

    #[test]
    fn an_item_needs_what_its_kind_has() {
        let written = serde_json::to_value(&order().items[0]).unwrap();
        assert_eq!(serde_json::from_value::<Item>(written.clone()).unwrap(), order().items[0]);
        for (field, value) in
            [("seat_number", None), ("kind", Some("pool")), ("kind", Some("ship")), ("span", None)]
        {
            let mut odd = written.clone();
            match value {
                Some(value) => odd[field] = value.into(),
                None => drop(odd.as_object_mut().unwrap().remove(field)),
            }
            assert!(serde_json::from_value::<Item>(odd).is_err(), "{field} {value:?}");
        }
    }
}
