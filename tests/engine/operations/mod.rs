//! What those who run the engine rely on.

mod edge;
mod metrics;
mod migrations;
mod scripts;
mod seeding;
mod unknown;
