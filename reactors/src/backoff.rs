//! How long a deed that failed waits for its next try.

use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

/// The pause after the first failure, in seconds; each further one is twice as long.
pub const PAUSE_S: u32 = 1;

/// The longest pause, in seconds: a quarter of an hour.
pub const PAUSE_S_MAX: u32 = 900;

/// How often a deed is tried before it becomes a dead letter. With the pauses above that takes about two hours.
pub const TRIES_MAX: i32 = 20;

/// The pause after so many tries that failed, a little less than doubled each time, by chance as far as others can
/// tell: what failed together is not tried again together. The same command and number give the same pause.
pub fn pause(command_id: Uuid, failed: i32) -> TimeDelta {
    let doublings = u32::try_from(failed.saturating_sub(1)).unwrap_or(0).min(16);
    let whole_ms = i64::from(PAUSE_S.saturating_mul(1 << doublings).min(PAUSE_S_MAX)) * 1_000;
    let chance = Uuid::new_v5(&command_id, &failed.to_be_bytes()).as_u64_pair().0 % 1_000;
    let off_ms = whole_ms / 2 * i64::try_from(chance).unwrap_or(0) / 1_000;
    TimeDelta::milliseconds(whole_ms - off_ms)
}

/// The pause of a worker after so many failures in a row, from a tenth of a second to five.
pub fn pause_of_worker(failures: u32) -> Duration {
    const MS: u64 = 100;
    const MS_MAX: u64 = 5_000;
    Duration::from_millis(MS.saturating_mul(1 << failures.min(16)).min(MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_lie_apart() {
        let of = |command: u128, failed| pause(Uuid::from_u128(command), failed).num_milliseconds();
        for (failed, whole_ms) in [(1, 1_000), (2, 2_000), (5, 16_000), (10, 512_000), (11, 900_000)] {
            for command in 1..50 {
                let ms = of(command, failed);
                assert!(whole_ms / 2 <= ms && ms <= whole_ms, "{failed}: {ms}");
            }
        }
        assert!(of(1, i32::MAX) <= i64::from(PAUSE_S_MAX) * 1_000);
        assert_eq!(of(1, 3), of(1, 3));
        assert_ne!(of(1, 3), of(2, 3));
    }

    #[test]
    fn a_deed_is_given_up_after_some_hours() {
        let all: TimeDelta = (1..TRIES_MAX).map(|failed| pause(Uuid::from_u128(7), failed)).sum();
        assert!(TimeDelta::hours(1) < all && all < TimeDelta::hours(3), "{all}");
    }
}
