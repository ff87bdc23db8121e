//! Two tasks for each reactor: one reads events and sets timers, one does what is due.
//!
//! ```text
//!   follower (lease)  Feed --> turn: timers + checkpoint
//!                                 | a timer was set
//!                                 v
//!   waker (shares)    sleeps until the next is due --> round: take, do, settle
//! ```
//! A reactor that is behind does what is due all the same: its commands are safe when late.

mod deed;
mod follower;
mod halt;
mod round;
mod turn;
mod waker;

use std::sync::Arc;

use booking_http::Clock;
use booking_http::health::{self, Part};
use booking_journal::Journal;
use booking_nats::Connection;
use sqlx::PgPool;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::reactor::Reactor;

pub use deed::DEED_WITHIN_MS;
use follower::Follower;
pub use round::TIMERS_MAX;
pub use waker::LOOK_MS_MAX;
use waker::Waker;

/// What reactors need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connections with the role `booking_reactor`; four for each reactor, one of them for good.
    pub pool: PgPool,
    /// As a user that may make consumers.
    pub nats: Connection,
    /// The door that commands go through. A deed that finds it closed is tried again at the next start.
    pub journal: Journal,
    /// Tells what is due.
    pub clock: Clock,
}

/// Reactors at work. Dropped, they end wherever they are, which is safe: what was not settled is done again.
#[derive(Debug)]
pub struct Reactors {
    tasks: JoinSet<()>,
    stop: watch::Sender<()>,
    parts: Vec<Part>,
}

impl Reactors {
    /// Starts all of them. Returns at once: whether they work, their parts say.
    pub fn spawn(settings: &Settings) -> Self {
        let mut reactors = Self { tasks: JoinSet::new(), stop: watch::Sender::new(()), parts: vec![] };
        for reactor in Reactor::ALL {
            let news = Arc::new(Notify::new());
            reactors.follow(reactor, settings, news.clone());
            reactors.wake(reactor, settings, news);
        }
        reactors
    }

    fn follow(&mut self, reactor: Reactor, settings: &Settings, news: Arc<Notify>) {
        let (reporter, part) = health::part(reactor.name());
        let follower = Follower::new(reactor, settings, news, reporter);
        let mut stop = self.stop.subscribe();
        self.tasks.spawn(async move {
            tokio::select! {
                () = follower.work() => (),
                _ = stop.changed() => (),
            }
        });
        self.parts.push(part);
    }

    fn wake(&mut self, reactor: Reactor, settings: &Settings, news: Arc<Notify>) {
        let (reporter, part) = health::part(reactor.timers_part());
        let waker = Waker::new(reactor, settings.clone(), reporter);
        self.tasks.spawn(waker.work(news, self.stop.subscribe()));
        self.parts.push(part);
    }

    /// Two parts of the process's health for each reactor: whether it reads events, and whether its timers are
    /// looked at.
    pub fn parts(&self) -> Vec<Part> {
        self.parts.clone()
    }

    /// Ends them as soon as the deeds under way are done and settled.
    pub async fn stop(mut self) {
        drop(self.stop);
        while self.tasks.join_next().await.is_some() {}
    }
}
