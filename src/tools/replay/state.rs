//! `booking replay --state`: what everything was at an instant or a position.

use std::io::Write;

use booking_domain::values::TenantId;
use booking_journal::Reader;
use booking_projections::{Survey, SurveyOf};

use super::ReplayArgs;
use crate::exit::Failure;

/// Prints a line for each thing; how many there were.
pub async fn print(
    reader: &Reader,
    args: &ReplayArgs,
    tenant: Option<TenantId>,
    out: &mut impl Write,
) -> Result<u64, Failure> {
    let until = until(reader, args).await?;
    let recorded_at = reader.recorded_at(until).await?;
    let at = args.until.or(recorded_at).unwrap_or_default();
    let mut survey = Survey::new(reader, SurveyOf { tenant, until, at });
    let mut printed = 0;
    while let Some(lines) = survey.more().await.map_err(anyhow::Error::from)? {
        for line in lines {
            serde_json::to_writer(&mut *out, &line).map_err(anyhow::Error::from)?;
            out.write_all(b"\n").map_err(anyhow::Error::from)?;
            printed += 1;
        }
    }
    Ok(printed)
}

/// The last position that counts: with an instant and a position, the earlier of the two.
async fn until(reader: &Reader, args: &ReplayArgs) -> Result<i64, Failure> {
    let head = reader.head().await?;
    let by_instant = match args.until {
        Some(instant) => reader.position_at(instant).await?,
        None => head,
    };
    Ok(by_instant.min(args.to.unwrap_or(head)).min(head))
}
