//! Settings from the environment: each named once, with its default. All that is wrong is said at once.

use booking_http::{Clock, Tokens};
use booking_journal::{ChainKey, ChainPublicKey, FAMILIES_MAX, MasterKey};

use crate::exit::Failure;

/// Fewest bytes of a JWT_SECRET in development.
const SECRET_BYTES_MIN: usize = 32;

/// Fewest characters of a JWT_SECRET in production.
const PRODUCTION_SECRET_CHARS_MIN: usize = 64;

/// The setting that makes a process one of development: BOOKING_ENV (alias NODE_ENV) = `development`.
/// Default: production, but for `booking dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Weaker secrets and a shifted clock are allowed.
    Development,
    /// Everything else.
    Production,
}

/// What roles and tools are told by their environment.
#[derive(Debug, Clone)]
pub struct Settings {
    pub profile: Profile,
    /// DATABASE_URL. Required.
    pub database_url: String,
    /// NATS_URL, with the credentials of the role. Required by relay, projections and reactors.
    pub nats_url: Option<String>,
    /// NATS_RELAY_URL: the relay's user, who may delete the stream, for `doctor --mend`. Default: NATS_URL.
    pub nats_relay_url: Option<String>,
    /// PORT. Default 8080; 0 = any free one.
    pub port: u16,
    /// JWT_SECRET (alias JWT_SECRET_KEY). Required by the faces and by `token`.
    pub jwt_secret: Option<String>,
    /// MASTER_KEY, 32 bytes in base64. Required by the faces.
    pub master_key: Option<MasterKey>,
    /// CHAIN_KEY, 32 bytes in base64: the relay signs heads of the hash chain with it.
    pub chain_key: Option<ChainKey>,
    /// CHAIN_PUBLIC_KEY, for `verify`. Default: that of CHAIN_KEY.
    pub chain_public_key: Option<ChainPublicKey>,
    /// DATABASE_POOL_MAX: connections of each pool; a writer has one more. Default 8.
    pub pool_max: u32,
    /// WORLD_FAMILIES_MAX: departures, bookings and tenants kept in memory by a process that writes. Default 60,000.
    pub families_max: usize,
    /// AUTO_MIGRATE: whether a role brings the schema up to date when it starts. Default false.
    pub auto_migrate: bool,
    /// CLOCK_AHEAD_MINUTES: shifts the clock, in development only. Default 0.
    pub clock: Clock,
}

