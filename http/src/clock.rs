use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Decimals of a second that instants keep: milliseconds.
const SUBSECOND_DIGITS: u16 = 3;

/// Tells the time. Only development sets it ahead of the machine's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    ahead: TimeDelta,
}

impl Clock {
    /// A clock so many minutes ahead of the machine's; behind it when negative.
    pub fn ahead_by_minutes(minutes: i64) -> Self {
        Self { ahead: TimeDelta::minutes(minutes) }
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        (Utc::now() + self.ahead).trunc_subsecs(SUBSECOND_DIGITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_ahead_and_tells_whole_milliseconds() {
        let now = Clock::ahead_by_minutes(60).now();
        assert!(Utc::now() + TimeDelta::minutes(59) < now);
        assert_eq!(now.timestamp_subsec_nanos() % 1_000_000, 0);
    }
}
