//! What is written about settings: `.env.example` and docs/settings.md, both made of the table.

use std::fmt::Write;

use super::table::{Fallback, SECTIONS, Setting};

const HEAD_OF_EXAMPLE: &str = "\
# Settings of the engine, as variables of its environment. Copy to .env, which `make start` reads, or hand them over
# as your supervisor does. What is commented out has the default shown. Made by `booking settings --env`; what each
# means stands in docs/settings.md, too.
";

const HEAD_OF_PAGE: &str = "\
# Settings

From the environment. Everything that is wrong or missing is said at once at the start, with exit code 2; an empty value counts as absent. `booking dev` needs none of them. This page is printed by `booking settings`, and [.env.example](../.env.example) by `booking settings --env`: both are made of `src/settings/table.rs`, and a test compares them.
";

const FOOT_OF_PAGE: &str = "
## How `booking dev` and tools read them
With DATABASE_URL or NATS_URL set, `booking dev` uses those servers instead of its own. JWT_SECRET, MASTER_KEY and CHAIN_KEY of the environment count in `booking dev`, too, before those of its folder. They are not written down there: give tools the same ones. Without a MASTER_KEY, a DATABASE_URL of your own gets the folder's key, whichever folder it is: personal data sealed there can be read with that `secrets.json` only, so keep the folder, or set a MASTER_KEY that stays with the database.

Without DATABASE_URL in the environment, tools use the servers and secrets of the `booking dev` in DATA_DIR. With NATS_URL in the environment the relay user that the folder remembers does not count.
";

/// The text of `.env.example`.
pub fn env_example() -> String {
    let mut text = HEAD_OF_EXAMPLE.to_owned();
    for (title, settings) in SECTIONS {
        let _ = write!(text, "\n# --- {title} ---\n");
        for setting in *settings {
            let _ = write!(
                text,
                "\n# {}\n# Read by {}{}\n{}\n",
                setting.means,
                setting.of,
                told(setting),
                assignment(setting)
            );
        }
    }
    text
}

/// Only what has to be set is not commented out.
fn assignment(setting: &Setting) -> String {
    let mark = if setting.required_by.is_empty() { "# " } else { "" };
    format!("{mark}{}={}", setting.name, setting.default_text())
}

/// A default that is no value.
fn told(setting: &Setting) -> String {
    match setting.default {
        Fallback::Told(words) => format!("; default: {words}"),
        Fallback::Value(_) | Fallback::Nothing => String::new(),
    }
}

/// The text of docs/settings.md.
pub fn page() -> String {
    let mut text = HEAD_OF_PAGE.to_owned();
    for (title, settings) in SECTIONS {
        let _ = write!(text, "\n## {title}\n| variable | default | read by | means |\n|---|---|---|---|\n");
        for setting in *settings {
            let Setting { of, means, .. } = setting;
            let _ = writeln!(text, "| {} | {} | {of} | {means} |", names(setting), default(setting));
        }
    }
    text + FOOT_OF_PAGE
}

fn names(setting: &Setting) -> String {
    let aliases: Vec<String> = setting.aliases.iter().map(|alias| format!("`{alias}`")).collect();
    let own = format!("`{}`", setting.name);
    if aliases.is_empty() { own } else { format!("{own} ({})", aliases.join(", ")) }
}

fn default(setting: &Setting) -> String {
    let default = match setting.default {
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Told(words) => words.to_owned(),
        Fallback::Nothing => String::new(),
    };
    match (setting.required_by.is_empty(), default.is_empty()) {
        (true, true) => "none".to_owned(),
        (true, false) => default,
        (false, true) => "required".to_owned(),
        (false, false) => format!("required; {default}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// `booking settings > docs/settings.md` and `booking settings --env > .env.example` put them right.
    #[test]
    fn the_committed_pages_are_those_of_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (file, text) in [(".env.example", super::env_example()), ("docs/settings.md", super::page())] {
            assert_eq!(fs::read_to_string(root.join(file)).unwrap_or_default(), text, "{file}");
        }
    }
}
