//! Customers in this process, which nobody kills: they go on whatever breaks.

mod door;
mod orders;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::company::Company;
use crate::fault::Part;
use crate::intents::{Intent, Log, Outcome};
use crate::plan::Plan;
use door::Doors;
pub use orders::{Flights, flight};
use worker::Worker;

/// How many unknown outcomes are asked for at the same time.
const ASKED_AT_ONCE: usize = 16;

/// Customers at work.
pub struct Customers {
    office: Arc<Office>,
    at_work: JoinSet<()>,
}

/// What they share.
pub struct Office {
    doors: Doors,
    flights: Flights,
    log: Log,
    began: Instant,
    pace: Mutex<Interval>,
    closing: AtomicBool,
    pub reads: AtomicUsize,
}

impl Customers {
    /// The plan's seed decides on what they want, as far as answers do not.
    pub fn start(company: &Company, flights: Flights, plan: &Plan) -> Self {
        let mut pace = interval(Duration::from_millis(plan.crowd.pace_ms));
        pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let office = Arc::new(Office {
            doors: Doors {
                command_apis: [Part::FirstCommandApi, Part::SecondCommandApi].map(|part| company.url(part)),
                query_api: company.url(Part::QueryApi),
            },
            flights,
            log: Log::default(),
            began: Instant::now(),
            pace: Mutex::new(pace),
            closing: AtomicBool::new(false),
            reads: AtomicUsize::new(0),
        });
        let mut at_work = JoinSet::new();
        for number in 0..plan.crowd.customers {
            at_work.spawn(Worker::new(Arc::clone(&office), number, plan.seed).work());
        }
        Self { office, at_work }
    }

    pub fn office(&self) -> Arc<Office> {
        Arc::clone(&self.office)
    }

    /// No more deeds. What became of those that are open is not known yet.
    pub async fn close(mut self) {
        self.office.closing.store(true, Ordering::Relaxed);
        while let Some(ended) = self.at_work.join_next().await {
            ended.unwrap();
        }
    }
}

impl Office {
    pub fn log(&self) -> &Log {
        &self.log
    }

    pub fn flights(&self) -> &Flights {
        &self.flights
    }

    /// Repeats what nobody has answered, each with its key, until there is an answer or no more time.
    pub async fn ask_again(&self, deadline: Instant) {
        let open = self.places(|intent| intent.outcome == Outcome::Unknown);
        self.repeat(open, deadline).await;
    }

    /// Repeats what was answered: a different answer becomes a complaint.
    pub async fn repeat_answered(&self, most: usize, deadline: Instant) -> usize {
        let mut answered = self.places(|intent| intent.outcome != Outcome::Unknown);
        let every = answered.len().div_ceil(most).max(1);
        answered = answered.into_iter().step_by(every).collect();
        let count = answered.len();
        self.repeat(answered, deadline).await;
        count
    }

    /// Which of the command APIs takes no command, though each gets one that was answered before.
    pub async fn silent_doors(&self, deadline: Instant) -> Vec<&String> {
        let answered = self.places(|intent| intent.outcome != Outcome::Unknown);
        let mut silent = vec![];
        for (door, url) in self.doors.command_apis.iter().enumerate() {
            let Some(place) = answered.first() else { continue };
            if !self.is_answered_at(*place, door, deadline).await {
                silent.push(url);
            }
        }
        silent
    }

    fn places(&self, wanted: impl Fn(&Intent) -> bool) -> Vec<usize> {
        let intents = self.log.intents();
        intents.iter().enumerate().filter(|(_, intent)| wanted(intent)).map(|(place, _)| place).collect()
    }

    async fn repeat(&self, places: Vec<usize>, deadline: Instant) {
        use futures::StreamExt;
        let asked = futures::stream::iter(places)
            .for_each_concurrent(ASKED_AT_ONCE, |place| async move { self.insist(place, deadline).await });
        asked.await;
    }
}
