//! How busy the machine is with other things. Only Linux tells.

use std::fs;
use std::time::Duration;

/// How long it is watched.
const WATCH: Duration = Duration::from_secs(1);

/// Per cent of all processor time that was in use, while nothing of ours ran.
pub async fn busy_percent() -> Option<u64> {
    let before = times(&fs::read_to_string("/proc/stat").ok()?)?;
    tokio::time::sleep(WATCH).await;
    let after = times(&fs::read_to_string("/proc/stat").ok()?)?;
    let (busy, all) = (after.0.checked_sub(before.0)?, after.1.checked_sub(before.1)?);
    (busy * 100).checked_div(all)
}

/// Busy and all, since the start, in ticks of the system. The fourth and the fifth are idle; what follows the
/// eighth is in the first two already.
fn times(stat: &str) -> Option<(u64, u64)> {
    let ticks = stat.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace().take(8);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>().ok()?;
    let all: u64 = ticks.iter().sum();
    Some((all - ticks.get(3)? - ticks.get(4)?, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_waiting_for_disks_is_not_busy() {
        assert_eq!(times("cpu  10 20 30 400 50 6 7 8 9 9\ncpu0 1 1 1 1 1 1 1 1 1 1"), Some((81, 531)));
        assert_eq!(times("cpu  10 20 30"), None);
        assert_eq!(times("intr 1 2 3"), None);
    }
}
