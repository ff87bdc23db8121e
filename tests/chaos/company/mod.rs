//! Everything as processes of their own, with a proxy in each way between them.

mod deeds;
mod disk;
mod nats_copy;
mod reads;

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sqlx::Executor;

use crate::fault::{Part, Way};
use crate::proxy::Proxy;
use crate::support::process::Caller;
use crate::support::roles::{Engine, RoleProcess};
use booking_http::Role;
use disk::Disk;
use nats_copy::NatsCopy;
pub use reads::Stored;
use uuid::Uuid;

/// How long the first start of everything may take.
const READY_WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);
/// Where the tables are, if they can be on a disk of their own.
const TABLESPACE: &str = "small";

/// Servers, roles and proxies.
pub struct Company {
    // Before the engine: they end before their servers do.
    staff: BTreeMap<Part, Worker>,
    proxies: BTreeMap<Way, Proxy>,
    /// Why there is none, else.
    disk: Result<Disk, String>,
    pub engine: Engine,
    nats_copy: NatsCopy,
}

struct Worker {
    process: RoleProcess,
    standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// And is started again whenever it ends by itself, as by a supervisor.
    Works,
    Paused,
    Killed,
}

impl Company {
    pub async fn start() -> Self {
        let engine = Engine::durable().await;
        let disk = Disk::mount(&engine.folder.path().join("disk"), engine.postgres.data_dir());
        if let Ok(disk) = &disk {
            make_database_on(disk, &engine).await;
        }
        engine.migrate().await;
        engine.run(&["seed", "--days", "1"]).await.succeeded();
        let nats_copy = NatsCopy::in_folder(engine.folder.path().join("nats-copy"));
        let (staff, proxies) = (BTreeMap::new(), BTreeMap::new());
        let mut company = Self { staff, proxies, disk, engine, nats_copy };
        company.hire().await;
        company.engine.kill_nats();
        company.nats_copy.take(&company.engine.nats);
        company.engine.restart_nats();
        company
    }

    /// Starts every process behind proxies of its own.
    async fn hire(&mut self) {
        for way in Way::all().filter(|way| !matches!(way, Way::To(_))) {
            let nats = self.engine.nats.port();
            let to = if matches!(way, Way::ToNats(_)) { nats } else { self.engine.postgres.port() };
            self.proxies.insert(way, Proxy::start(to).await);
        }
        for part in Part::ALL {
            let process = self.employ(part);
            if part.is_called() {
                let (_, port) = process.url.rsplit_once(':').unwrap();
                self.proxies.insert(Way::To(part), Proxy::start(port.parse().unwrap()).await);
            }
            self.staff.insert(part, Worker { process, standing: Standing::Works });
        }
        let deadline = Instant::now() + READY_WITHIN;
        while !self.is_ready().await {
            assert!(Instant::now() < deadline, "everything was never ready");
            self.raise_those_that_ended();
            tokio::time::sleep(POLL).await;
        }
    }

    fn employ(&self, part: Part) -> RoleProcess {
        let Engine { postgres, nats, .. } = &self.engine;
        let database = self.through(Way::ToPostgres(part), &self.engine.database_url(), postgres.port());
        let user = if part.role() == "relay" { self.engine.relay_url() } else { self.engine.engine_url() };
        let stream = self.through(Way::ToNats(part), &user, nats.port());
        let variables = [("DATABASE_URL", &*database), ("NATS_URL", &*stream), ("LOG_LEVEL", "info")];
        self.engine.unready_role(&[part.role()], &variables)
    }

    /// The URL by way of a proxy, if one stands there.
    fn through(&self, way: Way, url: &str, port: u16) -> String {
        let Some(proxy) = self.proxies.get(&way) else { return url.to_owned() };
        url.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{}", proxy.port))
    }

    /// Where customers find a part.
    pub fn url(&self, part: Part) -> String {
        format!("http://127.0.0.1:{}", self.proxies[&Way::To(part)].port)
    }

    /// Someone who is connected without a proxy.
    pub fn owner(&self, part: Part) -> Caller {
        self.staff[&part].process.as_user(Role::Owner, Uuid::new_v4())
    }

    /// Every process says that it can do its work.
    pub async fn is_ready(&self) -> bool {
        for worker in self.staff.values() {
            if worker.standing != Standing::Works || !worker.process.is_ready().await {
                return false;
            }
        }
        true
    }

    /// Who does not say so.
    pub async fn unready(&self) -> Vec<Part> {
        let mut unready = vec![];
        for (part, worker) in &self.staff {
            if !worker.process.is_ready().await {
                unready.push(*part);
            }
        }
        unready
    }

    /// Starts what has ended by itself, as a role does that cannot reach Postgres when it starts.
    pub fn raise_those_that_ended(&mut self) {
        for worker in self.staff.values_mut() {
            if worker.standing == Standing::Works && worker.process.has_ended() {
                worker.process.start();
            }
        }
    }

    /// Why the disk cannot be filled, if it cannot.
    pub fn disk_is_absent(&self) -> Option<&str> {
        self.disk.as_ref().err().map(String::as_str)
    }

    /// Schedules flights that a closure describes, and answers their ids.
    pub async fn schedule(&self, flights: impl Iterator<Item = serde_json::Value>) -> Vec<String> {
        let (owner, mut ids) = (self.owner(Part::FirstCommandApi), vec![]);
        for flight in flights {
            let answer = owner.post("/api/v1/flights", flight).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
            ids.push(answer.text("flight_id").to_owned());
        }
        ids
    }

    /// Keeps what the processes have said.
    pub fn keep_logs(&self, folder: &std::path::Path) {
        for (path, text) in self.engine.logs() {
            fs::write(folder.join(path.file_name().unwrap()), text).unwrap();
        }
    }
}

/// Postgres leaves the disk before that goes.
impl Drop for Company {
    fn drop(&mut self) {
        drop(self.engine.postgres.kill());
    }
}

async fn make_database_on(disk: &Disk, engine: &Engine) {
    let owner = booking::database::owner(&engine.postgres.url("postgres")).await.unwrap();
    let place = disk.path.display();
    owner.execute(&*format!("create tablespace {TABLESPACE} location '{place}'")).await.unwrap();
    owner.execute(&*format!("create database booking tablespace {TABLESPACE}")).await.unwrap();
    owner.close().await;
}
