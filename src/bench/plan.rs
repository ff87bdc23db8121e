//! What is run, and for how long.

use clap::Args;

use super::pipeline::Offer;

/// Sizes of the baseline's pool that are tried, for the best of them to compete.
const POOLS: [u32; 4] = [10, 32, 64, 128];
const POOLS_QUICK: [u32; 1] = [32];

/// How many book at once.
const CLIENTS: [u32; 4] = [1, 64, 256, 1_024];
const CLIENTS_QUICK: [u32; 2] = [64, 1_024];

/// How long each size is tried, and how long either side warms up.
pub const TRY_SECONDS: u64 = 2;

/// Seats of a booking.
const SEATS: u64 = 2;

/// How fast flights are scheduled, roughly.
const SEATS_SCHEDULED_PER_S: u64 = 150_000;

/// More bookings a second than one process can be expected to take. When it is more, seats run out and the run
/// ends early, with right figures.
pub const BOOKINGS_PER_S_MAX: u64 = 30_000;
pub const STOCK_BOOKINGS_PER_S_MAX: u64 = 6_000;

/// What is measured, and for how long.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Rough figures in less than 50 s: fewer and shorter runs, the baseline with one size of pool only, and no
    /// more than the write path, its limit, and what a booking costs on its way to the read models
    #[arg(long)]
    quick: bool,
    /// How many book at once, one count after the other; 1, 64, 256 and 1,024, or 64 and 1,024 when quick
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: Vec<u32>,
    /// How long each run of the comparison lasts; 4, or 2 when quick
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: Option<u64>,
    /// How many runs each figure of the comparison is the median of; 3, or 1 when quick
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=9))]
    rounds: Option<u32>,
    /// Instead of all else: what appending and reading by id cost on a long journal, against 100,000 events
    #[arg(long, conflicts_with_all = ["quick", "clients", "seconds", "rounds"])]
    pub flat: bool,
    /// How long the long journal is; 10 million events take some 20 GB of disk
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(i64).range(200_000..=100_000_000))]
    pub events: i64,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What is run.
pub struct Plan {
    pub clients: Vec<u32>,
    /// Of each run of the comparison.
    pub seconds: u64,
    pub rounds: u32,
    pub pools: &'static [u32],
    /// Of each try at the limit.
    pub limit_seconds: u64,
    /// On the pipeline, one after the other.
    pub offers: &'static [Offer],
    /// Of the measurement of how soon a booking can be read; none when it is left out, with all that follows it.
    pub visible_seconds: Option<u64>,
}

impl Plan {
    pub fn new(args: &BenchArgs) -> Self {
        let mut plan = if args.quick { Self::quick() } else { Self::whole() };
        plan.seconds = args.seconds.unwrap_or(plan.seconds);
        plan.rounds = args.rounds.unwrap_or(plan.rounds);
        if !args.clients.is_empty() {
            plan.clients.clone_from(&args.clients);
            plan.clients.sort_unstable();
            plan.clients.dedup();
        }
        plan
    }

    fn whole() -> Self {
        Self {
            clients: CLIENTS.to_vec(),
            seconds: 4,
            rounds: 3,
            pools: &POOLS,
            limit_seconds: 3,
            offers: &Offer::WHOLE,
            visible_seconds: Some(15),
        }
    }

    fn quick() -> Self {
        Self {
            clients: CLIENTS_QUICK.to_vec(),
            seconds: 2,
            rounds: 1,
            pools: &POOLS_QUICK,
            limit_seconds: 1,
            offers: &Offer::QUICK,
            visible_seconds: None,
        }
    }

    /// Roughly: what a process takes to start, and read models to catch up, is guessed.
    pub fn seconds_in_all(&self) -> u64 {
        let runs = self.clients.len() as u64;
        let tries = (2 + self.tries() * runs) * (TRY_SECONDS + 1);
        let rounds = 2 * runs * u64::from(self.rounds) * (self.seconds + 1);
        let offers: u64 = self.offers.iter().map(|offer| 2 + offer.seconds + offer.seconds / 4).sum();
        let scheduling = 10 + self.seats() / SEATS_SCHEDULED_PER_S;
        scheduling
            + 3 * self.limit_seconds
            + tries
            + rounds
            + offers
            + self.visible_seconds.map_or(0, |seconds| seconds + 90)
    }

    /// Of sizes of the baseline's pool; there is nothing to choose from one.
    pub const fn tries(&self) -> u64 {
        if self.pools.len() == 1 { 0 } else { self.pools.len() as u64 }
    }

    /// Seats that the comparison may sell.
    pub fn seats(&self) -> u64 {
        let runs = self.clients.len() as u64;
        let rounds = runs * u64::from(self.rounds) * seats(self.seconds, BOOKINGS_PER_S_MAX);
        let tries = runs * self.tries() * seats(TRY_SECONDS, STOCK_BOOKINGS_PER_S_MAX);
        rounds + tries + seats(TRY_SECONDS, BOOKINGS_PER_S_MAX)
    }
}

/// What so many seconds at such a rate take.
pub const fn seats(seconds: u64, bookings_per_s: u64) -> u64 {
    seconds * bookings_per_s * SEATS
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: BenchArgs,
    }

    fn plan(arguments: &[&str]) -> Plan {
        Plan::new(&Line::parse_from(["bench"].iter().chain(arguments)).args)
    }

    #[test]
    fn the_whole_takes_less_than_ten_minutes_and_the_quick_form_less_than_one() {
        assert!(plan(&[]).seconds_in_all() < 600, "{}", plan(&[]).seconds_in_all());
        assert!(plan(&["--quick"]).seconds_in_all() < 50, "{}", plan(&["--quick"]).seconds_in_all());
    }

    #[test]
    fn clients_can_be_chosen() {
        assert_eq!(plan(&[]).clients, [1, 64, 256, 1_024]);
        assert_eq!(plan(&["--quick"]).clients, [64, 1_024]);
        assert_eq!(plan(&["--clients", "64,8,64"]).clients, [8, 64]);
    }
}
