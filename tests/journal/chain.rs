//! The hash chain: what it refuses to store, and what it finds when the journal is changed past all guards.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use booking::database::DatabaseRole;
use booking::tools::verify::{Mutated, mutate_check, walk, walk_chain};
use booking_domain::use_cases::Seats;
use booking_journal::{
    CHAIN_KEY_BYTES, ChainFailure, ChainKey, Hash, Head, Link, READ_EVENTS_MAX, Reader, Recorded,
};
use chrono::{SubsecRound, Utc};
use sqlx::{Executor, PgPool};

use crate::support::scene::Scene;

/// Events of one row.
const ROW_EVENTS: usize = 4;
const BOOKINGS: usize = 6;
/// Each hits another event; they are many more than there are events.
const MUTATIONS: u32 = 2_000;

/// What someone does who may do anything, and what of it shows at which position.
const TAMPERED: [(&str, &[(i64, &str)]); 9] = [
    (
        "update journal.event set payload = replace(payload::text, 'Acme', 'Akme')::json where position = 1",
        &[(4, "events 1 to 4 are not those that were chained")],
    ),
    (
        "update journal.event set metadata = (metadata::text || ' ')::json where position = 6",
        &[(8, "events 5 to 8 are not those that were chained")],
    ),
    (
        "update journal.event set recorded_at = recorded_at - interval '1 microsecond' where position = 5",
        &[(8, "events 5 to 8 are not those that were chained")],
    ),
    // The hole is filled by moving up all that follows: every later event is another one.
    (
        "delete from journal.event where position = 7; update journal.event set position = position + 1000
         where 7 < position; update journal.event set position = position - 1001 where 1000 < position",
        &[
            (8, "events 5 to 8 are not those that were chained"),
            (12, "events 9 to 12 are not those that were chained"),
        ],
    ),
    ("delete from journal.event where position = 7", &[(8, "position 7 is missing"), (8, "events 5 to 8 ")]),
    (
        "update journal.event set position = 1000 + position where position in (9, 10);
         update journal.event set position = 1019 - position where 1000 < position",
        &[(12, "events 9 to 12 are not those that were chained")],
    ),
    (
        "update journal.chain set hash = sha256('forged') where until = 8",
        &[
            (8, "events 5 to 8 are not those that were chained"),
            (12, "events 9 to 12 are not those that were chained"),
            (8, "the chain is not the one whose head was signed"),
        ],
    ),
    (
        "delete from journal.chain where until = 4",
        &[(8, "the chain has a gap: a row ends at 0, the next begins at 4")],
    ),
    (
        "update journal.signed_head set signature = sha256('a') || sha256('b')",
        &[(8, "the signature of this head is forged")],
    ),
];

#[tokio::test]
async fn what_is_changed_past_all_guards_is_found() {
    for (tampering, expected) in TAMPERED {
        let scene = chained().await;
        assert_eq!(found(&scene).await, []);
        tamper(&scene, tampering).await;
        let found = found(&scene).await;
        let of_chain = walk_chain(&scene.reader, Some(&key(1).public())).await.unwrap().breaches;
        assert!(!of_chain.is_empty(), "{tampering}: found without folding, too");
        for (position, what) in expected {
            let is_told = found.iter().any(|(at, said)| at == position && said.starts_with(what));
            assert!(is_told, "{tampering}: {what:?} in {found:?}");
        }
    }
}

/// The control: without the chain's rows, an edit that the domain does not mind is not found.
#[tokio::test]
async fn without_the_chain_an_edited_text_is_not_found() {
    let scene = chained().await;
    tamper(&scene, "delete from journal.signed_head; delete from journal.chain where 0 < until").await;
    tamper(&scene, TAMPERED[0].0).await;
    let key: Option<&booking_journal::ChainPublicKey> = None;
    assert_eq!(walk(&scene.reader, key).await.unwrap().breaches, []);
}

#[tokio::test]
async fn a_head_of_another_key_does_not_stand_for_ours() {
    let scene = chained().await;
    let walked = walk(&scene.reader, Some(&key(2).public())).await.unwrap();
    let what: Vec<_> = walked.breaches.iter().map(|breach| breach.what.as_str()).collect();
    assert_eq!((what, walked.signed_heads), (vec!["no head of the chain is signed with this key"], 0));
}

#[tokio::test]
async fn what_the_relay_has_not_chained_yet_is_no_breach() {
    let scene = chained().await;
    scene.done(scene.place(Seats::Preferring(vec![]))).await;
    let walked = walk(&scene.reader, Some(&key(1).public())).await.unwrap();
    assert_eq!(walked.breaches, []);
    assert!(walked.chained < walked.events, "{walked:?}");
}

