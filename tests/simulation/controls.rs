//! Guards taken out: each must be missed within a few seeds, or else these seeds would prove nothing.

use crate::guards::Guard::{
    AppendLock, CheckpointStands, CheckpointWithRows, ExpectedLast, HoleCheck, Ledger, Moved, Names,
    Outcomes, PositionKey, PositionsFromHead, PrimaryKey,
};
use crate::guards::{Guard, Guards};
use crate::promises::{
    AUDIT, FRESH, KEYS_IDLE, NAMES, NO_LATE_CLAIM, ONCE, ONE_ANSWER, ROWS, STREAM, TOLD_IS_STORED,
};
use crate::run::run;
use crate::trace::Trace;

/// Seeds within which a missing guard must be missed.
const SEEDS_MAX: u64 = 3_000;

/// Seeds on which a guard that is up must hold while others are out.
const HOLDS_SEEDS: u64 = 200;

/// What is out, and the promise that must be seen broken. Where a second guard stands behind the first, the two
/// are rows: with the first out the second is seen at work (a batch clashes), with both out the promise breaks.
const CONTROLS: [(&str, &[Guard], &str); 14] = [
    ("ledger: booked twice", &[Ledger], ONCE),
    ("ledger: another answer", &[Ledger], ONE_ANSWER),
    ("moved check: a stale answer", &[Moved], FRESH),
    ("moved check: a late claim", &[Moved], NO_LATE_CLAIM),
    ("moved check; the primary key is behind it", &[Moved], KEYS_IDLE),
    ("moved check and primary key", &[Moved, PrimaryKey], AUDIT),
    ("append lock; the keys are behind it", &[AppendLock], KEYS_IDLE),
    ("append lock and the keys", &[AppendLock, PositionKey, PrimaryKey], AUDIT),
    ("names", &[Names], NAMES),
    ("unknown outcome: taken for not stored", &[Outcomes], TOLD_IS_STORED),
    ("expected last sequence", &[ExpectedLast], STREAM),
    ("checkpoint before its rows", &[CheckpointWithRows], ROWS),
    ("checkpoint where it was", &[CheckpointStands], ROWS),
    // Only positions that are drawn before the commit leave holes, and only for a moment.
    ("hole check", &[AppendLock, PositionsFromHead, HoleCheck], ROWS),
];

#[test]
fn each_guard_that_is_taken_out_is_missed() {
    let mut missing = vec![];
    for (what, out, promise) in CONTROLS {
        let found = (0..SEEDS_MAX).find(|seed| broken(*seed, out).contains(&promise));
        let seed = found.map_or("none".to_owned(), |seed| seed.to_string());
        println!("{what:42} | found by seed {seed:>4} | {promise}");
        missing.extend(found.is_none().then_some(what));
    }
    assert_eq!(missing, Vec::<&str>::new());
}

/// Behind the moved check, it has nothing to do.
#[test]
fn the_primary_key_alone_is_not_missed() {
    holds(&[PrimaryKey], &[AUDIT, FRESH, ONCE, KEYS_IDLE]);
}

/// The other half of its control: readers wait at a hole, and nothing is lost to them.
#[test]
fn the_hole_check_holds_where_positions_are_drawn_before_the_commit() {
    holds(&[AppendLock, PositionsFromHead], &[ROWS, STREAM]);
}

fn holds(out: &[Guard], promises: &[&str]) {
    for seed in 0..HOLDS_SEEDS {
        let broken = broken(seed, out);
        assert!(!promises.iter().any(|promise| broken.contains(promise)), "seed {seed}: {broken:?}");
    }
}

fn broken(seed: u64, out: &[Guard]) -> Vec<&'static str> {
    let breaches = run(seed, &Guards::without(out), Trace::default()).breaches;
    breaches.into_iter().map(|breach| breach.promise).collect()
}
