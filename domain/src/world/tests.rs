use super::*;
use crate::booking::samples::{NOW, class, id, seat};
use crate::seat::{ReleaseCause, Seat, SeatCommand, SeatEvent, SeatRefusal};
use crate::values::ClaimId;

#[test]
fn what_is_learnt_is_seen() {
    let mut world = holding(&[]);
    assert_eq!(claimant(&world), None);
    world.learn(&claimed(1, 1));
    assert_eq!(claimant(&world), Some(id(1)));
    world.learn(&released(2, 1));
    assert_eq!(claimant(&world), None);
}

#[test]
fn learning_what_is_known_changes_nothing() {
    let mut world = holding(&[claimed(1, 1), released(2, 1), claimed(3, 2)]);
    for placed in [claimed(1, 1), released(2, 1), claimed(3, 2)] {
        world.learn(&placed);
        assert_eq!(claimant(&world), Some(id(2)));
    }
    assert_eq!(next_sequence(&world, 2), Some(4));
}

#[test]
fn a_family_that_missed_an_event_is_forgotten() {
    let mut world = holding(&[claimed(1, 1)]);
    world.learn(&claimed(3, 2));
    assert!(!world.holds(family()));
}

#[test]
fn what_is_learnt_of_a_family_not_held_is_left_to_taking_it_in() {
    let mut world = World::default();
    world.learn(&claimed(1, 1));
    world.hope(1, &[claimed(1, 1)]);
    world.fulfil(1, &[claimed(1, 1)]);
    assert!(!world.holds(family()));
    world.take_in(family(), &[claimed(1, 1), released(2, 1)]);
    assert_eq!((world.holds(family()), claimant(&world)), (true, None));
}

#[test]
fn a_family_that_is_held_is_not_taken_in_again() {
    let mut world = holding(&[claimed(1, 1)]);
    world.take_in(family(), &[]);
    assert_eq!(claimant(&world), Some(id(1)));
}

#[test]
fn a_family_without_history_is_held_all_the_same() {
    let mut world = holding(&[]);
    assert!(world.holds(family()));
    assert!(!world.holds(Family::Departure(id(200))));
}

#[test]
fn a_hope_is_seen_until_it_is_given_up() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    assert_eq!(claimant(&world), Some(id(1)));
    assert_eq!(next_sequence(&world, 1), Some(2));
    world.despair();
    assert_eq!((claimant(&world), next_sequence(&world, 1)), (None, None));
}

#[test]
fn despair_leaves_what_is_known() {
    let mut world = holding(&[claimed(1, 1)]);
    world.hope(1, &[released(2, 1)]);
    world.hope(2, &[claimed(3, 2)]);
    world.despair();
    assert_eq!((claimant(&world), next_sequence(&world, 1)), (Some(id(1)), Some(2)));
}

#[test]
fn a_hope_fulfilled_outlives_despair() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    world.fulfil(1, &[claimed(1, 1)]);
    world.despair();
    assert_eq!(claimant(&world), Some(id(1)));
}

#[test]
fn a_commit_with_several_events_of_one_stream_is_fulfilled_whole() {
    let mut world = holding(&[claimed(1, 1)]);
    let moved = [released(2, 1), claimed(3, 2)];
    world.hope(1, &moved);
    world.fulfil(1, &moved);
    world.despair();
    assert_eq!((claimant(&world), next_sequence(&world, 2)), (Some(id(2)), Some(4)));
}

#[test]
fn fulfilling_a_commit_keeps_the_hope_of_the_next_on_the_same_stream() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    world.hope(2, &[released(2, 1)]);
    world.fulfil(1, &[claimed(1, 1)]);
    assert_eq!(claimant(&world), None, "the second commit is still hoped for");
    world.despair();
    assert_eq!(claimant(&world), Some(id(1)), "the first is known");
}

#[test]
fn two_commits_fulfilled_one_after_the_other_are_both_known() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    world.hope(2, &[released(2, 1)]);
    world.fulfil(1, &[claimed(1, 1)]);
    world.fulfil(2, &[released(2, 1)]);
    assert_eq!((claimant(&world), world.is_hoping()), (None, false));
    world.despair();
    assert_eq!(claimant(&world), None);
}

#[test]
fn fulfilling_late_takes_no_knowledge_back() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    // The journal was read before the commit was answered, and another writer had gone on from there.
    for placed in [claimed(1, 1), released(2, 1), claimed(3, 2)] {
        world.learn(&placed);
    }
    assert_eq!(claimant(&world), Some(id(2)));
    world.fulfil(1, &[claimed(1, 1)]);
    assert_eq!((claimant(&world), next_sequence(&world, 2)), (Some(id(2)), Some(4)));
}

