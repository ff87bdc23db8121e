//! Every command in every state: one row each, read as given / when / then.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Grant, Profile, User, UserCommand as Command, UserEvent as Event, UserRefusal as Refusal, UserSheet,
    UserStatus,
};
use crate::scenario::{self, Given};
use crate::values::{CustomerId, Role, Sealed, TenantId, UserId};

#[test]
fn registering() {
    given(&[]).when(register()).then(&[registered()]);
    given(&[registered()]).when(register()).then_nothing();
    given(&[registered(), granted(Role::Owner)]).when(register()).then_nothing();
    given(&[registered(), deactivated()]).when(register()).then_refused(&Refusal::Deactivated);
}

#[test]
fn changing_the_profile() {
    let change = || Command::ChangeProfile { full_name: Some(sealed("new")), phone_number: None, now: NOW };
    let nothing = Command::ChangeProfile { full_name: None, phone_number: None, now: NOW };
    given(&[]).when(change()).then_refused(&Refusal::NotFound);
    given(&[registered()]).when(change()).then(&[renamed()]);
    given(&[registered()]).when(nothing).then_nothing();
    given(&[registered(), deactivated()]).when(change()).then_refused(&Refusal::Deactivated);
}

#[test]
fn setting_roles() {
    let owner_here = Grant { role: Role::Owner, location_ids: vec![Uuid::from_u128(9).into()] };
    let bound = Event::RoleGranted { user_id: user(), grant: owner_here.clone(), granted_at: NOW };
    given(&[]).when(roles(&[Role::Owner])).then_refused(&Refusal::NotFound);
    given(&[registered()]).when(roles(&[Role::Customer])).then_nothing();
    given(&[registered()]).when(roles(&[Role::Customer, Role::Owner])).then(&[granted(Role::Owner)]);
    given(&[registered()]).when(roles(&[Role::Owner])).then(&[granted(Role::Owner), revoked(Role::Customer)]);
    given(&[registered(), granted(Role::Owner)])
        .when(Command::SetRoles { grants: vec![grant(Role::Customer), owner_here], now: NOW })
        .then(&[bound]);
    given(&[registered()]).when(roles(&[])).then(&[revoked(Role::Customer)]);
    given(&[registered(), deactivated()]).when(roles(&[Role::Owner])).then_refused(&Refusal::Deactivated);
}

#[test]
fn deactivating() {
    let deactivate = || Command::Deactivate { now: NOW };
    given(&[]).when(deactivate()).then_refused(&Refusal::NotFound);
    given(&[registered()]).when(deactivate()).then(&[deactivated()]);
    given(&[registered(), deactivated()]).when(deactivate()).then_nothing();
}

#[test]
fn asking_for_a_new_password() {
    let ask = || Command::RequestPasswordReset { now: NOW };
    given(&[]).when(ask()).then_refused(&Refusal::NotFound);
    given(&[registered()]).when(ask()).then(&[reset_requested()]);
    given(&[registered(), reset_requested()]).when(ask()).then(&[reset_requested()]);
    given(&[registered(), deactivated()]).when(ask()).then_refused(&Refusal::Deactivated);
}

#[test]
fn states() {
    let active = |roles: &[Role]| User::Active {
        user_id: user(),
        customer_id: customer(),
        grants: roles.iter().copied().map(grant).collect(),
    };
    given(&[granted(Role::Owner)]).then_state(&User::Absent);
    given(&[registered()]).then_state(&active(&[Role::Customer]));
    given(&[registered(), registered(), renamed(), reset_requested()]).then_state(&active(&[Role::Customer]));
    given(&[registered(), granted(Role::Owner)]).then_state(&active(&[Role::Customer, Role::Owner]));
    given(&[registered(), granted(Role::Customer)]).then_state(&active(&[Role::Customer]));
    given(&[registered(), revoked(Role::Customer)]).then_state(&active(&[]));
    given(&[registered(), deactivated(), registered()]).then_state(&User::Deactivated);
    assert_eq!(User::Deactivated.grants(), &[]);
}

#[test]
fn a_sheet_says_what_the_events_have_said() {
    let sheet = |events: &[Event]| {
        (1..).zip(events).fold(None, |sheet, (sequence, event)| UserSheet::after(sheet, event, sequence))
    };
    assert_eq!(sheet(&[renamed()]), None, "nobody has registered");
    let fresh = sheet(&[registered()]).unwrap();
    assert_eq!((fresh.status, fresh.version, &fresh.profile), (UserStatus::Active, 1, &profile()));
    let later = sheet(&[registered(), renamed(), granted(Role::Owner), revoked(Role::Customer)]).unwrap();
    assert_eq!(later.profile, Profile { full_name: sealed("new"), ..profile() });
    assert_eq!((later.roles, later.version), (vec![grant(Role::Owner)], 4));
    let ended = sheet(&[registered(), deactivated()]).unwrap();
    assert_eq!((ended.status, ended.roles), (UserStatus::Deactivated, vec![]));
}

#[test]
fn names_match_what_is_stored() {
    let granted = granted(Role::Owner);
    let revoked = revoked(Role::Owner);
    for event in [registered(), renamed(), granted, revoked, deactivated(), reset_requested()] {
        assert_eq!(serde_json::to_value(&event).unwrap()["event_type"], event.name());
    }
}

/// The one test through `cqrs-es` itself; the rest stay synchronous.
#[test]
fn handle_writes_what_decide_says() {
    cqrs_es::test::TestFramework::<User>::with(())
        .given_no_previous_events()
        .when(register())
        .then_expect_events(vec![registered()]);
}

fn given(events: &[Event]) -> Given<User> {
    scenario::given(events)
}

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn user() -> UserId {
    Uuid::from_u128(2).into()
}

fn customer() -> CustomerId {
    CustomerId::of_account(TenantId::new(Uuid::from_u128(1)), user())
}

fn sealed(text: &str) -> Sealed {
    Sealed::try_from(format!("sealed:1:{text}")).unwrap()
}

fn profile() -> Profile {
    Profile {
        user_id: user(),
        customer_id: customer(),
        email: sealed("email"),
        full_name: sealed("name"),
        phone_number: None,
    }
}

fn grant(role: Role) -> Grant {
    Grant { role, location_ids: vec![] }
}

fn register() -> Command {
    Command::Register { profile: profile(), grants: vec![grant(Role::Customer)], now: NOW }
}

fn roles(roles: &[Role]) -> Command {
    Command::SetRoles { grants: roles.iter().copied().map(grant).collect(), now: NOW }
}

fn registered() -> Event {
    Event::Registered { profile: profile(), roles: vec![grant(Role::Customer)], registered_at: NOW }
}

fn renamed() -> Event {
    Event::ProfileChanged {
        user_id: user(),
        customer_id: customer(),
        full_name: Some(sealed("new")),
        phone_number: None,
        changed_at: NOW,
    }
}

fn granted(role: Role) -> Event {
    Event::RoleGranted { user_id: user(), grant: grant(role), granted_at: NOW }
}

fn revoked(role: Role) -> Event {
    Event::RoleRevoked { user_id: user(), role, revoked_at: NOW }
}

fn deactivated() -> Event {
    Event::Deactivated { user_id: user(), deactivated_at: NOW }
}

fn reset_requested() -> Event {
    Event::PasswordResetRequested { user_id: user(), requested_at: NOW }
}
