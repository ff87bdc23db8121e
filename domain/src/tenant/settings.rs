//! A tenant's policies and their defaults.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::booking::{Charging, Windows};
use crate::values::{RefundTier, Terms};

/// What a tenant decides for itself. Absent in an event means the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Until when customers may cancel.
    pub cancel_cutoff_minutes: CancelCutoff,
    /// How long a priced booking waits for its payment, in minutes. Default 30; 0 = paid on site, never expires.
    pub payment_window_minutes: u32,
    /// How long a hold keeps its units, in minutes. Default 10; each extension gives as much again.
    pub hold_minutes: u32,
    /// How often a hold may be extended. Default 1.
    pub hold_extensions_max: u32,
    /// How many holds a customer may have open at once. Default 3.
    pub holds_per_customer_max: u32,
    /// From how many minutes before the start passengers can check in. Default 1440.
    pub check_in_opens_minutes: u32,
    /// How many minutes after the start nobody is missed yet. Default 15.
    pub no_show_grace_minutes: u32,
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
        Self {
            cancel_cutoff_minutes: CancelCutoff::default(),
            payment_window_minutes: 30,
            hold_minutes: 10,
            hold_extensions_max: 1,
            holds_per_customer_max: 3,
            check_in_opens_minutes: 1_440,
            no_show_grace_minutes: 15,
        }
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

    /// Whether what a change costs is asked for beforehand.
    pub fn charging(&self, now: DateTime<Utc>) -> Charging {
        match self.payment_window_minutes {
            0 => Charging::OnSite,
            window => Charging::Beforehand { due_at: now + TimeDelta::minutes(i64::from(window)) },
        }
    }

    /// When passengers check in, and when they are missed.
    pub const fn windows(&self) -> Windows {
        Windows {
            check_in_opens_minutes: self.check_in_opens_minutes,
            no_show_grace_minutes: self.no_show_grace_minutes,
        }
    }
}
