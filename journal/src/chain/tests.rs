//! Fixed vectors (computed by another program), and what the checks see.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use booking_domain::values::TenantId;
use chrono::DateTime;
use rand::SeedableRng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::*;
use crate::Recorded;

/// Enough to hit each kind and each part many times.
const MUTATIONS: usize = 5_000;

#[test]
fn hashes_are_those_that_another_program_computes() {
    let (start, first) = (Link::start(), Link::start().then(&event(1)));
    let hexes = [start, first, first.then(&event(2))].map(|link| link.hash.hex());
    let expected = [
        "dfbd39070dfb8ec7de461d8be56d762fd378b1df68fa97129220fe971534866c",
        "035e6b066bc5359fa2b46839d1b8e48d0a7de5b51ec349559cad1dc5784ea349",
        "d5da6910eb45fe8602706763bff645aa77fd628a359e56d1490c3ebe98dc1887",
    ];
    assert_eq!(hexes, expected);
}

/// Without the lengths, what moves from one part into the next would not show.
#[test]
fn parts_do_not_run_into_each_other() {
    let one = Recorded { aggregate_type: "ab".into(), aggregate_id: "c".into(), ..event(1) };
    let other = Recorded { aggregate_type: "a".into(), aggregate_id: "bc".into(), ..event(1) };
    assert_ne!(Link::start().then(&one), Link::start().then(&other));
}

#[test]
fn an_untouched_journal_is_whole() {
    assert_eq!(checked(&events(), rows()), ChainReport { chained: 6, breaches: vec![], more_breaches: 0 });
}

#[test]
fn each_damage_is_told_once_and_where_it_is() {
    let damage = |damage: fn(&mut Vec<Recorded>, &mut Vec<Batch>)| {
        let (mut events, mut rows) = (events(), rows());
        damage(&mut events, &mut rows);
        checked(&events, rows).breaches.into_iter().map(|breach| breach.position).collect::<Vec<_>>()
    };
    assert_eq!(damage(|events, _| events[3].payload.push(' ')), [4]);
    assert_eq!(damage(|events, _| events[0].metadata.clear()), [2]);
    assert_eq!(damage(|events, _| drop(events.remove(2))), [4]);
    assert_eq!(damage(|events, _| drop(events.remove(3))), [4], "the last of its row");
    assert_eq!(damage(|events, _| events.swap(4, 5)), [6]);
    assert_eq!(damage(|events, _| events.truncate(5)), [6]);
    assert_eq!(damage(|_, rows| rows[2].hash = Hash::of(b"forged")), [4, 6], "and the row that hangs on it");
    assert_eq!(damage(|_, rows| rows.retain(|row| row.until != 4)), [6], "a row that is gone");
    assert_eq!(damage(|_, rows| rows[1].since = Some(1)), [2]);
    assert_eq!(damage(|_, rows| rows.retain(|row| row.until != 0)), [2]);
    assert_eq!(damage(|_, rows| rows[0].hash = Hash::of(b"another start")), [0, 2]);
    assert_eq!(damage(|_, rows| rows.clear()), [0]);
}

/// From the end of a row on, which is taken as it stands.
#[test]
fn a_part_of_the_chain_is_checked_by_itself() {
    let part = |events: &[Recorded]| {
        let mut check = ChainCheck::after(rows()[1].end());
        check.expect(rows()[2..].to_vec());
        events[2..].iter().for_each(|event| check.fold(event));
        let report = check.finish();
        (report.chained, report.breaches.into_iter().map(|breach| breach.position).collect::<Vec<_>>())
    };
    let mut damaged = events();
    assert_eq!(part(&damaged), (6, vec![]));
    damaged[0].payload.push(' ');
    assert_eq!(part(&damaged), (6, vec![]), "before the part");
    damaged[3].payload.push(' ');
    assert_eq!(part(&damaged), (6, vec![4]));
}

#[test]
fn what_is_not_chained_yet_is_no_breach() {
    let report = checked(&events(), rows()[..3].to_vec());
    assert_eq!((report.chained, report.breaches), (4, vec![]));
}

#[test]
fn every_mutation_is_found_and_doing_nothing_is_not() {
    let (since, batch) = (rows()[2].end(), &rows()[3]);
    let seed = 7;
    let mut rng = StdRng::seed_from_u64(seed);
    let check = MutationCheck::new(since, events()[4..].to_vec(), batch).expect("the batch is whole");
    for _ in 0..MUTATIONS {
        let mutation = check.any_at(5, &mut rng);
        assert!(check.finds(&mutation), "{mutation:?}");
    }
    assert!(!check.finds(&Mutation::Swapped { first: 1, second: 1 }), "this one changes nothing");
    assert!(MutationCheck::new(since, events()[3..].to_vec(), batch).is_none());
}

