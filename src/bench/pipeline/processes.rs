//! Every role as a process of its own, on a nats-server of its own.

use std::collections::BTreeMap;

use booking_nats::config::{ENGINE_USER, RELAY_USER, Secret, ServerConfig};
use rand::RngExt;
use rand::distr::Alphanumeric;

use crate::bench::arena::Arena;
use crate::bench::cpu;
use crate::bench::process::Served;
use crate::dev::DEMO;
use crate::exit::Failure;
use crate::servers::{Nats, NatsOptions};

const PASSWORD_LETTERS: usize = 40;

/// All that a booking goes through.
pub struct Processes {
    pub commands: Served,
    pub queries: Served,
    relay: Served,
    projections: Served,
    // Goes after those that use it.
    nats: Nats,
}

impl Processes {
    /// Starts all of them on a database.
    pub async fn start(arena: &Arena, database: &str) -> Result<Self, Failure> {
        let (relay_password, engine_password) = (password(), password());
        let config = ServerConfig {
            epoch: 1,
            place: None,
            relay_password: secret(&relay_password),
            engine_password: secret(&engine_password),
            tenants: DEMO.iter().map(|demo| (demo.id(), secret(&password()))).collect(),
        };
        let options = NatsOptions::new(arena.folder.join("nats"), config.text());
        let nats = tokio::task::spawn_blocking(move || Nats::start(&options)).await;
        let nats = nats.map_err(anyhow::Error::from)?.map_err(|failure| Failure::dependency(&failure))?;
        let role = async |name, user: &str, password: &str| {
            let mut program = arena.program(database, &[name]);
            let url = format!("nats://{user}:{password}@127.0.0.1:{}", nats.port());
            program.environment.push(("NATS_URL", url.into()));
            program.serve().await
        };
        Ok(Self {
            relay: role("relay", RELAY_USER, &relay_password).await?,
            projections: role("projections", ENGINE_USER, &engine_password).await?,
            commands: arena.program(database, &["command-api"]).serve().await?,
            queries: arena.program(database, &["query-api"]).serve().await?,
            nats,
        })
    }

    /// Ends all of them, and waits for that.
    pub async fn stop(self) {
        for served in [self.commands, self.queries, self.relay, self.projections] {
            served.stop().await;
        }
        drop(tokio::task::spawn_blocking(move || drop(self.nats)).await);
    }

    /// Milliseconds of processor time that each has used so far; none where the system does not tell.
    pub fn cpu_ms(&self, arena: &Arena) -> Option<BTreeMap<&'static str, u64>> {
        let all = [
            ("command-api", self.commands.id().into_iter().collect()),
            ("relay", self.relay.id().into_iter().collect()),
            ("projections", self.projections.id().into_iter().collect()),
            ("query-api", self.queries.id().into_iter().collect()),
            ("postgres", arena.postgres.processes()),
            ("nats", self.nats.processes()),
        ];
        all.into_iter().map(|(name, ids): (_, Vec<u32>)| Some((name, cpu::used_ms(ids)?))).collect()
    }
}

fn password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(PASSWORD_LETTERS).map(char::from).collect()
}

fn secret(text: &str) -> Secret {
    Secret::new(text).expect("passwords are made of letters and digits")
}
