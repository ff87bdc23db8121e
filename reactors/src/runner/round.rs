//! One round: takes what is due, does it, and settles what became of it.

use booking_http::Clock;
use booking_journal::Journal;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use tracing::{error, warn};

use super::deed::{End, attempt};
use crate::action::{Timer, TimerKey};
use crate::backoff::{TRIES_MAX, pause};
use crate::reactor::Reactor;
use crate::timers::{self, Due, Failed};

/// Most timers of one round; their deeds are done at the same time.
pub const TIMERS_MAX: usize = 128;

/// Wakes the timers that are due, and returns how many there were, at most [`TIMERS_MAX`].
///
/// Their rows are locked until all is settled: others step over them, and a process that dies lets go of them.
///
/// # Errors
/// When Postgres fails. Deeds may have been done then; they are done again, under the same keys.
pub async fn round(pool: &PgPool, reactor: Reactor, journal: &Journal, clock: Clock) -> sqlx::Result<usize> {
    let now = clock.now();
    let mut transaction = pool.begin().await?;
    let due = timers::take(&mut transaction, reactor, now, TIMERS_MAX as i64).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let ends = attempt_all(reactor, journal, &due, now).await;
    settle_all(&mut transaction, reactor, &due, ends, clock.now()).await?;
    transaction.commit().await?;
    Ok(due.len())
}

/// All at once: the journal decides them one after another and stores them together.
async fn attempt_all(reactor: Reactor, journal: &Journal, due: &[Due], now: DateTime<Utc>) -> Vec<End> {
    let begin = |due: &Due| tokio::spawn(attempt(journal.clone(), reactor, due.timer.clone(), now));
    let tries: Vec<_> = due.iter().map(begin).collect();
    let mut ends = vec![];
    for tried in tries {
        ends.push(tried.await.unwrap_or_else(|_panicked| End::Failed("INTERNAL_ERROR".to_owned())));
    }
    ends
}

async fn settle_all(
    connection: &mut PgConnection,
    reactor: Reactor,
    due: &[Due],
    ends: Vec<End>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut over: Vec<TimerKey> = vec![];
    for (Due { timer, attempts }, end) in due.iter().zip(ends) {
        match end {
            End::Over => over.push(timer.key.clone()),
            End::Later(at) => timers::set_later(&mut *connection, reactor, &timer.key, at).await?,
            End::Failed(code) => {
                let failed = Failed { attempts: attempts + 1, code };
                settle_failed(&mut *connection, reactor, timer, &failed, now).await?;
            }
        }
    }
    timers::delete(connection, reactor, &over).await
}

async fn settle_failed(
    connection: &mut PgConnection,
    reactor: Reactor,
    timer: &Timer,
    failed: &Failed,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (name, key, Failed { attempts, code }) = (reactor.name(), &timer.key.key, failed);
    if TRIES_MAX <= *attempts {
        error!(reactor = name, timer = key, attempts, code, "reactor {name} has given up {key}: {code}");
        return timers::give_up(connection, reactor, &timer.key, failed, now).await;
    }
    warn!(reactor = name, timer = key, attempts, code, "reactor {name} tries {key} again: {code}");
    let next_try_at = now + pause(timer.command_id(name), *attempts);
    timers::fail(connection, reactor, &timer.key, failed, next_try_at).await
}
