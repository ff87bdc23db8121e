//! What each read model shows by now, known in memory, so that readers can wait for it.

use std::sync::Arc;
use std::time::Duration;

use booking_http::PositionToken;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::warn;

use crate::checkpoint::{self, CHANNEL};
use crate::model::Model;

/// How often the table is asked, in case a notification was lost.
const POLL_MS: u64 = 250;
/// Between two tries to reach Postgres.
const RETRY_MS: u64 = 1_000;

/// The checkpoints, as far as this process has heard. Cheap to clone; all clones are one.
///
/// They are never ahead of what a query sees: they are told after the commit.
#[derive(Debug, Clone, Default)]
pub struct Positions(Arc<[watch::Sender<Option<PositionToken>>; Model::ALL.len()]>);

impl Positions {
    /// Nothing heard yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a model shows; `None` before anything was heard.
    pub fn of(&self, model: Model) -> Option<PositionToken> {
        *self.cell(model).borrow()
    }

    /// Notes that a model has come as far as `to`. An older position changes nothing.
    pub fn tell(&self, model: Model, to: PositionToken) {
        self.cell(model).send_if_modified(|known| {
            let news = known.is_none_or(|known| precedes(known, to));
            if news {
                *known = Some(to);
            }
            news
        });
    }

    /// Returns once a model shows `at_least`, or a later epoch. Give it a timeout.
    pub async fn reached(&self, model: Model, at_least: PositionToken) {
        let shows = |known: &Option<PositionToken>| known.is_some_and(|known| !precedes(known, at_least));
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.cell(model).subscribe().wait_for(shows).await;
    }

    /// Keeps up with what all processes do, for ever. `pool` may read the checkpoints.
    pub async fn follow(self, pool: PgPool) {
        let mut is_known = false;
        loop {
            if let Err(failure) = self.listen(&pool, &mut is_known).await
                && !is_known
            {
                is_known = true;
                warn!(error = &failure as &dyn std::error::Error, "cannot follow the checkpoints: {failure}");
            }
            sleep(Duration::from_millis(RETRY_MS)).await;
        }
    }

    /// Clears `is_known`, that it fails, once it works.
    async fn listen(&self, pool: &PgPool, is_known: &mut bool) -> sqlx::Result<()> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            self.look(pool).await?;
            *is_known = false;
            while let Ok(heard) = timeout(Duration::from_millis(POLL_MS), listener.recv()).await {
                self.hear(heard?.payload());
            }
        }
    }

    async fn look(&self, pool: &PgPool) -> sqlx::Result<()> {
        for (model, shown) in checkpoint::read_all(pool).await? {
            self.tell(model, shown);
        }
        Ok(())
    }

    fn hear(&self, payload: &str) {
        let told = payload.split_once(' ').and_then(|(name, to)| Model::named(name).zip(to.parse().ok()));
        if let Some((model, to)) = told {
            self.tell(model, to);
        }
    }

    fn cell(&self, model: Model) -> &watch::Sender<Option<PositionToken>> {
        &self.0[model as usize]
    }
}

fn precedes(one: PositionToken, other: PositionToken) -> bool {
    (one.epoch, one.position) < (other.epoch, other.position)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(epoch: i32, position: i64) -> PositionToken {
        PositionToken { epoch, position }
    }

    #[test]
    fn positions_only_go_on() {
        let positions = Positions::new();
        assert_eq!(positions.of(Model::Booking), None);
        for (told, shown) in
            [(at(1, 7), at(1, 7)), (at(1, 3), at(1, 7)), (at(2, 1), at(2, 1)), (at(1, 9), at(2, 1))]
        {
            positions.tell(Model::Booking, told);
            assert_eq!(positions.of(Model::Booking), Some(shown));
        }
        assert_eq!(positions.of(Model::Flight), None, "each model goes its own way");
    }

    #[test]
    fn what_other_processes_say_is_heard() {
        let positions = Positions::new();
        for payload in ["flight_v1 1.42", "flight_v9 1.50", "flight_v1 soon", "flight_v1", ""] {
            positions.hear(payload);
        }
        assert_eq!(positions.of(Model::Flight), Some(at(1, 42)));
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_when_it_is_reached() {
        let positions = Positions::new();
        let waiting = tokio::spawn({
            let positions = positions.clone();
            async move { positions.reached(Model::Booking, at(1, 5)).await }
        });
        positions.tell(Model::Booking, at(1, 4));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        positions.tell(Model::Booking, at(1, 5));
        waiting.await.unwrap();
    }
}
