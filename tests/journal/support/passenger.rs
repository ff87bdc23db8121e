//! Someone who travels.

use booking_domain::booking::{Passenger, PassengerKind};
use booking_domain::values::{PassengerId, Sealed};

/// Nobody in particular: what is sealed cannot be opened.
pub fn passenger(id: PassengerId) -> Passenger {
    let sealed = || Sealed::try_from("sealed:1:not-real".to_owned()).expect("it says that it is sealed");
    Passenger {
        id,
        first_name: sealed(),
        last_name: sealed(),
        email: None,
        phone_number: None,
        date_of_birth: None,
        passport_number: None,
        is_primary: true,
        kind: PassengerKind::Adult,
    }
}
