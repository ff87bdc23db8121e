//! A booking's whole way: from a command-api through journal, relay and NATS into the read models, every role a
//! process of its own. Two thirds of the bookings are for named seats, one third for places of pools.

mod lag;
mod outcome;
mod processes;

use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::arena::Arena;
use super::flights::Flights;
use super::load::Report;
use super::loading::Loading;
use super::say::{measuring, say};
use crate::exit::Failure;
use crate::tools::progress::per_second;
use lag::{Watch, positions};
pub use outcome::{Offered, Pipelined};
use processes::Processes;

/// Its database, a copy of one in which flights are scheduled.
pub const DATABASE: &str = "pipeline";

/// How many book at once, at every offer.
const CLIENTS: u32 = 256;

const POOLS_PERCENT: u32 = 33;

/// More bookings a second than it can be expected to take; when it is more, they run out and the run ends early.
const BOOKINGS_PER_S_MAX: u32 = 8_000;

/// Passengers of a booking.
const PARTY: u64 = 2;

/// Bookings per second while it is measured how soon they can be read, and by how many clients.
const VISIBLE_RATE: u32 = 100;
const VISIBLE_CLIENTS: u32 = 32;

/// Longest time for the read models to catch up, and how often it is looked.
const CATCH_UP_WITHIN: Duration = Duration::from_secs(300);
const CATCH_UP_PAUSE: Duration = Duration::from_millis(20);

/// Bookings offered for some time.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// In what is printed.
    pub name: &'static str,
    /// Bookings per second, in an open loop; as many as are taken when absent.
    pub rate: Option<u32>,
    pub seconds: u64,
}

impl Offer {
    /// As many as are taken for a minute, then fixed rates, at which costs can be compared.
    pub const WHOLE: [Self; 3] = [
        Self { name: "full", rate: None, seconds: 60 },
        Self { name: "5000", rate: Some(5_000), seconds: 20 },
        Self { name: "2000", rate: Some(2_000), seconds: 20 },
    ];
    pub const QUICK: [Self; 2] =
        [Self { name: "full", rate: None, seconds: 3 }, Self { name: "2000", rate: Some(2_000), seconds: 3 }];

    /// Seats, and places without numbers, with some to spare: the mix is random.
    pub fn units(&self) -> (u64, u64) {
        let units = self.seconds * u64::from(self.rate.unwrap_or(BOOKINGS_PER_S_MAX)) * PARTY;
        let places = units * u64::from(POOLS_PERCENT) / 100;
        let spare = |units| units + units / 10 + 2 * PARTY;
        (spare(units - places), spare(places))
    }
}

/// All of it, up and waiting.
pub struct Pipeline<'a> {
    arena: &'a Arena,
    flights: Flights,
    pool: PgPool,
    processes: Processes,
}

impl<'a> Pipeline<'a> {
    /// Starts everything, and waits until the read models have come as far as the journal.
    ///
    /// # Errors
    /// When nats-server is missing, or a process fails.
    pub async fn open(arena: &'a Arena, flights: Flights) -> Result<Self, Failure> {
        measuring("nothing yet: starting the pipeline");
        let processes = Processes::start(arena, DATABASE).await?;
        let pipeline = Self { arena, flights, pool: arena.pool(DATABASE, 2)?, processes };
        pipeline.caught_up().await?;
        Ok(pipeline)
    }

    /// One offer. Costs are counted until the read models show the last booking.
    ///
    /// # Errors
    /// When a process fails, or the read models do not catch up.
    pub async fn offer(&mut self, offer: &Offer) -> Result<Offered, Failure> {
        measuring(&format!("the pipeline: {} for {} s", offer.text(), offer.seconds));
        self.arena.settle().await?;
        let before = self.processes.cpu_ms(self.arena);
        let (watch, began) = (Watch::start(self.pool.clone()), Instant::now());
        let report = self.load(offer, CLIENTS, None).await?;
        let lag_p99_ms = watch.p99_ms().await?;
        self.caught_up().await?;
        let shown_per_s = per_second(report.created, began.elapsed());
        let after = self.processes.cpu_ms(self.arena);
        let cpu = before
            .zip(after)
            .map(|(before, after)| outcome::cpu_per_booking(&before, &after, report.created));
        say(&format!("pipeline, {}, {}", offer.text(), report.line()));
        Ok(Offered { name: offer.name, bookings_per_s: report.bookings_per_s, shown_per_s, lag_p99_ms, cpu })
    }

    /// How soon a booking can be read, from its answer on, at 100 bookings per second.
    ///
    /// # Errors
    /// When a process fails.
    pub async fn visible(&mut self, seconds: u64) -> Result<Report, Failure> {
        measuring(&format!("how soon a booking can be read, for {seconds} s"));
        self.arena.settle().await?;
        let offer = Offer { name: "visible", rate: Some(VISIBLE_RATE), seconds };
        let report = self.load(&offer, VISIBLE_CLIENTS, Some(self.processes.queries.url())).await?;
        self.caught_up().await?;
        Ok(report)
    }

    /// Ends all processes.
    pub async fn stop(self) {
        self.processes.stop().await;
    }

    async fn load(
        &mut self,
        offer: &Offer,
        clients: u32,
        read_back: Option<String>,
    ) -> Result<Report, Failure> {
        let (seats, places) = offer.units();
        let file = self.flights.file_with(seats, places)?;
        let (url, Offer { seconds, rate, .. }) = (self.processes.commands.url(), *offer);
        let loading =
            Loading { url, clients, seconds, rate, pools_percent: POOLS_PERCENT, file: &file, read_back };
        loading.run(self.arena, DATABASE).await
    }

    async fn caught_up(&self) -> Result<(), Failure> {
        let began = Instant::now();
        while began.elapsed() < CATCH_UP_WITHIN {
            let (head, shown) = positions(&self.pool).await?;
            if head <= shown {
                return Ok(());
            }
            tokio::time::sleep(CATCH_UP_PAUSE).await;
        }
        let within = CATCH_UP_WITHIN.as_secs();
        Err(Failure::Failed(anyhow::anyhow!("the read models did not catch up within {within} s")))
    }
}

impl Offer {
    fn text(&self) -> String {
        self.rate.map_or_else(|| "full load".to_owned(), |rate| format!("{rate} bookings/s offered"))
    }
}
