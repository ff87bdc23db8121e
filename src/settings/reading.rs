//! Reads variables one by one, and keeps what is wrong with them until all are read.

use std::fmt::Display;
use std::str::FromStr;

use booking_http::{Clock, Edge, Origins, Proxies};
use chrono::TimeDelta;

use super::table::{
    BOOKING_ENV, CLOCK_AHEAD_MINUTES, CORS_ENABLED, CORS_ORIGINS, JWT_SECRET, SWAGGER_ENABLED, Setting,
    TRUSTED_PROXIES,
};
use super::{Asker, Profile, table};
use crate::contract::Docs;
use crate::life;

/// Fewest bytes of a JWT_SECRET in development.
const SECRET_BYTES_MIN: usize = 32;

/// Fewest characters of a JWT_SECRET in production.
const PRODUCTION_SECRET_CHARS_MIN: usize = 64;

/// What the documents of well-known systems show as their secret; anyone can try them. A secret that is made longer
/// by them is no better.
const EXAMPLES: [&str; 4] = [
    "your-super-secret-jwt-key-change-in-production",
    "your-refresh-jwt-secret-key",
    "your-jwt-secret-key",
    "change-in-production",
];

/// Reads the environment for one who asks.
pub struct Reading<V> {
    asker: Asker,
    variable: V,
    wrong: Vec<String>,
}

impl<V: Fn(&str) -> Option<String>> Reading<V> {
    pub const fn new(asker: Asker, variable: V) -> Self {
        Self { asker, variable, wrong: vec![] }
    }

    /// Everything that was wrong, a line each, after a look at what is missing.
    pub fn complaints(mut self) -> Vec<String> {
        let asker = self.asker;
        let required = table::all().filter(|setting| setting.required_by.contains(&asker));
        let missing = required.filter(|setting| self.text(setting).is_none());
        let mut complaints: Vec<String> =
            missing.map(|setting| format!("{} is not set", setting.name)).collect();
        complaints.append(&mut self.wrong);
        complaints
    }

    /// What the first of its names says that is set to something.
    pub fn text(&self, setting: &Setting) -> Option<String> {
        let names = std::iter::once(setting.name).chain(setting.aliases.iter().copied());
        names.filter_map(&self.variable).find(|value| !value.trim().is_empty())
    }

    /// The same, or the default.
    fn text_or_default(&self, setting: &Setting) -> String {
        self.text(setting).unwrap_or_else(|| setting.default_text().to_owned())
    }

    /// A number with its default; 0 stands in for one that is wrong.
    pub fn number<N: FromStr + Default>(&mut self, setting: &Setting) -> N {
        let number = self.text_or_default(setting).parse();
        number.unwrap_or_else(|_| {
            self.wrong.push(format!("{} is not a number that fits", setting.name));
            N::default()
        })
    }

    pub fn switch(&mut self, setting: &Setting) -> bool {
        match self.text_or_default(setting).as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                self.wrong.push(format!("{} is neither true nor false", setting.name));
                false
            }
        }
    }

    /// A duration that is more than nothing and at most `most`; a second stands in for one that is wrong.
    pub fn life(&mut self, setting: &Setting, most: TimeDelta) -> TimeDelta {
        let life = life::read(&self.text_or_default(setting));
        life.filter(|life| TimeDelta::zero() < *life && *life <= most).unwrap_or_else(|| {
            self.wrong.push(format!("{} is no duration such as 15m or 7d, or too long", setting.name));
            TimeDelta::seconds(1)
        })
    }

    pub fn profile(&mut self) -> Profile {
        match self.text_or_default(&BOOKING_ENV).as_str() {
            "development" => Profile::Development,
            "production" => Profile::Production,
            _ => {
                self.wrong.push("BOOKING_ENV is neither development nor production".to_owned());
                Profile::Production
            }
        }
    }

    pub fn jwt_secret(&mut self, profile: Profile) -> Option<String> {
        let secret = self.text(&JWT_SECRET)?;
        let is_weak = match profile {
            Profile::Development => secret.len() < SECRET_BYTES_MIN,
            Profile::Production => secret.chars().count() < PRODUCTION_SECRET_CHARS_MIN,
        };
        if is_weak {
            self.wrong.push(format!(
                "JWT_SECRET is too short: {SECRET_BYTES_MIN} bytes in development, \
                 {PRODUCTION_SECRET_CHARS_MIN} characters in production"
            ));
        }
        let example = EXAMPLES.iter().find(|example| secret.to_ascii_lowercase().contains(*example));
        if let (Profile::Production, Some(example)) = (profile, example) {
            self.wrong
                .push(format!("JWT_SECRET holds the well-known example `{example}`: make one by chance"));
        }
        Some(secret)
    }

    pub fn key<K, E: Display>(
        &mut self,
        setting: &Setting,
        read: impl Fn(&str) -> Result<K, E>,
    ) -> Option<K> {
        match read(&self.text(setting)?) {
            Ok(key) => Some(key),
            Err(wrong) => {
                self.wrong.push(format!("{}: {wrong}", setting.name));
                None
            }
        }
    }

    pub fn clock(&mut self, profile: Profile) -> Clock {
        let minutes = self.number(&CLOCK_AHEAD_MINUTES);
        if minutes != 0 && profile == Profile::Production {
            self.wrong.push("CLOCK_AHEAD_MINUTES is for development only".to_owned());
        }
        Clock::ahead_by_minutes(minutes)
    }

    pub fn docs(&mut self, profile: Profile) -> Docs {
        let shown = match (self.text(&SWAGGER_ENABLED), profile) {
            (Some(_), _) => self.switch(&SWAGGER_ENABLED),
            (None, Profile::Development) => true,
            (None, Profile::Production) => false,
        };
        if shown { Docs::Shown } else { Docs::Hidden }
    }

    pub fn edge(&mut self, profile: Profile) -> Edge {
        let named = self.key(&CORS_ORIGINS, Origins::named).unwrap_or_default();
        let origins = match (self.switch(&CORS_ENABLED), profile) {
            (false, _) => Origins::None,
            (true, Profile::Development) => Origins::Any,
            (true, Profile::Production) => named,
        };
        let proxies = self.key(&TRUSTED_PROXIES, Proxies::named).unwrap_or_default();
        Edge { origins, proxies, https_only: profile == Profile::Production }
    }
}
