//! Processor time that processes have used. Only Linux tells.

use std::fs;

use super::figures::hundredths;

/// Ticks of a second in `/proc`: the system converts to 100 whatever it counts itself.
const TICKS_PER_S: u64 = 100;

/// What processes have used so far with all their threads, and with the children of theirs that have ended, in
/// milliseconds, to 10 of them. One that is not there any more counts for nothing: its parent has it.
pub fn used_ms(ids: impl IntoIterator<Item = u32>) -> Option<u64> {
    fs::metadata("/proc/self/stat").ok()?;
    let stats = ids.into_iter().filter_map(|id| fs::read_to_string(format!("/proc/{id}/stat")).ok());
    stats.map(|stat| ticks(&stat)).sum::<Option<u64>>().map(|ticks| ticks * 1_000 / TICKS_PER_S)
}

/// Of one process: in user mode and in the system's, its own and that of children it has awaited. They are the
/// fourteenth to the seventeenth of the fields; the second is a name in brackets, which may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum()
}

/// What each booking cost, in milliseconds to two decimals; nothing when there was none.
pub fn ms_per_booking(used_ms: u64, bookings: u64) -> Option<f64> {
    (used_ms * 100).checked_div(bookings).map(hundredths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str =
        "4711 (postgres: (x) y) S 1 4711 4711 0 -1 4194560 1 2 3 4 150 50 20 5 20 0 1 0 99 1 2 3";

    #[test]
    fn own_time_and_that_of_ended_children_is_counted() {
        assert_eq!(ticks(STAT), Some(225));
        assert_eq!(ticks("4711 (short) S 1 2"), None);
        assert_eq!(ticks("nothing"), None);
    }

    #[test]
    fn a_process_uses_more_and_more() {
        let id = std::process::id();
        let (before, after) = (used_ms([id]), used_ms([id]));
        assert!(before <= after);
    }

    #[test]
    fn cost_is_of_each_booking() {
        assert_eq!(ms_per_booking(1_250, 1_000), Some(1.25));
        assert_eq!(ms_per_booking(1_250, 0), None);
    }
}
