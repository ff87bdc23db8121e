//! Progress of long work, on stderr, and how fast it was.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that says what is done, how fast, and how long it will take. Silent when stderr is no terminal.
pub fn bar(total: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
    let bar = ProgressBar::new(total).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// So many in so much time, per second.
pub fn per_second(count: u64, elapsed: Duration) -> u64 {
    let micros = elapsed.as_micros().max(1);
    u64::try_from(u128::from(count) * 1_000_000 / micros).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_stand_the_extremes() {
        assert_eq!(per_second(300, Duration::from_millis(1_500)), 200);
        assert_eq!(per_second(1, Duration::ZERO), 1_000_000);
    }
}
