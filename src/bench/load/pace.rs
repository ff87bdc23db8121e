//! How fast bookings are offered.

use std::time::Duration;

/// When each booking is due, from the start on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As soon as a client is free: a closed loop.
    AsAnswered,
    /// So many per second, evenly, however fast answers come: an open loop.
    PerSecond(u32),
}

impl Pace {
    pub fn new(rate: Option<u32>) -> Self {
        rate.map_or(Self::AsAnswered, Self::PerSecond)
    }

    /// When a booking is due, counted from 0; none when it is due at once.
    pub fn due(self, number: u64) -> Option<Duration> {
        match self {
            Self::AsAnswered => None,
            Self::PerSecond(rate) => {
                let rate = u64::from(rate.max(1));
                let nanos = number % rate * 1_000_000_000 / rate;
                Some(Duration::from_secs(number / rate) + Duration::from_nanos(nanos))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_loop_is_even_and_keeps_its_rate() {
        let pace = Pace::new(Some(2_000));
        assert_eq!(pace.due(0), Some(Duration::ZERO));
        assert_eq!(pace.due(1), Some(Duration::from_micros(500)));
        assert_eq!(pace.due(2_000), Some(Duration::from_secs(1)));
        assert_eq!(pace.due(7_200_001), Some(Duration::from_secs(3_600) + Duration::from_micros(500)));
        assert_eq!(Pace::new(Some(3)).due(2), Some(Duration::from_nanos(666_666_666)));
    }

    #[test]
    fn a_closed_loop_waits_for_nothing() {
        assert_eq!(Pace::new(None).due(1_000), None);
    }
}