#[test]
fn a_commit_given_up_that_was_stored_after_all_is_known_and_not_its_successor() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    world.despair();
    world.hope(2, &[claimed(1, 2)]);
    world.fulfil(1, &[claimed(1, 1)]);
    assert_eq!((claimant(&world), world.is_hoping()), (Some(id(1)), false));
}

#[test]
fn a_hope_whose_place_was_taken_is_not_seen() {
    let mut world = holding(&[]);
    world.hope(1, &[claimed(1, 1)]);
    world.learn(&claimed(1, 2));
    assert_eq!(claimant(&world), Some(id(2)));
}

#[test]
fn an_event_after_a_gap_is_not_folded() {
    let mut world = holding(&[]);
    world.learn(&released(2, 1));
    world.learn(&claimed(3, 1));
    assert_eq!(claimant(&world), None);
}

#[test]
fn a_stream_of_another_tenant_looks_absent() {
    let world = holding(&[claimed(1, 1)]);
    let mut draft = Draft::new(&world, id(2));
    assert_eq!(draft.read::<Seat>(&stream()), Seat::Free);

    let placed = Placed { stream: StreamId::Booking(id(1)), ..claimed(1, 1) };
    let mut world = World::default();
    world.take_in(Family::Booking(id(1)), &[placed]);
    assert!(world.booking(id(1), id(1)).is_some());
    assert_eq!(world.booking(id(2), id(1)), None);
}

#[test]
fn an_event_of_another_tenant_does_not_change_a_stream() {
    let mut world = holding(&[claimed(1, 1)]);
    world.hope(1, &[Placed { tenant: id(2), ..claimed(1, 2) }]);
    assert_eq!(claimant(&world), Some(id(1)));
}

#[test]
fn two_commands_on_one_stream_in_one_draft_see_each_other() {
    let world = holding(&[claimed(1, 1)]);
    let mut draft = Draft::new(&world, tenant());
    let refused = draft.command::<Seat>(&stream(), claim(2));
    assert_eq!(refused, Err(SeatRefusal::Taken { at: NOW }));
    draft.command::<Seat>(&stream(), release(1)).unwrap();
    assert_eq!(draft.read::<Seat>(&stream()), Seat::Free);
    draft.command::<Seat>(&stream(), claim(2)).unwrap();
    draft.command::<Seat>(&stream(), claim(2)).unwrap();
    draft.command::<Seat>(&stream(), release(2)).unwrap();

    let drafted = draft.finish();
    assert_eq!(drafted.events, [released(2, 1), claimed(3, 2), released(4, 2)]);
    assert_eq!(drafted.touched, [Touch::Stream(stream())]);
}

#[test]
fn only_a_look_without_touching_is_not_depended_on() {
    let world = holding(&[claimed(1, 1)]);
    let mut draft = Draft::new(&world, tenant());
    assert!(!draft.peek(&stream(), Seat::is_free));
    assert_eq!(draft.finish(), Drafted::default());
}

#[test]
fn a_refused_draft_keeps_only_what_it_touched() {
    let world = holding(&[]);
    let mut draft = Draft::new(&world, tenant());
    draft.command::<Seat>(&stream(), claim(1)).unwrap();
    draft.claim(name("BK"), stream());
    draft.touch(Touch::Family(family()));
    let touched = vec![Touch::Stream(stream()), Touch::Family(family())];
    assert_eq!(draft.refuse(), Drafted { touched, ..Drafted::default() });
}

#[test]
fn a_name_is_anothers_once_it_is_learnt() {
    let mut world = World::default();
    assert!(!Draft::new(&world, tenant()).is_anothers(&name("BK"), &stream()));
    world.learn_name(name("BK"), "else".to_owned());
    assert!(Draft::new(&world, tenant()).is_anothers(&name("BK"), &stream()));
    assert!(!Draft::new(&world, tenant()).is_anothers(&name("BL"), &stream()));
    world.learn_name(name("BK"), stream().aggregate_id());
    assert!(!Draft::new(&world, tenant()).is_anothers(&name("BK"), &stream()));
}

#[test]
fn shrinking_forgets_the_families_used_longest_ago() {
    let mut world = aged(4);
    assert!(world.holds(Family::Departure(id(1))), "it is used again");
    world.shrink_to(2);
    assert_eq!(held(&world, 4), [1, 4]);
}

