//! Hearing of keys that others destroyed.

use std::convert::Infallible;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::time::sleep;
use tracing::warn;

use super::Vault;

/// The channel on which the commit that destroys keys says so (`migrations/0012_erasure.sql`).
const CHANNEL: &str = "erased";

/// Between two tries to reach Postgres.
const RETRY_MS: u64 = 1_000;

impl Vault {
    /// Forgets keys as soon as any is destroyed, for ever. It keeps a connection of `pool`.
    ///
    /// All of them go, whoever was erased: that is rare, and what is still needed is read again.
    pub async fn follow(self, pool: PgPool) {
        let mut is_known = false;
        loop {
            let Err(failure) = self.listen(&pool, &mut is_known).await;
            if !is_known {
                is_known = true;
                warn!(
                    error = &failure as &dyn std::error::Error,
                    "cannot hear which keys are destroyed: {failure}"
                );
            }
            sleep(Duration::from_millis(RETRY_MS)).await;
        }
    }

    /// Clears `is_known`, that it fails, once it works.
    async fn listen(&self, pool: &PgPool, is_known: &mut bool) -> sqlx::Result<Infallible> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        *is_known = false;
        loop {
            // What was said before this connection, nobody heard; the same is so after one that was lost, which ends
            // the waiting with nothing.
            self.forget();
            listener.try_recv().await?;
        }
    }
}
