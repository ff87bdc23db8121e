//! The demo tenants, and what they sell.

use booking_command_api::{IN_FLIGHT_MAX, Import, Report, Tables, Timetable, found, import};
use booking_domain::departure::Flight;
use booking_domain::tenant::Business;
use booking_domain::values::{Actor, Currency, TenantId, UserId};
use booking_journal::Journal;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::exit::Failure;

/// Days of the timetable that development keeps on sale.
const DAYS: u16 = 14;

/// A sample flight departs at least so many days ahead, so that it can still be cancelled.
const SAMPLE_DAYS_AHEAD: i64 = 3;

/// A business to try things with.
pub struct Demo {
    pub subdomain: &'static str,
    pub name: &'static str,
}

/// The businesses of development.
pub const DEMO: [Demo; 2] =
    [Demo { subdomain: "acme", name: "Acme Air" }, Demo { subdomain: "steppe", name: "Steppe Airways" }];

impl Demo {
    /// The same on every machine.
    pub fn id(&self) -> TenantId {
        Uuid::new_v5(&Uuid::NAMESPACE_DNS, format!("{}.booking.example", self.subdomain).as_bytes()).into()
    }

    /// A demo account of a role.
    pub fn user(&self, role: &str) -> UserId {
        Uuid::new_v5(&self.id().uuid(), role.as_bytes()).into()
    }

    /// As it registers.
    pub fn business(&self) -> Business {
        Business {
            business_id: self.id(),
            name: self.name.to_owned(),
            subdomain: self.subdomain.to_owned(),
            time_zone: Tz::UTC,
            currency: Currency::USD,
            language: "en".to_owned(),
        }
    }
}

/// Registers and approves the demo businesses. Safe to repeat.
///
/// # Errors
/// When the journal cannot be reached, or refuses.
pub async fn found_all(journal: &Journal, now: DateTime<Utc>) -> Result<(), Failure> {
    for demo in &DEMO {
        let founded = found(journal, demo.business(), now).await;
        founded.map_err(|failure| Failure::Failed(failure.into()))?;
    }
    Ok(())
}

/// Schedules what the demo businesses sell; answers a flight to try. What is there already stays as it is.
///
/// # Errors
/// As [`found_all`]; [`Failure::Dependency`] when not all of it could be stored.
pub async fn seed(journal: &Journal, now: DateTime<Utc>) -> Result<Flight, Failure> {
    found_all(journal, now).await?;
    let (timetable, _) = Timetable::from_tables(&Tables::extract());
    for demo in &DEMO {
        let flights = flights_of(journal, demo.id(), (now.date_naive(), DAYS), now);
        all_stored(&import(&flights, &timetable, |_| {}).await)?;
    }
    sample(&timetable, now)
}

/// The task of scheduling a tenant's flights from a day on, for so many days.
pub fn flights_of(
    journal: &Journal,
    tenant: TenantId,
    (from, days): (NaiveDate, u16),
    now: DateTime<Utc>,
) -> Import {
    let (journal, actor) = (journal.clone(), Actor::SYSTEM);
    Import { journal, tenant, actor, from, days, now, in_flight_max: IN_FLIGHT_MAX }
}

/// Whether an import went to its end.
///
/// # Errors
/// [`Failure::Dependency`] when it broke off. Importing again goes on.
pub fn all_stored(report: &Report) -> Result<(), Failure> {
    if report.failed == 0 {
        return Ok(());
    }
    let (done, departures) = (report.done(), report.departures);
    Err(Failure::Dependency(format!(
        "the journal took {done} of {departures} flights, then no more; repeating goes on"
    )))
}

/// A flight from New York to Los Angeles some days ahead.
fn sample(timetable: &Timetable, now: DateTime<Utc>) -> Result<Flight, Failure> {
    let from = (now + TimeDelta::days(SAMPLE_DAYS_AHEAD)).date_naive();
    let mut flights = timetable.departures(DEMO[0].id(), from, DAYS).map(|(flight, _)| flight);
    let flight = flights.find(|flight| flight.origin == "JFK" && flight.destination == "LAX");
    flight.ok_or_else(|| Failure::Failed(anyhow::anyhow!("the timetable has no flight from JFK to LAX")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_broke_off_is_a_failure() {
        let report = Report { departures: 3, scheduled: 2, ..Report::default() };
        assert!(all_stored(&report).is_ok());
        let failed = all_stored(&Report { failed: 1, ..report }).unwrap_err();
        assert!(matches!(&failed, Failure::Dependency(text) if text.contains("2 of 3")), "{failed}");
    }
}
