//! How things were, who made them so, and whether anyone has changed it since.

mod audit;
mod history;
mod lists;
mod past;

use chrono::{DateTime, SecondsFormat, Utc};

use super::stage::Stage;

/// The number after the dot of a position.
fn number(position: &str) -> i64 {
    position.strip_prefix("1.").unwrap().parse().unwrap()
}

/// When a position was recorded, as a query says it: to the microsecond.
async fn instant_of(stage: &Stage, position: &str) -> String {
    written(stage.recorded_at(number(position)).await)
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