#[test]
fn shrinking_keeps_families_with_hopes() {
    let mut world = aged(4);
    world.hope(1, &[of_flight(1, claimed(1, 1))]);
    world.shrink_to(2);
    assert_eq!(held(&world, 4), [1, 3, 4]);
    world.despair();
    world.shrink_to(2);
    assert_eq!(held(&world, 4), [3, 4]);
}

#[test]
fn shrinking_forgets_a_tenth_more_than_it_must() {
    let mut world = aged(21);
    world.shrink_to(20);
    assert_eq!(held(&world, 21).len(), 18);
}

#[test]
fn shrinking_leaves_a_world_that_is_small_enough() {
    let mut world = aged(3);
    world.learn_name(name("BK"), "else".to_owned());
    world.shrink_to(3);
    assert_eq!(held(&world, 3), [1, 2, 3]);
    assert!(Draft::new(&world, tenant()).is_anothers(&name("BK"), &stream()));
}

#[test]
fn a_cleared_world_holds_nothing() {
    let mut world = holding(&[claimed(1, 1)]);
    world.learn_name(name("BK"), "else".to_owned());
    world.clear();
    assert!(!world.holds(family()));
    assert!(!Draft::new(&world, tenant()).is_anothers(&name("BK"), &stream()));
}

impl World {
    fn is_hoping(&self) -> bool {
        self.families.values().any(Streams::is_hoping)
    }
}

fn holding(history: &[Placed]) -> World {
    let mut world = World::default();
    world.take_in(family(), history);
    world
}

/// Departures 1, 2, 3 …, each used later than the one before.
fn aged(families: u128) -> World {
    let mut world = World::default();
    for n in 1..=families {
        world.take_in(Family::Departure(id(n)), &[]);
        world.shrink_to(usize::MAX);
    }
    world
}

fn held(world: &World, families: u128) -> Vec<u128> {
    (1..=families).filter(|n| world.families.contains_key(&Family::Departure(id(*n)))).collect()
}

/// Who has the seat, as deciding sees it.
fn claimant(world: &World) -> Option<ClaimId> {
    Draft::new(world, tenant()).peek(&stream(), |seat: &Seat| match seat {
        Seat::Free | Seat::Blocked { .. } => None,
        Seat::Claimed { claim_id, .. } => Some(*claim_id),
    })
}

/// The place that releasing claim `n` would have, if there is anything to release.
fn next_sequence(world: &World, n: u128) -> Option<i64> {
    let mut draft = Draft::new(world, tenant());
    draft.command::<Seat>(&stream(), release(n)).unwrap();
    draft.finish().events.first().map(|placed| placed.sequence)
}

fn tenant() -> TenantId {
    id(1)
}

fn family() -> Family {
    Family::Departure(id(100))
}

fn stream() -> StreamId {
    StreamId::Seat(id(100), seat("2A"))
}

fn name(value: &str) -> Name {
    Name { tenant: Some(tenant()), kind: NameKind::BookingReference, value: value.to_owned() }
}

fn claim(n: u128) -> SeatCommand {
    SeatCommand::Claim {
        flight_id: id(100),
        seat_number: seat("2A"),
        class: class("economy"),
        claim_id: id(n),
        booking_id: id(n),
        item_id: id(n),
        now: NOW,
    }
}

fn release(n: u128) -> SeatCommand {
    SeatCommand::Release { claim_id: id(n), cause: ReleaseCause::Moved, now: NOW }
}

fn claimed(sequence: i64, n: u128) -> Placed {
    placed(
        sequence,
        SeatEvent::Claimed {
            flight_id: id(100),
            seat_number: seat("2A"),
            class: class("economy"),
            claim_id: id(n),
            booking_id: id(n),
            item_id: id(n),
            claimed_at: NOW,
        },
    )
}

fn released(sequence: i64, n: u128) -> Placed {
    placed(
        sequence,
        SeatEvent::Released {
            flight_id: id(100),
            seat_number: seat("2A"),
            claim_id: id(n),
            booking_id: id(n),
            cause: ReleaseCause::Moved,
            released_at: NOW,
        },
    )
}

fn placed(sequence: i64, event: SeatEvent) -> Placed {
    Placed { stream: stream(), tenant: tenant(), sequence, event: Event::Seat(event) }
}

fn of_flight(n: u128, placed: Placed) -> Placed {
    Placed { stream: StreamId::Seat(id(n), seat("2A")), ..placed }
}
