//! Every command in every state: one row each, read as given / when / then.

use chrono::DateTime;
use chrono_tz::Tz;
use uuid::Uuid;

use super::{
    Business, Settings, Tenant, TenantCommand as Command, TenantEvent as Event, TenantRefusal as Refusal,
};
use crate::scenario::{self, Given};
use crate::values::Currency;

#[test]
fn registering() {
    let other = Business { name: "Other".to_owned(), ..business() };
    given(&[]).when(register(business())).then(&[registered()]);
    given(&[registered()]).when(register(business())).then_nothing();
    given(&[registered()]).when(register(other.clone())).then_refused(&Refusal::AlreadyRegistered);
    given(&[registered(), approved()]).when(register(business())).then_nothing();
    given(&[registered(), approved()]).when(register(other)).then_refused(&Refusal::AlreadyRegistered);
}

#[test]
fn approving() {
    given(&[]).when(approve()).then_refused(&Refusal::NotFound);
    given(&[registered()]).when(approve()).then(&[approved()]);
    given(&[registered(), approved()]).when(approve()).then_nothing();
}

#[test]
fn selling() {
    assert_eq!(Tenant::Absent.selling(), Err(Refusal::NotFound));
    assert_eq!(Tenant::Pending { business: Box::new(business()) }.selling(), Err(Refusal::NotActive));
    assert_eq!(active().selling(), Ok(&Settings::default()));
}

#[test]
fn states() {
    given(&[approved()]).then_state(&Tenant::Absent);
    given(&[registered()]).then_state(&Tenant::Pending { business: Box::new(business()) });
    given(&[registered(), approved(), approved()]).then_state(&active());
}

#[test]
fn names_match_what_is_stored() {
    for event in [registered(), approved()] {
        assert_eq!(serde_json::to_value(&event).unwrap()["event_type"], event.name());
    }
}

/// The one test through `cqrs-es` itself; the rest stay synchronous.
#[test]
fn handle_writes_what_decide_says() {
    cqrs_es::test::TestFramework::<Tenant>::with(())
        .given_no_previous_events()
        .when(register(business()))
        .then_expect_events(vec![registered()]);
}

fn given(events: &[Event]) -> Given<Tenant> {
    scenario::given(events)
}

const NOW: DateTime<chrono::Utc> = DateTime::UNIX_EPOCH;

fn business() -> Business {
    Business {
        business_id: Uuid::from_u128(1).into(),
        name: "Acme Air".to_owned(),
        subdomain: "acme".to_owned(),
        time_zone: Tz::UTC,
        currency: Currency::USD,
        language: "en".to_owned(),
    }
}

fn active() -> Tenant {
    Tenant::Active { business: Box::new(business()), settings: Settings::default() }
}

fn register(business: Business) -> Command {
    Command::Register { business, now: NOW }
}

fn approve() -> Command {
    Command::Approve { now: NOW }
}

fn registered() -> Event {
    Event::Registered { business: business(), registered_at: NOW }
}

fn approved() -> Event {
    Event::Approved { business_id: business().business_id, approved_at: NOW }
}
