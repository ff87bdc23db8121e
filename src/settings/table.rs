//! Every setting that there is: its names, its default, who needs it, and what it means. `Settings` reads by these
//! rows, and `.env.example` and docs/settings.md are made of them, so nothing is said twice.
//!
//! A new setting is a constant here, its name in [`SECTIONS`], and a line in `Settings::read`.

use super::Asker;

/// One variable of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    /// Names of other systems that count, too, when its own is not set.
    pub aliases: &'static [&'static str],
    pub default: Fallback,
    /// Who does not start without it.
    pub required_by: &'static [Asker],
    /// Who reads it.
    pub of: &'static str,
    /// One sentence.
    pub means: &'static str,
}

/// What counts when a variable is not set, or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// This text, as if it had been set.
    Value(&'static str),
    /// Something that is said in words.
    Told(&'static str),
    /// Nothing: then it does not apply, or is required.
    Nothing,
}

impl Setting {
    /// The text that counts when it is not set; empty when there is none.
    pub const fn default_text(&self) -> &'static str {
        match self.default {
            Fallback::Value(text) => text,
            Fallback::Told(_) | Fallback::Nothing => "",
        }
    }
}

/// All of them, in the order in which they are shown.
pub const SECTIONS: &[(&str, &[&Setting])] = &[
    ("Where things are", &[&DATABASE_URL, &NATS_URL, &NATS_RELAY_URL, &PORT]),
    ("Secrets", &[&JWT_SECRET, &MASTER_KEY, &MASTER_KEY_OLD, &CHAIN_KEY, &CHAIN_PUBLIC_KEY]),
    ("Sessions", &[&JWT_EXPIRATION_TIME, &REFRESH_JWT_EXPIRATION_TIME]),
    ("How it behaves", &[&BOOKING_ENV, &DEFAULT_TENANT, &AUTO_MIGRATE, &CLOCK_AHEAD_MINUTES]),
    ("Browsers and proxies", &[&CORS_ORIGINS, &CORS_ENABLED, &TRUSTED_PROXIES, &SWAGGER_ENABLED]),
    ("How much it takes", &[&DATABASE_POOL_MAX, &WORLD_FAMILIES_MAX]),
    ("Logs", &[&LOG_LEVEL, &LOG_FORMAT]),
    ("On a developer's machine", &[&DATA_DIR, &NATS_SERVER]),
];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|(_, settings)| settings.iter().copied())
}

const FACES: &[Asker] = &[Asker::CommandApi, Asker::QueryApi];

pub const DATABASE_URL: Setting = Setting {
    name: "DATABASE_URL",
    aliases: &[],
    default: Fallback::Told("of tools: that of the `booking dev` in DATA_DIR"),
    required_by: Asker::ALL,
    of: "all",
    means: "`postgres://…`; the login must be a member of the role's database role (command-api: of `booking_command` and `booking_identity`; reactors: of `booking_reactor` and `booking_command`), see migrations/README.md",
};

pub const NATS_URL: Setting = Setting {
    name: "NATS_URL",
    aliases: &[],
    default: Fallback::Nothing,
    required_by: &[Asker::Relay, Asker::Projections, Asker::Reactors, Asker::Doctor],
    of: "relay, projections, reactors, `doctor`",
    means: "`nats://user:password@host:port`; the relay's user for the relay, the engine's for all others",
};

pub const NATS_RELAY_URL: Setting = Setting {
    name: "NATS_RELAY_URL",
    aliases: &[],
    default: Fallback::Told("NATS_URL"),
    required_by: &[],
    of: "`doctor --mend`, `restore --nats`",
    means: "the relay's user, who alone may delete the stream",
};

pub const PORT: Setting = Setting {
    name: "PORT",
    aliases: &[],
    default: Fallback::Value("8080"),
    required_by: &[],
    of: "all roles, `dev`",
    means: "where a role serves; 0 takes any free port, and `dev` takes the next free one",
};

pub const JWT_SECRET: Setting = Setting {
    name: "JWT_SECRET",
    aliases: &["JWT_SECRET_KEY"],
    default: Fallback::Nothing,
    required_by: &[Asker::CommandApi, Asker::QueryApi, Asker::Token],
    of: "the faces, `token`",
    means: "signs access tokens; at least 64 characters in production and none of the well-known examples, 32 bytes in development (`openssl rand -base64 48`)",
};

pub const MASTER_KEY: Setting = Setting {
    name: "MASTER_KEY",
    aliases: &[],
    default: Fallback::Nothing,
    required_by: FACES,
    of: "the faces, `rekey`",
    means: "wraps the keys of personal data; 32 bytes in base64 (`openssl rand -base64 32`), in no backup of the engine's, and lost with it is all personal data",
};

pub const MASTER_KEY_OLD: Setting = Setting {
    name: "MASTER_KEY_OLD",
    aliases: &[],
    default: Fallback::Nothing,
    required_by: &[],
    of: "`rekey`",
    means: "the MASTER_KEY of before, while `booking rekey` wraps all keys under the new one; nobody needs it afterwards",
};

pub const CHAIN_KEY: Setting = Setting {
    name: "CHAIN_KEY",
    aliases: &[],
    default: Fallback::Nothing,
    required_by: &[],
    of: "relay",
    means: "signs heads of the hash chain; 32 bytes in base64, and the relay logs the public key when it starts",
};

