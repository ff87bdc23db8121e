//! A long journal in short time.

use sqlx::{Executor, PgPool};

use crate::bench::say::measuring;
use crate::exit::Failure;

/// Events that are copied again and again: the last ones, so mostly bookings and their claims.
const SAMPLE: i64 = 3_000;

/// Copies of the whole sample in one statement.
const COPIES_MAX: i64 = 100;

/// Takes what is to be copied. There must be some thousand events.
pub async fn take_sample(pool: &PgPool) -> Result<(), Failure> {
    pool.execute(TAKE_SAMPLE).await?;
    Ok(())
}

/// Adds copies of the sample until there are so many events, or somewhat more; none when there are.
pub async fn up_to(pool: &PgPool, events: i64) -> Result<(), Failure> {
    loop {
        let head: i64 = sqlx::query_scalar(HEAD).fetch_one(pool).await?;
        let copies = ((events - head).max(0) + SAMPLE - 1) / SAMPLE;
        if copies == 0 {
            pool.execute("vacuum (analyze) journal.event").await?;
            return Ok(());
        }
        measuring(&format!("nothing yet: {head} of {events} events are there"));
        sqlx::query(FILL).bind(head).bind(SAMPLE).bind(copies.min(COPIES_MAX)).execute(pool).await?;
    }
}

const HEAD: &str = "select coalesce(max(position), 0) from journal.event";

const TAKE_SAMPLE: &str = "
    create unlogged table public.sample as
    select row_number() over (order by position) as n, aggregate_type, event_type, event_version, payload,
           metadata, tenant_id
    from (select * from journal.event order by position desc limit 3000) as last";

/// Ids follow the order of positions, as those of bookings do, and say nothing otherwise. Claims are of seats of
/// flights that nobody asks for.
const FILL: &str = "
    insert into journal.event (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                               position, event_id, tenant_id, recorded_at)
    select aggregate_type, case aggregate_type when 'booking' then id::text else id || '/12A' end, 1, event_type,
           event_version, payload, metadata, position, id, tenant_id, now()
    from (select sample.*, $1 + (copy - 1) * $2 + n as position,
                 (lpad(to_hex($1 + (copy - 1) * $2 + n), 12, '0')
                  || substr(md5(($1 + (copy - 1) * $2 + n)::text), 1, 20))::uuid as id
          from generate_series(1, $3) as copy cross join public.sample) as event
    order by position";
