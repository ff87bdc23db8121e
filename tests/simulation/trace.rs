//! What happened, as a hash, and in words for whoever asks.

use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Default)]
pub struct Trace {
    hasher: DefaultHasher,
    /// Only when somebody is to read it.
    lines: Option<Vec<String>>,
}

impl Trace {
    pub fn in_words() -> Self {
        Self { lines: Some(vec![]), ..Self::default() }
    }

    pub fn note(&mut self, what: &impl Hash) {
        what.hash(&mut self.hasher);
    }

    pub fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(words());
        }
    }

    /// The same for the same run, whatever the process.
    pub fn hash(&self) -> u64 {
        self.hasher.finish()
    }

    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}
