use std::cell::RefCell;
use std::collections::BTreeSet;

use booking_http::Origins;
use booking_journal::FAMILIES_MAX;

use super::*;
use table::Fallback;

fn read_as(asker: Asker, variables: &[(&str, &str)]) -> Result<Settings, Failure> {
    let find = |name: &str| variables.iter().find(|(one, _)| *one == name);
    Settings::read(asker, |name| find(name).map(|(_, value)| (*value).to_owned()))
}

/// A tool's, with a database.
fn read(variables: &[(&str, &str)]) -> Result<Settings, Failure> {
    read_as(Asker::Tool, &[&[("DATABASE_URL", "postgres://")], variables].concat())
}

#[test]
fn everything_wrong_is_said_at_once() {
    let variables = [
        ("PORT", "http"),
        ("JWT_SECRET", "short"),
        ("MASTER_KEY", "short"),
        ("CHAIN_KEY", "short"),
        ("CHAIN_PUBLIC_KEY", "short"),
        ("CLOCK_AHEAD_MINUTES", "5"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ENABLED", "perhaps"),
        ("TRUSTED_PROXIES", "everybody"),
    ];
    let text = read_as(Asker::CommandApi, &variables).unwrap_err().to_string();
    for name in variables.map(|(name, _)| name).into_iter().chain(["DATABASE_URL"]) {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert_eq!(text.lines().count(), 10);
}

#[test]
fn everything_missing_is_said_at_once_and_only_to_whom_it_matters() {
    let missing = |asker| match read_as(asker, &[]) {
        Ok(_) => vec![],
        Err(failure) => failure.to_string().lines().map(ToOwned::to_owned).collect::<Vec<_>>(),
    };
    let of = |names: &[&str]| names.iter().map(|name| format!("{name} is not set")).collect::<Vec<_>>();
    assert_eq!(missing(Asker::CommandApi), of(&["DATABASE_URL", "JWT_SECRET", "MASTER_KEY"]));
    assert_eq!(missing(Asker::QueryApi), missing(Asker::CommandApi));
    assert_eq!(missing(Asker::Relay), of(&["DATABASE_URL", "NATS_URL"]));
    assert_eq!(missing(Asker::Token), of(&["DATABASE_URL", "JWT_SECRET"]));
    assert_eq!(missing(Asker::Tool), of(&["DATABASE_URL"]));
}

#[test]
fn a_secret_good_enough_for_development_is_not_for_production() {
    let secret = "0123456789012345678901234567890123456789";
    let of = |profile| read(&[("BOOKING_ENV", profile), ("JWT_SECRET", secret)]);
    assert!(of("development").is_ok());
    assert!(of("production").is_err());
}

#[test]
fn the_secrets_of_well_known_examples_are_refused_by_name_in_production() {
    let example = "your-super-secret-jwt-key-change-in-production";
    let longer = format!("{example}-{example}");
    let refused = read(&[("JWT_SECRET", &longer)]).unwrap_err().to_string();
    assert!(refused.contains(example) && refused.lines().count() == 1, "{refused}");
    assert!(read(&[("JWT_SECRET", &longer), ("BOOKING_ENV", "development")]).is_ok());
    let by_chance = "Zx81".repeat(16);
    assert!(read(&[("JWT_SECRET", &by_chance)]).is_ok(), "one that is long and no example's");
}

#[test]
fn no_secret_shows_in_the_text_of_an_error() {
    let names = ["JWT_SECRET", "MASTER_KEY", "CHAIN_KEY"];
    let wrong = read(&names.map(|name| (name, "tell-nobody"))).unwrap_err();
    assert!(!wrong.to_string().contains("tell-nobody"));
}

#[test]
fn browsers_may_call_from_everywhere_in_development_and_from_named_origins_in_production() {
    let origins = |variables: &[(&str, &str)]| read(variables).unwrap().edge.origins;
    let named = Origins::named("https://app.example.com").unwrap();
    assert_eq!(origins(&[]), Origins::None);
    assert_eq!(origins(&[("BOOKING_ENV", "development")]), Origins::Any);
    for name in ["CORS_ORIGINS", "WS_CORS_ORIGIN"] {
        assert_eq!(origins(&[(name, "https://app.example.com")]), named);
    }
    let disabled = [("CORS_ENABLED", "false"), ("CORS_ORIGINS", "https://app.example.com")];
    assert_eq!(origins(&disabled), Origins::None);
}

#[test]
fn the_docs_page_is_shown_in_development_and_in_production_when_told_so() {
    for (profile, told, shown) in [
        ("development", "", Docs::Shown),
        ("development", "false", Docs::Hidden),
        ("production", "", Docs::Hidden),
        ("production", "true", Docs::Shown),
    ] {
        let read = read(&[("BOOKING_ENV", profile), ("SWAGGER_ENABLED", told)]).unwrap();
        assert_eq!(read.docs, shown, "{profile} {told}");
    }
    assert!(read(&[("SWAGGER_ENABLED", "perhaps")]).is_err());
}

#[test]
fn defaults_are_those_of_the_table() {
    let settings = read(&[]).unwrap();
    assert_eq!((settings.port, settings.pool_max), (8_080, 8));
    assert_eq!(settings.families_max, FAMILIES_MAX, "the journal's own default");
    assert_eq!((settings.profile, settings.auto_migrate), (Profile::Production, false));
}

/// Rows that `Settings::read` does not read: others do, before there are settings.
const READ_ELSEWHERE: [&str; 4] = ["LOG_LEVEL", "LOG_FORMAT", "DATA_DIR", "NATS_SERVER"];

#[test]
fn every_row_of_the_table_is_read_and_nothing_else() {
    let asked = RefCell::new(BTreeSet::new());
    let read = Settings::read(Asker::Dev, |name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    assert!(read.is_err());
    let mut asked = asked.into_inner();
    asked.extend(READ_ELSEWHERE.map(ToOwned::to_owned));
    let names =
        table::all().flat_map(|setting| std::iter::once(setting.name).chain(setting.aliases.iter().copied()));
    assert_eq!(asked, names.map(ToOwned::to_owned).collect());
}

#[test]
fn a_row_says_once_what_it_is() {
    let mut names = BTreeSet::new();
    for setting in table::all() {
        assert!(names.insert(setting.name), "{} stands there twice", setting.name);
        assert!(!setting.means.ends_with('.') && !setting.means.contains('|'), "{}", setting.name);
        assert!(setting.default != Fallback::Value(""), "{}", setting.name);
    }
}
