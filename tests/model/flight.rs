//! What there is to sell: a tenant's one flight with one seat and a lounge of one place.

use booking_domain::UseCase;
use booking_domain::tenant::Business;
use booking_domain::use_cases::{ApproveTenant, RegisterTenant, ScheduleDeparture};
use booking_domain::values::{
    Cabin, Cabins, Class, Currency, Money, Places, Rows, SeatNumber, Seating, ZonedTime,
};
use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::airline::flight;
use crate::requests::{NOW, flight_id, tenant_id};

/// The only seat.
pub const SEAT: SeatNumber = SeatNumber::new(1, b'A').expect("a row and a letter");

/// The class of the only place.
pub const LOUNGE: &str = "lounge";

/// Places that may be sold, overbooking included.
pub const PLACES: usize = 1;

/// What has been done before anyone books.
pub fn preparations() -> [UseCase; 3] {
    let business = Business {
        business_id: tenant_id(),
        name: "Acme Air".to_owned(),
        subdomain: "acme".to_owned(),
        time_zone: Tz::UTC,
        currency: Currency::USD,
        language: "en".to_owned(),
    };
    let departure = ZonedTime::at(NOW + TimeDelta::days(30), Tz::UTC);
    let flight = flight(flight_id(), departure, Tz::UTC);
    let schedule = ScheduleDeparture { flight, cabins: cabins(), sales_open: true, now: NOW };
    [
        UseCase::RegisterTenant(RegisterTenant { business, now: NOW }),
        UseCase::ApproveTenant(ApproveTenant { now: NOW }),
        UseCase::ScheduleDeparture(Box::new(schedule)),
    ]
}

pub fn class(text: &str) -> Class {
    Class::new(text).expect("a word")
}

fn cabins() -> Cabins {
    let price = Money::of(9_999, Currency::USD);
    let (row, letters) = (SEAT.row(), char::from(SEAT.letter()).to_string().into());
    let numbered = Seating::Numbered(Rows { first_row: row, last_row: row, letters });
    let count = u32::try_from(PLACES).expect("a few places");
    let counted = Seating::Counted(Places { count, overbooking_limit: 0 });
    Cabins::new(vec![
        Cabin { class: class("economy"), seating: numbered, price },
        Cabin { class: class(LOUNGE), seating: counted, price },
    ])
    .expect("two cabins that can be")
}
