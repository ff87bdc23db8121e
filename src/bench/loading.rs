use std::path::Path;
use std::time::Duration;

use super::arena::Arena;
use super::load::Report;
use super::plan::BOOKINGS_PER_S_MAX;
use crate::dev::DEMO;
use crate::exit::Failure;

/// How long a process may take beyond the run itself.
const GRACE: Duration = Duration::from_secs(60);

/// One load on a process that takes bookings, by a `booking load` of its own.
pub struct Loading<'a> {
    /// Where it books.
    pub url: String,
    pub clients: u32,
    pub seconds: u64,
    /// Bookings offered per second; as many as are taken when absent.
    pub rate: Option<u32>,
    pub pools_percent: u32,
    /// What is on sale.
    pub file: &'a Path,
    /// Where each booking is read back.
    pub read_back: Option<String>,
}

impl Loading<'_> {
    /// Runs it to its end. The database is that of the process, for the ids of businesses.
    ///
    /// # Errors
    /// When the load fails, or does not end.
    pub async fn run(&self, arena: &Arena, database: &str) -> Result<Report, Failure> {
        let mut load = arena.program(database, &["load", "--json", "--url", &self.url]);
        load.arguments.extend(self.arguments().into_iter().map(Into::into));
        load.arguments.extend(["--flights".into(), self.file.into()]);
        let output = load.output(Duration::from_secs(self.seconds) + GRACE).await?;
        serde_json::from_slice(&output).map_err(|failure| Failure::Failed(failure.into()))
    }

    fn arguments(&self) -> Vec<String> {
        let (tenant, bookings) = (DEMO[0].id(), self.seconds * BOOKINGS_PER_S_MAX);
        let Self { clients, seconds, pools_percent, .. } = self;
        let always = format!(
            "--tenant {tenant} --bookings {bookings} --clients {clients} --seconds {seconds} --pools-percent {pools_percent}"
        );
        let rate = self.rate.map(|rate| format!(" --rate {rate}")).unwrap_or_default();
        let read_back = self.read_back.as_ref().map(|url| format!(" --read-back {url}")).unwrap_or_default();
        let all = always + &rate + &read_back;
        all.split(' ').map(ToOwned::to_owned).collect()
    }
}
