use std::collections::BTreeMap;

use serde::Serialize;

use crate::bench::cpu;

/// Milliseconds of processor time of one booking, by process, with their sum.
pub type Cpu = BTreeMap<&'static str, f64>;

/// What came of one offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    pub name: &'static str,
    /// Accepted.
    pub bookings_per_s: u64,
    /// Bookings by the time until the read models showed the last of them.
    pub shown_per_s: u64,
    pub lag_p99_ms: f64,
    /// None where the system does not tell.
    pub cpu: Option<Cpu>,
}

/// The same by offer: `full`, `5000`, `2000`.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Pipelined {
    bookings_per_s: BTreeMap<&'static str, u64>,
    shown_per_s: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    cpu_ms_per_booking: BTreeMap<&'static str, Cpu>,
    lag_p99_ms: BTreeMap<&'static str, f64>,
}

/// What lies between two looks, for each booking.
pub fn cpu_per_booking(
    before: &BTreeMap<&'static str, u64>,
    after: &BTreeMap<&'static str, u64>,
    bookings: u64,
) -> Cpu {
    let used = |name: &str| after[name].saturating_sub(before.get(name).copied().unwrap_or_default());
    let sum = after.keys().map(|name| used(name)).sum();
    let each = after.keys().map(|name| (*name, used(name))).chain([("sum", sum)]);
    each.filter_map(|(name, used)| Some((name, cpu::ms_per_booking(used, bookings)?))).collect()
}

impl Pipelined {
    pub fn add(&mut self, offered: Offered) {
        let Offered { name, bookings_per_s, shown_per_s, lag_p99_ms, cpu } = offered;
        self.bookings_per_s.insert(name, bookings_per_s);
        self.shown_per_s.insert(name, shown_per_s);
        self.lag_p99_ms.insert(name, lag_p99_ms);
        self.cpu_ms_per_booking.extend(cpu.map(|cpu| (name, cpu)));
    }

    /// For people.
    pub fn table(&self) -> String {
        let processes: Vec<&str> =
            self.cpu_ms_per_booking.values().next().into_iter().flatten().map(|of| *of.0).collect();
        let heads: String = processes.iter().map(|name| format!(" {name:>5}")).collect();
        let mut table =
            format!("{:>7} {:>10} {:>7} {:>10} |{heads}", "offered", "accepted/s", "shown/s", "lag p99 ms");
        for (name, bookings_per_s) in &self.bookings_per_s {
            let (shown_per_s, lag) = (self.shown_per_s[name], self.lag_p99_ms[name]);
            let cpu = self.cpu_ms_per_booking.get(name).into_iter().flatten();
            let cells: String =
                cpu.map(|(process, ms)| format!(" {ms:>width$.2}", width = process.len().max(5))).collect();
            table += &format!("\n{name:>7} {bookings_per_s:>10} {shown_per_s:>7} {lag:>10.1} |{cells}");
        }
        if processes.is_empty() {
            table
        } else {
            table + "\nthe whole way of a booking; right of the line, ms of processor time for each"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_its_part_of_a_bookings_cost() {
        let before = BTreeMap::from([("command-api", 1_000), ("relay", 500)]);
        let after = BTreeMap::from([("command-api", 1_500), ("relay", 620)]);
        let cpu = cpu_per_booking(&before, &after, 1_000);
        assert_eq!(cpu, BTreeMap::from([("command-api", 0.5), ("relay", 0.12), ("sum", 0.62)]));
        assert!(cpu_per_booking(&before, &after, 0).is_empty());
    }

    #[test]
    fn a_table_can_be_read_on_a_usual_screen() {
        let names = ["command-api", "relay", "projections", "query-api", "postgres", "nats", "sum"];
        let cpu = Some(names.map(|name| (name, 0.25)).into());
        let mut pipelined = Pipelined::default();
        pipelined.add(Offered {
            name: "full",
            bookings_per_s: 12_345,
            shown_per_s: 9_876,
            lag_p99_ms: 1_234.5,
            cpu,
        });
        let table = pipelined.table();
        assert!(table.lines().all(|line| line.len() <= 110), "{table}");
        let ends: Vec<_> = table.lines().take(2).map(str::len).collect();
        assert_eq!(ends[0], ends[1], "{table}");
    }
}
