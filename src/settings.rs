//! Settings from the environment: each stands once in [`table`], with its default. All that is wrong or missing is
//! said at once.

mod pages;
mod reading;
pub mod table;

use booking_http::{Clock, Edge, Tokens};
use booking_journal::{ChainKey, ChainPublicKey, MasterKey};
use chrono::TimeDelta;

use crate::contract::Docs;
use crate::exit::Failure;
pub use pages::{env_example, page};
use reading::Reading;
use table::{
    AUTO_MIGRATE, CHAIN_KEY, CHAIN_PUBLIC_KEY, DATABASE_POOL_MAX, DATABASE_URL, DEFAULT_TENANT,
    JWT_EXPIRATION_TIME, MASTER_KEY, MASTER_KEY_OLD, NATS_RELAY_URL, NATS_URL, PORT,
    REFRESH_JWT_EXPIRATION_TIME, WORLD_FAMILIES_MAX,
};

/// Longest lives that can be set: whoever finds a token has it for so long.
const ACCESS_LIFE_MAX: TimeDelta = TimeDelta::hours(24);
const REFRESH_LIFE_MAX: TimeDelta = TimeDelta::days(90);

/// Who asks for settings: each needs others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    CommandApi,
    QueryApi,
    Relay,
    Projections,
    Reactors,
    /// `booking token`.
    Token,
    /// `booking doctor`.
    Doctor,
    /// Every other tool: it needs a database.
    Tool,
    /// `booking dev`, which has what all roles need.
    Dev,
}

impl Asker {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::CommandApi,
        Self::QueryApi,
        Self::Relay,
        Self::Projections,
        Self::Reactors,
        Self::Token,
        Self::Doctor,
        Self::Tool,
        Self::Dev,
    ];

    /// Whether it is told everything by its environment.
    pub const fn is_role(self) -> bool {
        match self {
            Self::CommandApi | Self::QueryApi | Self::Relay | Self::Projections | Self::Reactors => true,
            Self::Token | Self::Doctor | Self::Tool | Self::Dev => false,
        }
    }
}

/// The setting that makes a process one of development: BOOKING_ENV = `development`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Weaker secrets, a shifted clock and every origin are allowed.
    Development,
    /// Everything else.
    Production,
}

/// What roles and tools are told by their environment. What each means stands in [`table`].
#[derive(Debug, Clone)]
pub struct Settings {
    pub profile: Profile,
    pub database_url: String,
    /// With the credentials of the role.
    pub nats_url: Option<String>,
    pub nats_relay_url: Option<String>,
    pub port: u16,
    pub jwt_secret: Option<String>,
    pub master_key: Option<MasterKey>,
    /// The one of before, for as long as keys are wrapped anew.
    pub master_key_old: Option<MasterKey>,
    pub chain_key: Option<ChainKey>,
    pub chain_public_key: Option<ChainPublicKey>,
    /// Connections of each pool; a writer has one more.
    pub pool_max: u32,
    /// Departures, bookings and tenants kept in memory by a process that writes.
    pub families_max: usize,
    pub auto_migrate: bool,
    /// Of an access token.
    pub access_life: TimeDelta,
    /// Of a refresh token, anew with each use.
    pub refresh_life: TimeDelta,
    /// Subdomain of the business that is meant where none is named.
    pub default_tenant: Option<String>,
    pub clock: Clock,
    /// Browsers and proxies.
    pub edge: Edge,
    pub docs: Docs,
}

impl Settings {
    /// Reads the environment through `variable`.
    ///
    /// # Errors
    /// Everything that is wrong, and all that the asker misses, one line each.
    pub fn read(asker: Asker, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let mut reading = Reading::new(asker, variable);
        let profile = reading.profile();
        let chain_key = reading.key(&CHAIN_KEY, ChainKey::from_base64);
        let chain_public_key = reading.key(&CHAIN_PUBLIC_KEY, ChainPublicKey::from_base64);
        let settings = Self {
            profile,
            database_url: reading.text(&DATABASE_URL).unwrap_or_default(),
            nats_url: reading.text(&NATS_URL),
            nats_relay_url: reading.text(&NATS_RELAY_URL).or_else(|| reading.text(&NATS_URL)),
            port: reading.number(&PORT),
            jwt_secret: reading.jwt_secret(profile),
            master_key: reading.key(&MASTER_KEY, MasterKey::from_base64),
            master_key_old: reading.key(&MASTER_KEY_OLD, MasterKey::from_base64),
            chain_public_key: chain_public_key.or_else(|| chain_key.as_ref().map(ChainKey::public)),
            chain_key,
            pool_max: reading.number(&DATABASE_POOL_MAX),
            families_max: reading.number(&WORLD_FAMILIES_MAX),
            auto_migrate: reading.switch(&AUTO_MIGRATE),
            access_life: reading.life(&JWT_EXPIRATION_TIME, ACCESS_LIFE_MAX),
            refresh_life: reading.life(&REFRESH_JWT_EXPIRATION_TIME, REFRESH_LIFE_MAX),
            default_tenant: reading.text(&DEFAULT_TENANT),
            clock: reading.clock(profile),
            edge: reading.edge(profile),
            docs: reading.docs(profile),
        };
        let complaints = reading.complaints();
        if complaints.is_empty() { Ok(settings) } else { Err(Failure::Usage(complaints.join("\n"))) }
    }

    /// The tokens of this installation. In production those that no log-in gave do not stand for long.
    ///
    /// # Errors
    /// When JWT_SECRET is not set, or too weak.
    pub fn tokens(&self) -> Result<Tokens, Failure> {
        let secret = self.jwt_secret.as_ref().ok_or_else(|| missing("JWT_SECRET"))?;
        let tokens = Tokens::new(secret.as_bytes());
        let tokens = tokens.map_err(|weak| Failure::Usage(format!("JWT_SECRET: {weak}")))?;
        Ok(match self.profile {
            Profile::Development => tokens,
            Profile::Production => tokens.for_production(),
        })
    }

    /// The master key of this installation.
    ///
    /// # Errors
    /// When MASTER_KEY is not set.
    pub fn master_key(&self) -> Result<MasterKey, Failure> {
        self.master_key.clone().ok_or_else(|| missing("MASTER_KEY"))
    }

    /// The master key of before.
    ///
    /// # Errors
    /// When MASTER_KEY_OLD is not set.
    pub fn master_key_old(&self) -> Result<MasterKey, Failure> {
        self.master_key_old.clone().ok_or_else(|| missing("MASTER_KEY_OLD"))
    }

    /// Where NATS is.
    ///
    /// # Errors
    /// When NATS_URL is not set.
    pub fn nats_url(&self) -> Result<&str, Failure> {
        self.nats_url.as_deref().ok_or_else(|| missing("NATS_URL"))
    }
}

fn missing(name: &str) -> Failure {
    Failure::Usage(format!("{name} is not set"))
}

#[cfg(test)]
mod tests;
