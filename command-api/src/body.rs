//! The body of commands that say all by their address.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Nothing is to be said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}
