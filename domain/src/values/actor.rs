//! Who asks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who gave a command, as events remember it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// In which role.
    pub kind: ActorKind,
    /// The account; nil for the engine itself.
    pub id: Uuid,
}

/// The role in which a command was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person who books, for themselves.
    Customer,
    /// Someone of the business: provider, manager, owner.
    Staff,
    /// The engine: timers, imports, reactors.
    System,
}

impl Actor {
    /// The engine itself.
    pub const SYSTEM: Self = Self { kind: ActorKind::System, id: Uuid::nil() };
}