impl Settings {
    /// Reads the environment through `variable`.
    ///
    /// # Errors
    /// Everything that is wrong, one line each.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let mut reading = Reading { variable, wrong: vec![] };
        let profile = reading.profile();
        let chain_key = reading.key("CHAIN_KEY", ChainKey::from_base64);
        let chain_public_key = reading.key("CHAIN_PUBLIC_KEY", ChainPublicKey::from_base64);
        let settings = Self {
            profile,
            database_url: reading.required("DATABASE_URL"),
            nats_url: reading.text(&["NATS_URL"]),
            nats_relay_url: reading.text(&["NATS_RELAY_URL", "NATS_URL"]),
            port: reading.number("PORT", 8_080),
            jwt_secret: reading.jwt_secret(profile),
            master_key: reading.key("MASTER_KEY", MasterKey::from_base64),
            chain_public_key: chain_public_key.or_else(|| chain_key.as_ref().map(ChainKey::public)),
            chain_key,
            pool_max: reading.number("DATABASE_POOL_MAX", 8),
            families_max: reading.number("WORLD_FAMILIES_MAX", FAMILIES_MAX),
            auto_migrate: reading.text(&["AUTO_MIGRATE"]).is_some_and(|word| word == "true" || word == "1"),
            clock: reading.clock(profile),
        };
        if reading.wrong.is_empty() { Ok(settings) } else { Err(Failure::Usage(reading.wrong.join("\n"))) }
    }

    /// The tokens of this installation.
    ///
    /// # Errors
    /// When JWT_SECRET is not set, or too weak.
    pub fn tokens(&self) -> Result<Tokens, Failure> {
        let secret = self.jwt_secret.as_ref().ok_or_else(|| missing("JWT_SECRET"))?;
        Tokens::new(secret.as_bytes()).map_err(|weak| Failure::Usage(format!("JWT_SECRET: {weak}")))
    }

    /// The master key of this installation.
    ///
    /// # Errors
    /// When MASTER_KEY is not set.
    pub fn master_key(&self) -> Result<MasterKey, Failure> {
        self.master_key.clone().ok_or_else(|| missing("MASTER_KEY"))
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

struct Reading<V> {
    variable: V,
    wrong: Vec<String>,
}

impl<V: Fn(&str) -> Option<String>> Reading<V> {
    /// The first of the names that is set to something.
    fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().filter_map(|name| (self.variable)(name)).find(|value| !value.trim().is_empty())
    }

    fn required(&mut self, name: &str) -> String {
        let value = self.text(&[name]);
        if value.is_none() {
            self.wrong.push(format!("{name} is not set"));
        }
        value.unwrap_or_default()
    }

    fn number<N: std::str::FromStr>(&mut self, name: &str, default: N) -> N {
        match self.text(&[name]).map(|value| value.parse()) {
            None => default,
            Some(Ok(number)) => number,
            Some(Err(_)) => {
                self.wrong.push(format!("{name} is not a number that fits"));
                default
            }
        }
    }

    fn profile(&mut self) -> Profile {
        match self.text(&["BOOKING_ENV", "NODE_ENV"]).as_deref() {
            Some("development") => Profile::Development,
            Some("production") | None => Profile::Production,
            Some(_) => {
                self.wrong.push("BOOKING_ENV is neither development nor production".to_owned());
                Profile::Production
            }
        }
    }

    fn jwt_secret(&mut self, profile: Profile) -> Option<String> {
        let secret = self.text(&["JWT_SECRET", "JWT_SECRET_KEY"])?;
        let weak = match profile {
            Profile::Development => secret.len() < SECRET_BYTES_MIN,
            Profile::Production => secret.chars().count() < PRODUCTION_SECRET_CHARS_MIN,
        };
        if weak {
            self.wrong.push(format!(
                "JWT_SECRET is too short: {SECRET_BYTES_MIN} bytes in development, \
                 {PRODUCTION_SECRET_CHARS_MIN} characters in production"
            ));
        }
        Some(secret)
    }

    fn key<K, E: std::fmt::Display>(&mut self, name: &str, read: impl Fn(&str) -> Result<K, E>) -> Option<K> {
        match read(&self.text(&[name])?) {
            Ok(key) => Some(key),
            Err(wrong) => {
                self.wrong.push(format!("{name}: {wrong}"));
                None
            }
        }
    }

    fn clock(&mut self, profile: Profile) -> Clock {
        let minutes = self.number("CLOCK_AHEAD_MINUTES", 0);
        if minutes != 0 && profile == Profile::Production {
            self.wrong.push("CLOCK_AHEAD_MINUTES is for development only".to_owned());
        }
        Clock::ahead_by_minutes(minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Failure> {
        let find = |name: &str| variables.iter().find(|(one, _)| *one == name);
        Settings::read(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let wrong = read(&[
            ("PORT", "http"),
            ("JWT_SECRET", "short"),
            ("MASTER_KEY", "short"),
            ("CHAIN_KEY", "short"),
            ("CHAIN_PUBLIC_KEY", "short"),
            ("CLOCK_AHEAD_MINUTES", "5"),
        ]);
        let text = wrong.unwrap_err().to_string();
        let names = ["DATABASE_URL", "PORT", "JWT_SECRET", "MASTER_KEY", "CLOCK_AHEAD_MINUTES"];
        for name in names.into_iter().chain(["CHAIN_KEY", "CHAIN_PUBLIC_KEY"]) {
            assert!(text.contains(name), "{name} in {text}");
        }
        assert_eq!(text.lines().count(), 7);
    }

    #[test]
    fn a_secret_good_enough_for_development_is_not_for_production() {
        let secret = "0123456789012345678901234567890123456789";
        let of = |profile| {
            read(&[("DATABASE_URL", "postgres://"), ("BOOKING_ENV", profile), ("JWT_SECRET", secret)])
        };
        assert!(of("development").is_ok());
        assert!(of("production").is_err());
    }

    #[test]
    fn no_secret_shows_in_the_text_of_an_error() {
        let names = ["JWT_SECRET", "MASTER_KEY", "CHAIN_KEY"];
        let wrong = read(&names.map(|name| (name, "tell-nobody"))).unwrap_err();
        assert!(!wrong.to_string().contains("tell-nobody"));
    }
}
