//! Faults begin and end.

use std::time::{Duration, Instant};

use sqlx::{Executor, Postgres, Transaction};

use super::{Company, Standing};
use crate::fault::{Fault, Part, Way};
use crate::proxy::Weather;

/// How long somebody is waited for who appends, before the fault begins all the same.
const APPENDS_WITHIN: Duration = Duration::from_secs(2);
const CLOCK: &str = "CLOCK_AHEAD_MINUTES";

impl Company {
    /// Whether it did anything.
    pub async fn begin(&mut self, fault: Fault) -> bool {
        match fault {
            Fault::Kill(part) => self.kill(part).await,
            Fault::Pause(part) => return self.pause(part).await,
            Fault::MoveClock(part, minutes) => self.restart_with_clock(part, minutes).await,
            Fault::Cut(way) => self.set(way, Weather::Down),
            Fault::Swallow(way) => self.set(way, Weather::Swallowing),
            Fault::Forget(way) => self.forget_amid_an_append(way).await,
            Fault::LoseReplies(way) => self.set(way, Weather::LosingReplies),
            Fault::Slow(way, ms) => self.set(way, Weather::Slow(Duration::from_millis(ms))),
            Fault::KillPostgres => {
                self.await_appends(1).await;
                self.engine.kill_postgres();
            }
            Fault::Jam => return self.jam().await,
            Fault::KillNats => {
                self.engine.kill_nats();
                self.nats_copy.take(&self.engine.nats);
            }
            Fault::WipeNats => {
                self.engine.kill_nats();
                self.engine.wipe_nats();
            }
            Fault::RollBackNats => {
                self.engine.kill_nats();
                self.nats_copy.put_back(&self.engine.nats);
            }
            Fault::FillDisk => return self.disk.as_ref().is_ok_and(|disk| disk.fill().is_ok()),
        }
        true
    }

    pub async fn end(&mut self, fault: Fault) {
        match fault {
            Fault::Kill(part) => self.start_again(part),
            Fault::Pause(part) => self.wake(part).await,
            Fault::MoveClock(part, _) => self.restart_with_clock(part, 0).await,
            Fault::Cut(way) | Fault::Swallow(way) | Fault::Forget(way) => self.set(way, Weather::Clear),
            Fault::LoseReplies(way) | Fault::Slow(way, _) => self.set(way, Weather::Clear),
            Fault::Jam => {}
            Fault::KillPostgres => self.engine.restart_postgres(),
            Fault::KillNats | Fault::WipeNats | Fault::RollBackNats => self.engine.restart_nats(),
            Fault::FillDisk => {
                if let Ok(disk) = &self.disk {
                    disk.empty().unwrap();
                }
            }
        }
    }

    async fn kill(&mut self, part: Part) {
        let worker = self.staff.get_mut(&part).unwrap();
        worker.process.kill().await;
        worker.standing = Standing::Killed;
    }

    fn start_again(&mut self, part: Part) {
        let worker = self.staff.get_mut(&part).unwrap();
        worker.process.start();
        worker.standing = Standing::Works;
    }

    /// One that has just ended by itself cannot be paused.
    async fn pause(&mut self, part: Part) -> bool {
        let worker = self.staff.get_mut(&part).unwrap();
        if worker.process.has_ended() {
            return false;
        }
        worker.process.signal("STOP").await;
        worker.standing = Standing::Paused;
        true
    }

    async fn wake(&mut self, part: Part) {
        let worker = self.staff.get_mut(&part).unwrap();
        if worker.standing == Standing::Paused {
            worker.process.signal("CONT").await;
            worker.standing = Standing::Works;
        }
    }

    async fn restart_with_clock(&mut self, part: Part, minutes: u32) {
        self.kill(part).await;
        self.staff.get_mut(&part).unwrap().process.tell(CLOCK, &minutes.to_string());
        self.start_again(part);
    }

    fn set(&self, way: Way, weather: Weather) {
        self.proxies[&way].set(weather);
    }

    /// Both command APIs have decided on the same news, and one of them is late. `false` without Postgres.
    async fn jam(&self) -> bool {
        self.jammed().await.is_some()
    }

    /// The answer to an append is lost for sure.
    async fn forget_amid_an_append(&self, way: Way) {
        let lock = self.jammed().await;
        self.set(way, Weather::Forgetting);
        drop(lock);
    }

    /// The append lock, as soon as both command APIs wait for it.
    async fn jammed(&self) -> Option<Transaction<'static, Postgres>> {
        let owner = booking::database::owner(&self.engine.database_url()).await.ok()?;
        let mut lock = owner.begin().await.ok()?;
        lock.execute("select pg_advisory_xact_lock(journal.append_lock())").await.ok()?;
        self.await_appends(2).await;
        Some(lock)
    }

    /// Waits until so many backends append, or Postgres is in no state to say so.
    async fn await_appends(&self, enough: i64) {
        let Ok(owner) = booking::database::owner(&self.engine.database_url()).await else { return };
        let deadline = Instant::now() + APPENDS_WITHIN;
        while Instant::now() < deadline {
            let appending: Result<i64, _> = sqlx::query_scalar(APPENDING).fetch_one(&owner).await;
            if appending.map_or(true, |count| enough <= count) {
                return;
            }
        }
    }
}

const APPENDING: &str = "
    select count(*) from pg_stat_activity
    where state = 'active' and application_name = 'booking_command' and query like '%journal.append%'";
