//! Workers: one for each read model, each with a lease, a feed and a checkpoint.

mod halt;
pub(crate) mod turn;
mod worker;

use booking_http::health::{self, Part};
use booking_nats::Connection;
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::booking::Bookings;
use crate::flight::Flights;
use crate::model::Model;
use crate::positions::Positions;
use crate::projection::Projection;

use worker::Worker;

/// What workers need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connections with the role `booking_projector`; two for each worker, one of them for good.
    pub pool: PgPool,
    /// As a user that may make consumers.
    pub nats: Connection,
    /// Told after each commit.
    pub positions: Positions,
    /// One model only; all of them when absent.
    pub only: Option<Model>,
}

/// Workers at work. They end when this is dropped; a batch under way is then either stored whole or not at all.
#[derive(Debug)]
pub struct Projections {
    tasks: JoinSet<()>,
    parts: Vec<Part>,
}

impl Projections {
    /// Starts the workers. Returns at once: whether they work, their parts say.
    pub fn spawn(settings: &Settings) -> Self {
        let mut projections = Self { tasks: JoinSet::new(), parts: vec![] };
        for model in Model::ALL.into_iter().filter(|model| settings.only.is_none_or(|only| only == *model)) {
            match model {
                Model::Booking => projections.start::<Bookings>(settings),
                Model::Flight => projections.start::<Flights>(settings),
            }
        }
        projections
    }

    fn start<P: Projection>(&mut self, settings: &Settings) {
        let (reporter, part) = health::part(P::MODEL.name());
        let worker = Worker::<P>::new(settings.clone(), reporter);
        self.tasks.spawn(worker.work());
        self.parts.push(part);
    }

    /// One part of the process's health for each worker.
    pub fn parts(&self) -> Vec<Part> {
        self.parts.clone()
    }
}
