//! A tenant's policies and their defaults.

use serde::{Deserialize, Serialize};

use crate::values::{RefundTier, Terms};

/// What a tenant decides for itself. Absent in an event means the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Until when customers may cancel.
    pub cancel_cutoff_minutes: CancelCutoff,
    /// How long a priced booking waits for its payment, in minutes. Default 30; 0 = paid on site, never expires.
    pub payment_window_minutes: u32,
}

/// By kind of inventory, in minutes before the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CancelCutoff {
    /// Flights, buses, shows. Default 1440 (S3-4: 24 hours).
    pub departure: u32,
    /// Appointments and rooms. Default 0: until they start.
    pub time: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { cancel_cutoff_minutes: CancelCutoff::default(), payment_window_minutes: 30 }
    }
}

impl Default for CancelCutoff {
    fn default() -> Self {
        Self { departure: 1_440, time: 0 }
    }
}

impl Settings {
    /// The terms on which a departure is sold: all is given back until the cut-off, then nothing.
    pub fn departure_terms(&self) -> Terms {
        let cutoff = self.cancel_cutoff_minutes.departure;
        let until_cutoff = RefundTier { until_minutes_before: cutoff, percent: 100 };
        Terms { cancel_cutoff_minutes: cutoff, refund_tiers: vec![until_cutoff] }
    }
}
