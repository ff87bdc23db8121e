//! The body of commands that say all by their address.

use serde::{Deserialize, Serialize};

/// Nothing is to be said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}