pub const CHAIN_PUBLIC_KEY: Setting = Setting {
    name: "CHAIN_PUBLIC_KEY",
    aliases: &[],
    default: Fallback::Told("that of CHAIN_KEY"),
    required_by: &[],
    of: "`verify`",
    means: "with it `verify` checks the signatures, and misses them when the chain has rows and none of its heads is signed",
};

pub const JWT_EXPIRATION_TIME: Setting = Setting {
    name: "JWT_EXPIRATION_TIME",
    aliases: &["JWT_EXPIRY"],
    default: Fallback::Value("15m"),
    required_by: &[],
    of: "command-api",
    means: "life of an access token: seconds, or a number with `s`, `m`, `h` or `d`; 24 hours at most",
};

pub const REFRESH_JWT_EXPIRATION_TIME: Setting = Setting {
    name: "REFRESH_JWT_EXPIRATION_TIME",
    aliases: &[],
    default: Fallback::Value("7d"),
    required_by: &[],
    of: "command-api",
    means: "life of a refresh token, anew with each use; 90 days at most",
};

pub const DEFAULT_TENANT: Setting = Setting {
    name: "DEFAULT_TENANT",
    aliases: &[],
    default: Fallback::Told("none; `acme` in `booking dev`"),
    required_by: &[],
    of: "command-api",
    means: "subdomain of the business that is meant where a registration or log-in names none",
};

pub const BOOKING_ENV: Setting = Setting {
    name: "BOOKING_ENV",
    aliases: &["NODE_ENV"],
    default: Fallback::Value("production"),
    required_by: &[],
    of: "all",
    means: "`development` allows shorter secrets, a shifted clock and every origin; `booking dev` is always development",
};

pub const AUTO_MIGRATE: Setting = Setting {
    name: "AUTO_MIGRATE",
    aliases: &[],
    default: Fallback::Value("false"),
    required_by: &[],
    of: "all roles",
    means: "`true` lets a role bring the schema up to date when it starts; its login must own the schema then",
};

pub const CLOCK_AHEAD_MINUTES: Setting = Setting {
    name: "CLOCK_AHEAD_MINUTES",
    aliases: &[],
    default: Fallback::Value("0"),
    required_by: &[],
    of: "the faces, reactors",
    means: "shifts the clock, in development only; `dev` has `--clock-ahead-minutes`",
};

pub const CORS_ORIGINS: Setting = Setting {
    name: "CORS_ORIGINS",
    aliases: &["WS_CORS_ORIGIN"],
    default: Fallback::Told("none in production, any in development"),
    required_by: &[],
    of: "the faces",
    means: "origins such as `https://app.example.com`, separated by commas, whose pages may call from a browser; in development all may",
};

pub const CORS_ENABLED: Setting = Setting {
    name: "CORS_ENABLED",
    aliases: &[],
    default: Fallback::Value("true"),
    required_by: &[],
    of: "the faces",
    means: "`false` lets no page of another origin call, whatever CORS_ORIGINS says",
};

pub const SWAGGER_ENABLED: Setting = Setting {
    name: "SWAGGER_ENABLED",
    aliases: &[],
    default: Fallback::Told("true in development, false in production"),
    required_by: &[],
    of: "the faces",
    means: "whether `/api/docs` shows the endpoints as a page; `/openapi.json` is there either way",
};

pub const TRUSTED_PROXIES: Setting = Setting {
    name: "TRUSTED_PROXIES",
    aliases: &[],
    default: Fallback::Told("none"),
    required_by: &[],
    of: "all roles",
    means: "addresses and networks such as `10.0.0.0/8`, separated by commas, whose X-Forwarded-Proto is believed: in production `http` is redirected to https, and answers over `https` carry HSTS",
};

pub const DATABASE_POOL_MAX: Setting = Setting {
    name: "DATABASE_POOL_MAX",
    aliases: &[],
    default: Fallback::Value("8"),
    required_by: &[],
    of: "the faces, `seed`",
    means: "connections to Postgres; a command-api has one more, which appends",
};

pub const WORLD_FAMILIES_MAX: Setting = Setting {
    name: "WORLD_FAMILIES_MAX",
    aliases: &[],
    default: Fallback::Value("60000"),
    required_by: &[],
    of: "command-api, reactors, `seed`",
    means: "departures, bookings and businesses that a process which writes keeps in memory",
};

pub const LOG_LEVEL: Setting = Setting {
    name: "LOG_LEVEL",
    aliases: &[],
    default: Fallback::Told("`info`; of tools `warn`"),
    required_by: &[],
    of: "all",
    means: "`error`, `warn`, `info`, `debug` or `trace` for our own messages, or a filter such as `booking_nats=debug`",
};

pub const LOG_FORMAT: Setting = Setting {
    name: "LOG_FORMAT",
    aliases: &[],
    default: Fallback::Told("of roles `json`; of `dev` and tools `text`"),
    required_by: &[],
    of: "all",
    means: "`json`, one object a line, or `text`; logs go to stderr",
};

pub const DATA_DIR: Setting = Setting {
    name: "DATA_DIR",
    aliases: &[],
    default: Fallback::Value(".data"),
    required_by: &[],
    of: "`dev`, tools",
    means: "folder of a `booking dev`: its servers, their data and its secrets",
};

pub const NATS_SERVER: Setting = Setting {
    name: "NATS_SERVER",
    aliases: &[],
    default: Fallback::Told("looked for"),
    required_by: &[],
    of: "`dev`, tests",
    means: "path of the nats-server to start",
};
