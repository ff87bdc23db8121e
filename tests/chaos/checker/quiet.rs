//! Everything comes to rest, soon.

use std::time::{Duration, Instant};

use super::{Finding, Kind};
use crate::company::Company;

const POLL: Duration = Duration::from_millis(50);

/// Waits until every process is ready, and stream and read models are where the journal is.
///
/// # Errors
/// A finding that says how things stand at the deadline.
pub async fn await_quiet(company: &mut Company, deadline: Instant) -> Result<(), Finding> {
    let owner = company.engine.owner().await;
    loop {
        company.raise_those_that_ended();
        let standpoint = company.standpoint(&owner).await;
        let is_at_rest = standpoint.as_ref().is_some_and(|standpoint| standpoint.is_at_rest());
        if is_at_rest && company.is_ready().await {
            return Ok(());
        }
        if deadline <= Instant::now() {
            let unready = company.unready().await;
            let what = format!("not at rest in time: {standpoint:?}, not ready: {unready:?}");
            return Err(Kind::Stuck.finding(what));
        }
        tokio::time::sleep(POLL).await;
    }
}