#[test]
fn a_head_is_signed_by_its_key_and_nothing_in_it_can_be_changed() {
    let (key, other) = (key(1), key(2).public());
    let signed = key.sign(head());
    let link = head().link;

    assert!(key.public().has_signed(&signed));
    assert!(!other.has_signed(&signed));
    assert_eq!(ChainPublicKey::from_base64(&key.public().base64()), Ok(key.public()));
    let changed = [
        Head { epoch: 2, ..head() },
        Head { link: Link { position: 5, ..link }, ..head() },
        Head { link: Link { hash: Hash::of(b"forged"), ..link }, ..head() },
        Head { signed_at: DateTime::UNIX_EPOCH, ..head() },
    ];
    for head in changed {
        assert!(!key.public().has_signed(&SignedHead { head, ..signed.clone() }), "{head:?}");
    }
    assert!(!key.public().has_signed(&SignedHead { signature: vec![], ..signed.clone() }));
}

#[test]
fn heads_that_the_chain_does_not_lead_to_and_forged_ones_are_told() {
    let (key, signed) = (key(1), key(1).sign(head()));
    let stored = |signed: SignedHead, chained| StoredHead { signed, chained };
    let forged = SignedHead { signature: vec![0; 64], ..signed.clone() };
    let whole = stored(signed.clone(), Some(head().link.hash));
    let found = |head: &StoredHead, key| {
        let (breaches, count) = check_heads(std::slice::from_ref(head), key);
        (breaches.into_iter().map(|breach| breach.what).collect::<Vec<_>>(), count)
    };

    let (public, other) = (key.public(), self::key(2).public());
    assert_eq!(found(&whole, Some(&public)), (vec![], 1));
    assert_eq!(found(&whole, Some(&other)), (vec![], 0), "another key's");
    assert_eq!(found(&whole, None), (vec![], 0));
    let elsewhere = "the chain is not the one whose head was signed".to_owned();
    assert_eq!(found(&stored(signed.clone(), None), None).0, vec![elsewhere.clone()]);
    assert_eq!(found(&stored(signed, Some(Hash::of(b"forged"))), None).0, [elsewhere]);
    let forged = found(&stored(forged, Some(head().link.hash)), Some(&public));
    assert_eq!(forged, (vec!["the signature of this head is forged".to_owned()], 0));
}

#[test]
fn a_text_that_is_no_key_is_refused_and_no_key_is_shown() {
    for text in ["", "short", "AAAA", &STANDARD.encode([0; 33])] {
        assert_eq!(ChainKey::from_base64(text).err(), Some(ChainKeyError), "{text:?}");
    }
    assert_eq!(format!("{:?}", key(1)), "ChainKey");
}

fn checked(events: &[Recorded], rows: Vec<Batch>) -> ChainReport {
    let mut check = ChainCheck::default();
    check.expect(rows);
    events.iter().for_each(|event| check.fold(event));
    check.finish()
}

fn events() -> Vec<Recorded> {
    let one = |position: i64| Recorded {
        event_id: Uuid::from_u128(position.unsigned_abs().into()),
        ..event(position)
    };
    (1..=6).map(one).collect()
}

/// The first row, and one for every two events.
fn rows() -> Vec<Batch> {
    let mut rows = vec![Batch { since: None, until: 0, hash: Link::start().hash }];
    let mut link = Link::start();
    for pair in events().chunks(2) {
        let since = Some(link.position);
        link = pair.iter().fold(link, |link, event| link.then(event));
        rows.push(Batch { since, until: link.position, hash: link.hash });
    }
    rows
}

fn head() -> Head {
    let signed_at = DateTime::from_timestamp_micros(1_795_161_600_000_123).expect("an instant");
    Head { epoch: 1, link: rows()[3].end(), signed_at }
}

fn key(byte: u8) -> ChainKey {
    ChainKey::from_base64(&STANDARD.encode([byte; CHAIN_KEY_BYTES])).expect("a key")
}

fn event(position: i64) -> Recorded {
    Recorded {
        position,
        event_id: Uuid::from_u128(9),
        tenant_id: TenantId::new(Uuid::from_u128(7)),
        aggregate_type: "booking".into(),
        aggregate_id: "x/ 12A".into(),
        sequence: 2,
        event_type: "booking.created".into(),
        event_version: "1".into(),
        payload: r#"{"event_type":"booking.created" , "n":"é"}"#.into(),
        metadata: r#"{"a":1}"#.into(),
        recorded_at: DateTime::from_timestamp_micros(1_795_161_600_000_123).expect("an instant"),
    }
}
