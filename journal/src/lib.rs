//! The journal: the only way in and out of the schemas `journal` and `keys`.
//!
//! In through [`Journal::submit`], which decides a request on the world and stores its events; out through
//! [`Reader`], by position. What is absent: anything that edits or deletes an event, and any reader of `read`.

mod audit;
mod chain;
mod cqrs;
mod door;
mod lease;
mod reader;
mod recorded;
mod request;
mod standing;
mod upcast;
mod vault;
pub mod writer;

pub use audit::{Audit, Breach, FINDINGS_MAX};
pub use chain::{
    BATCH_EVENTS_MAX, Batch, CHAIN_KEY_BYTES, CHAIN_START, Chain, ChainCheck, ChainFailure, ChainKey,
    ChainKeyError, ChainPublicKey, ChainReport, HASH_BYTES, Hash, Head, Link, Mutation, MutationCheck,
    SignedHead, StoredHead, check_heads, mutate,
};
pub use cqrs::{CqrsRepository, NotOffered, OfAnother};
pub use door::{FAMILIES_MAX, INBOX_REQUESTS_MAX, Journal};
pub use lease::{LEASE_ANSWER_MS, Lease, LeaseFailure, Leases};
pub use reader::{
    CHANNEL, Holders, POLL_MS, Passed, READ_EVENTS_MAX, ReadFailure, Reader, SCAN_EVENTS_MAX, Scan, Tail,
    whole,
};
pub use recorded::{About, Recorded, Unreadable};
pub use request::{
    CommandKey, DERIVED_KEY_LIVES_S, GIVEN_KEY_LIVES_S, Intent, KeyOrigin, Outcome, Receipt, Refused,
    Request, SubmitFailure, Trace,
};
pub use standing::{StandingFailure, UsersPage};
pub use vault::{
    KEY_CACHED_S, MASTER_KEY_BYTES, MasterKey, MasterKeyError, NewKey, Rekey, Rewrapped, SealFailure, Sealer,
    Vault,
};
pub use writer::{BATCH_REQUESTS_MAX, BATCH_ROWS_MAX, LOAD_FAMILIES_MAX, TRIES_MAX};
