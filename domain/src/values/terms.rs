//! What was agreed when something was sold; frozen in the booking.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Money;

/// Until when an item may be cancelled, and what is given back then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// A customer may cancel until so many minutes before the start.
    pub cancel_cutoff_minutes: u32,
    /// From the earliest to the latest; past the last one nothing is given back.
    pub refund_tiers: Vec<RefundTier>,
}

/// "Until 48 h before: 100 %".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundTier {
    /// Holds until so many minutes before the start.
    pub until_minutes_before: u32,
    /// 0 to 100.
    pub percent: u8,
}

impl Terms {
    /// The part of a price that is given back so long before the start, in per cent.
    pub fn refund_percent(&self, before_start: TimeDelta) -> u8 {
        let until = |tier: &RefundTier| TimeDelta::minutes(i64::from(tier.until_minutes_before));
        let holds = |tier: &&RefundTier| until(tier) <= before_start;
        self.refund_tiers.iter().filter(holds).map(|tier| tier.percent).max().unwrap_or(0).min(100)
    }

    /// Whether a customer may still cancel so long before the start.
    pub fn may_cancel(&self, before_start: TimeDelta) -> bool {
        TimeDelta::minutes(i64::from(self.cancel_cutoff_minutes)) <= before_start
    }
}

/// One line of a price. A discount is negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceLine {
    /// What is paid for.
    pub kind: PriceKind,
    /// How much.
    pub price: Money,
}

/// What a price line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// The seat or place itself.
    Fare,
    /// What the state takes.
    Tax,
    /// What the seller adds.
    Fee,
    /// What the seller lets off.
    Discount,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_tier_that_still_holds_counts() {
        let tier = |hours: u32, percent| RefundTier { until_minutes_before: hours * 60, percent };
        let terms = Terms { cancel_cutoff_minutes: 1440, refund_tiers: vec![tier(48, 100), tier(24, 50)] };
        assert_eq!(terms.refund_percent(TimeDelta::hours(48)), 100);
        assert_eq!(terms.refund_percent(TimeDelta::hours(47)), 50);
        assert_eq!(terms.refund_percent(TimeDelta::hours(23)), 0);
        assert_eq!(terms.refund_percent(TimeDelta::hours(24) - TimeDelta::seconds(1)), 0);
        assert!(terms.may_cancel(TimeDelta::hours(24)));
        assert!(!terms.may_cancel(TimeDelta::minutes(1439)));
    }

    #[test]
    fn a_tier_until_the_start_ends_with_the_very_second() {
        let until_start = RefundTier { until_minutes_before: 0, percent: 50 };
        let terms = Terms { cancel_cutoff_minutes: 0, refund_tiers: vec![until_start] };
        assert_eq!(terms.refund_percent(TimeDelta::zero()), 50);
        assert_eq!(terms.refund_percent(TimeDelta::seconds(-1)), 0);
    }
}
