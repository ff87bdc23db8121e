//! A business that sells through the engine.
//!
//! ```text
//!           Register             Approve
//!  Absent -----------> Pending -----------> Active
//! ```

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;
mod settings;

pub use aggregate::{Tenant, TenantCommand, TenantRefusal};
pub use event::{Business, TenantEvent};
pub use settings::{CancelCutoff, Settings};
