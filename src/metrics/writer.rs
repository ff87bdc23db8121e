//! What a writing process counts, as metrics.

use std::sync::Arc;

use booking_journal::writer::{BATCH_BOUNDS, Count, Figures};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// A writer's figures, as they are when someone looks.
#[derive(Debug)]
pub struct Shown(pub Arc<Figures>);

impl Collector for Shown {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let figures = &self.0;
        let counts = [
            ("journal_flushes", "Batches stored, in whole or in part", &figures.flushes),
            (
                "journal_flushes_failed",
                "Batches that were not stored, or not known to be",
                &figures.flushes_failed,
            ),
            ("journal_requests", "Requests in batches that were stored", &figures.requests),
            ("journal_events", "Events stored", &figures.events),
            ("journal_refusals", "Requests refused", &figures.refusals),
            ("journal_repeats", "Requests that had been answered before", &figures.repeats),
            (
                "journal_conflicts",
                "Requests left out of a batch because others had moved",
                &figures.conflicts,
            ),
            ("journal_decided_again", "Requests decided once more", &figures.decided_again),
            ("world_families_loaded", "Departures, bookings and tenants loaded", &figures.families_loaded),
        ];
        for (name, help, count) in counts {
            let counter = ConstCounter::new(count.get());
            counter.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        let held = ConstGauge::new(i64::try_from(figures.families.get()).unwrap_or(i64::MAX));
        let help = "Departures, bookings and tenants in memory";
        held.encode(encoder.encode_descriptor("world_families", help, None, MetricType::Gauge)?)?;
        encode_batches(&mut encoder, figures)
    }
}

fn encode_batches(encoder: &mut DescriptorEncoder<'_>, figures: &Figures) -> Result<(), std::fmt::Error> {
    let bounds = BATCH_BOUNDS.iter().map(|bound| *bound as f64).chain([f64::INFINITY]);
    let buckets: Vec<(f64, u64)> = bounds.zip(figures.batches.iter().map(Count::get)).collect();
    let count = buckets.iter().map(|(_, count)| count).sum();
    let help = "Requests in one batch";
    let mut batches =
        encoder.encode_descriptor("journal_batch_requests", help, None, MetricType::Histogram)?;
    batches.encode_histogram::<NoLabelSet>(figures.requests.get() as f64, count, &buckets, None)
}
