//! What those who run the engine rely on.

mod edge;
mod metrics;
mod migrations;
pub mod projections;
mod rekey;
mod scripts;
mod seeding;
mod unknown;
