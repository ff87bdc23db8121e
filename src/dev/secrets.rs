//! Secrets of development: made by chance at the first start, kept in the data folder.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use booking_journal::{CHAIN_KEY_BYTES, MASTER_KEY_BYTES};
use booking_nats::config::{ENGINE_USER, RELAY_USER, Secret, ServerConfig};
use rand::RngExt;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};

use super::tenants::DEMO;
use crate::exit::Failure;
use crate::settings::Settings;

const SECRETS: &str = "secrets.json";
const ENVIRONMENT: &str = "environment.json";
const PASSWORD_LETTERS: usize = 40;

/// Everything secret that development needs.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    pub jwt_secret: String,
    /// Base64.
    pub master_key: String,
    /// Base64. Folders of before have none, and get one.
    #[serde(default)]
    pub chain_key: String,
    nats_relay_password: String,
    nats_engine_password: String,
    /// Of the demo tenants' NATS users, in order.
    nats_tenant_passwords: Vec<String>,
}

/// What tools need to find a running `booking dev`, by the names of the environment.
#[derive(Serialize, Deserialize)]
struct Environment {
    database_url: String,
    nats_url: Option<String>,
    nats_relay_url: Option<String>,
}

impl Secrets {
    /// Those of the folder; new ones when it has none.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(data_dir: &Path) -> Result<Self, Failure> {
        let path = data_dir.join(SECRETS);
        if path.exists() {
            return Ok(Self::complete(&path)?);
        }
        fs::create_dir_all(data_dir)
            .with_context(|| format!("cannot make the folder {}", data_dir.display()))?;
        let secrets = Self::by_chance();
        write(&path, &secrets)?;
        Ok(secrets)
    }

    fn complete(path: &Path) -> anyhow::Result<Self> {
        let mut secrets: Self = read(path)?;
        if secrets.chain_key.is_empty() {
            secrets.chain_key = key::<CHAIN_KEY_BYTES>();
            write(path, &secrets)?;
        }
        Ok(secrets)
    }

    fn by_chance() -> Self {
        Self {
            jwt_secret: password() + &password(),
            master_key: key::<MASTER_KEY_BYTES>(),
            chain_key: key::<CHAIN_KEY_BYTES>(),
            nats_relay_password: password(),
            nats_engine_password: password(),
            nats_tenant_passwords: DEMO.iter().map(|_| password()).collect(),
        }
    }

    /// Writes down where the servers are, for tools.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn remember(&self, data_dir: &Path, settings: &Settings) -> Result<(), Failure> {
        let environment = Environment {
            database_url: settings.database_url.clone(),
            nats_url: settings.nats_url.clone(),
            nats_relay_url: settings.nats_relay_url.clone(),
        };
        Ok(write(&data_dir.join(ENVIRONMENT), &environment)?)
    }

    /// Whether a `booking dev` has been here.
    pub fn are_in(data_dir: &Path) -> bool {
        data_dir.join(ENVIRONMENT).exists()
    }

    /// A variable of the environment as a `booking dev` on this folder would set it.
    pub fn variable(data_dir: &Path, name: &str) -> Option<String> {
        let environment = || read::<Environment>(&data_dir.join(ENVIRONMENT)).ok();
        let secrets = || read::<Self>(&data_dir.join(SECRETS)).ok();
        match name {
            "DATABASE_URL" => environment().map(|environment| environment.database_url),
            "NATS_URL" => environment()?.nats_url,
            "NATS_RELAY_URL" => environment()?.nats_relay_url,
            "JWT_SECRET" => secrets().map(|secrets| secrets.jwt_secret),
            "MASTER_KEY" => secrets().map(|secrets| secrets.master_key),
            "CHAIN_KEY" => secrets().map(|secrets| secrets.chain_key),
            "BOOKING_ENV" => environment().map(|_| "development".to_owned()),
            _ => None,
        }
    }

    pub(super) fn nats_config(&self) -> ServerConfig {
        let secret = |text: &str| Secret::new(text).expect("passwords are made of letters and digits");
        ServerConfig {
            epoch: 1,
            place: None,
            relay_password: secret(&self.nats_relay_password),
            engine_password: secret(&self.nats_engine_password),
            tenants: DEMO
                .iter()
                .zip(&self.nats_tenant_passwords)
                .map(|(demo, text)| (demo.id(), secret(text)))
                .collect(),
        }
    }

    /// For the relay, and for all others.
    pub(super) fn nats_urls(&self, port: u16) -> (String, String) {
        let url = |user: &str, password: &str| format!("nats://{user}:{password}@127.0.0.1:{port}");
        (url(RELAY_USER, &self.nats_relay_password), url(ENGINE_USER, &self.nats_engine_password))
    }

    pub(super) fn nats_password_of(&self, demo: usize) -> &str {
        self.nats_tenant_passwords.get(demo).map_or("", String::as_str)
    }
}

/// Random bytes, in base64.
pub fn key<const BYTES: usize>() -> String {
    let bytes: [u8; BYTES] = rand::rng().random();
    STANDARD.encode(bytes)
}

fn password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(PASSWORD_LETTERS).map(char::from).collect()
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is garbled", path.display()))
}

/// Readable by the owner alone; whole or not at all, since a key that is lost cannot be made again.
fn write(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&new);
    let mut file = file.with_context(cannot)?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    file.sync_all().with_context(cannot)?;
    fs::rename(&new, path).with_context(cannot)
}
