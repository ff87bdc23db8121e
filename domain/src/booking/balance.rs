//! What is owed and what comes back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Awaiting;
use crate::values::{Money, instant};

/// What a cancellation gives back, by the terms of sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundQuote {
    pub refund_status: RefundStatus,
    /// What is owed; zero when nothing is.
    pub estimated_refund_amount: Money,
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Nothing was paid, or the terms give nothing back.
    NotDue,
    /// Owed, not yet paid out.
    Initiated,
}

/// How a booking stands after its price has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The whole booking's from now on.
    pub total_price: Money,
    /// What it waits for from now on; a confirmed booking that costs more waits for the difference.
    pub awaiting: Option<Awaiting>,
    /// Until when it would have to be paid. A difference has no deadline once something was paid.
    #[serde(serialize_with = "instant::optional")]
    pub payment_due_at: Option<DateTime<Utc>>,
    /// What was paid too much and comes back; zero when nothing does.
    pub refund_amount: Money,
}

impl RefundQuote {
    /// So much comes back.
    pub const fn of(amount: Money) -> Self {
        let refund_status = if 0 < amount.minor { RefundStatus::Initiated } else { RefundStatus::NotDue };
        Self { refund_status, estimated_refund_amount: amount }
    }
}