#[tokio::test]
async fn every_change_of_a_copy_is_found_and_the_journal_is_not_touched() {
    let scene = chained().await;
    let before = events(&scene).await;
    let mutated = mutate_check(&scene.reader, MUTATIONS, 7).await.unwrap();
    assert_eq!(mutated, Mutated { mutations: MUTATIONS, found: MUTATIONS, seed: 7 });
    assert_eq!(events(&scene).await, before);

    tamper(&scene, TAMPERED[0].0).await;
    mutate_check(&scene.reader, MUTATIONS, 7).await.unwrap_err();
}

/// Two relays that both believe to lead chain the same events: one row is taken, the other refused.
#[tokio::test]
async fn a_fork_a_gap_and_a_chain_on_something_else_are_refused() {
    let scene = Scene::new().await;
    let (events, chain) =
        (events(&scene).await, Reader::new(scene.database.pool(DatabaseRole::Relay)).chain());
    let links: Vec<Link> = links(&events).collect();
    let (start, first, second) = (Link::start(), links[0], links[1]);
    chain.store(&start, &first).await.unwrap();

    let forged = Link { hash: Hash::of(b"forged"), ..first };
    let refused = [(start, first), (start, second), (second, links[2]), (forged, second)];
    for (since, until) in refused {
        let refusal = chain.store(&since, &until).await.unwrap_err();
        assert!(matches!(refusal, ChainFailure::Taken { .. }), "{refusal}");
    }
    chain.store(&first, &second).await.unwrap();
    assert_eq!(chain.last().await.unwrap(), second);
    let too_long = Link { position: second.position + 2_049, ..second };
    assert!(matches!(chain.store(&second, &too_long).await, Err(ChainFailure::Postgres(_))));
}

#[tokio::test]
async fn rows_and_heads_are_forever_and_only_the_relay_writes_them() {
    let scene = chained().await;
    let owner = scene.database.owner().await;
    for edit in [
        "update journal.chain set hash = sha256('x')",
        "delete from journal.chain",
        "truncate journal.chain cascade",
        "update journal.signed_head set epoch = 2",
        "delete from journal.signed_head",
        "truncate journal.signed_head",
    ] {
        let refusal = owner.execute(edit).await.unwrap_err().to_string();
        assert!(refusal.contains("only ever appended to"), "{edit}: {refusal}");
    }
    for role in [DatabaseRole::Command, DatabaseRole::Projector, DatabaseRole::Reader] {
        let chain = Reader::new(scene.database.pool(role)).chain();
        let refusal = chain.store(&Link::start(), &Link { position: 1, hash: Hash::of(b"x") }).await;
        let Err(ChainFailure::Postgres(refusal)) = refusal else { panic!("{role:?}: {refusal:?}") };
        let code = refusal.as_database_error().and_then(|why| why.code()).map(|code| code.into_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{role:?}");
    }
}

/// Some bookings, chained in rows of four events, with a signed head at 8.
async fn chained() -> Scene {
    let scene = Scene::new().await;
    for _ in 0..BOOKINGS {
        scene.done(scene.place(Seats::Preferring(vec![]))).await;
    }
    let relay = Reader::new(scene.database.pool(DatabaseRole::Relay)).chain();
    let events = events(&scene).await;
    let ends = links(&events).skip(ROW_EVENTS - 1).step_by(ROW_EVENTS);
    let mut since = Link::start();
    for end in ends.chain(links(&events).last()) {
        if since.position < end.position {
            relay.store(&since, &end).await.unwrap();
        }
        since = end;
    }
    let link = links(&events).nth(7).unwrap();
    let head = Head { epoch: 1, link, signed_at: Utc::now().trunc_subsecs(6) };
    relay.keep(&key(1).sign(head)).await.unwrap();
    scene
}

async fn found(scene: &Scene) -> Vec<(i64, String)> {
    let reader = Reader::new(scene.database.pool(DatabaseRole::Projector));
    let walked = walk(&reader, Some(&key(1).public())).await.unwrap();
    walked.breaches.into_iter().map(|breach| (breach.position, breach.what)).collect()
}

async fn tamper(scene: &Scene, statements: &str) {
    let owner: PgPool = scene.database.owner().await;
    let past_all_guards = format!("set session_replication_role = replica; {statements}; reset all");
    owner.execute(past_all_guards.as_str()).await.unwrap();
}

async fn events(scene: &Scene) -> Vec<Recorded> {
    scene.reader.after(0, READ_EVENTS_MAX).await.unwrap()
}

fn links(events: &[Recorded]) -> impl Iterator<Item = Link> {
    events.iter().scan(Link::start(), |link, event| {
        *link = link.then(event);
        Some(*link)
    })
}

fn key(byte: u8) -> ChainKey {
    ChainKey::from_base64(&STANDARD.encode([byte; CHAIN_KEY_BYTES])).unwrap()
}
