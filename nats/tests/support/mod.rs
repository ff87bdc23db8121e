//! Servers that live as long as a test.
//!
//! `NATS_SERVER` names another nats-server than the one on the `PATH`, to test with several versions.

#![allow(dead_code, reason = "each test file uses another part")]
#![allow(clippy::allow_attributes, reason = "an expectation would not be met in every file")]

pub mod place;
pub mod postgres;

use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use booking_domain::values::TenantId;
use booking_nats::config::{Place, Secret, ServerConfig};
use booking_nats::{Connection, connect, durable_name};
use tempfile::TempDir;
use uuid::Uuid;

pub const EPOCH: i32 = 1;
pub const RELAY_PASSWORD: &str = "relay-relay-relay";
pub const ENGINE_PASSWORD: &str = "engine-engine-engine";

const READY_WITHIN: Duration = Duration::from_secs(10);

/// A nats-server with the configuration for development; stopped when dropped.
pub struct NatsServer {
    directory: TempDir,
    port: u16,
    tenants: Vec<TenantId>,
    child: Option<Child>,
}

pub fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

pub fn tenant_password(tenant_id: TenantId) -> String {
    format!("password-of-{tenant_id}")
}

impl NatsServer {
    pub fn start(tenants: &[TenantId]) -> Self {
        let directory = TempDir::new().unwrap();
        let mut server = Self { directory, port: free_port(), tenants: tenants.to_vec(), child: None };
        server.resume();
        server
    }

    /// Starts the server again, on the same port and files.
    pub fn resume(&mut self) {
        let path = self.directory.path().join("nats.conf");
        fs::write(&path, self.config().text()).unwrap();
        self.child = Some(spawn(&path, &self.directory.path().join("nats.log")));
        wait_until_ready(self.port, &self.directory.path().join("nats.log"));
    }

    pub fn config(&self) -> ServerConfig {
        let secret = |text: &str| Secret::new(text).unwrap();
        ServerConfig {
            epoch: EPOCH,
            place: Some(Place { port: self.port, store_dir: self.store() }),
            relay_password: secret(RELAY_PASSWORD),
            engine_password: secret(ENGINE_PASSWORD),
            tenants: self.tenants.iter().map(|id| (*id, secret(&tenant_password(*id)))).collect(),
        }
    }

    /// Tells the running server of one more tenant.
    pub fn admit(&mut self, tenant_id: TenantId) {
        self.tenants.push(tenant_id);
        fs::write(self.directory.path().join("nats.conf"), self.config().text()).unwrap();
        self.signal("HUP");
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// `STOP` and `CONT` make it silent without closing a connection.
    pub fn signal(&self, name: &str) {
        let id = self.child.as_ref().expect("runs").id().to_string();
        assert!(Command::new("kill").args([format!("-{name}"), id]).status().unwrap().success());
    }

    /// Loses everything, as after a power cut. Only while stopped.
    pub fn wipe(&self) {
        fs::remove_dir_all(self.store()).unwrap();
    }

    /// Keeps a copy of everything. Only while stopped.
    pub fn back_up(&self) {
        copy(&self.store(), &self.directory.path().join("copy"));
    }

    /// Goes back to the copy. Only while stopped.
    pub fn roll_back(&self) {
        self.wipe();
        copy(&self.directory.path().join("copy"), &self.store());
    }

    pub fn url(&self, user: &str, password: &str) -> String {
        format!("nats://{user}:{password}@127.0.0.1:{}", self.port)
    }

    pub async fn relay(&self) -> Connection {
        connect(&self.url("relay", RELAY_PASSWORD), "test").await.unwrap()
    }

    pub async fn engine(&self) -> Connection {
        connect(&self.url("engine", ENGINE_PASSWORD), "test").await.unwrap()
    }

    /// A bare client, to do what our own code never does.
    /// Tries again while the server still reads its configuration.
    pub async fn client(&self, user: &str, password: &str) -> async_nats::Client {
        for _try in 0..50 {
            let options = async_nats::ConnectOptions::new().custom_inbox_prefix(format!("_INBOX_{user}"));
            let options = options.user_and_password(user.to_owned(), password.to_owned());
            let options = options.request_timeout(Some(Duration::from_secs(2)));
            if let Ok(client) = options.connect(format!("127.0.0.1:{}", self.port)).await {
                return client;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not let {user} in");
    }

    pub async fn relay_client(&self) -> async_nats::Client {
        self.client("relay", RELAY_PASSWORD).await
    }

    pub async fn engine_client(&self) -> async_nats::Client {
        self.client("engine", ENGINE_PASSWORD).await
    }

    pub async fn tenant_client(&self, tenant_id: TenantId) -> async_nats::Client {
        self.client(&durable_name(tenant_id), &tenant_password(tenant_id)).await
    }

    fn store(&self) -> PathBuf {
        self.directory.path().join("jetstream")
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(config: &Path, log: &Path) -> Child {
    let program = std::env::var("NATS_SERVER").unwrap_or_else(|_unset| "nats-server".to_owned());
    let log = fs::File::create(log).unwrap();
    Command::new(&program)
        .arg("--config")
        .arg(config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap_or_else(|why| panic!("{program}: {why}: install nats-server, or set NATS_SERVER"))
}

/// A ready server speaks first.
fn wait_until_ready(port: u16, log: &Path) {
    let give_up_at = Instant::now() + READY_WITHIN;
    loop {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port))
            && matches!(stream.read(&mut [0; 4]), Ok(4))
        {
            return;
        }
        assert!(Instant::now() < give_up_at, "nats-server: {}", fs::read_to_string(log).unwrap());
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
