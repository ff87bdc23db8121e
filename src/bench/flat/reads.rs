//! Reading bookings by id.

use std::time::Instant;

use booking_domain::StreamId;
use booking_domain::values::TenantId;
use booking_journal::Reader;
use rand::RngExt;
use sqlx::PgPool;
use uuid::Uuid;

use crate::exit::Failure;
use crate::tools::progress::per_second;

/// Bookings that are read, anywhere in the journal, each once.
const READS: usize = 5_000;

/// How many streams of bookings are read from the journal per second, one after the other, over one connection.
pub async fn per_s(pool: &PgPool) -> Result<u64, Failure> {
    let reader = Reader::new(pool.clone());
    let head = reader.head().await?;
    let mut rng = rand::rng();
    // Two of three events are claims of seats.
    let positions: Vec<i64> = (0..READS * 4).map(|_| rng.random_range(1..=head.max(1))).collect();
    let found: Vec<(Uuid, String)> = sqlx::query_as(BOOKINGS).bind(positions).fetch_all(pool).await?;
    let bookings = found
        .iter()
        .take(READS)
        .filter_map(|(tenant, id)| Some((TenantId::new(*tenant), StreamId::parse("booking", id).ok()?)));
    let bookings: Vec<(TenantId, StreamId)> = bookings.collect();
    let began = Instant::now();
    for (tenant, stream) in &bookings {
        let events = reader.stream(*tenant, stream, i64::MAX).await?;
        if events.is_empty() {
            return Err(Failure::Failed(anyhow::anyhow!("a booking is not where it was")));
        }
    }
    Ok(per_second(bookings.len() as u64, began.elapsed()))
}

const BOOKINGS: &str = "
    select distinct tenant_id, aggregate_id from journal.event
    where position = any ($1) and aggregate_type = 'booking'";
