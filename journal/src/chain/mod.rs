//! The hash chain over the journal: who edits, drops, adds or moves an event past all guards is found.
//!
//! ```text
//!  start --event 1--> hash --event 2--> hash --event 3--> hash ...
//!    |                                    |                 |
//!    row                                  row               row of journal.chain, one for each batch
//!                                                           |
//!                                                           signed head, from time to time
//! ```
//! `link` is the hash and nothing else; `store` keeps batches; `signature` signs heads; `check` compares the
//! journal with what is stored, and `mutation` shows that it would find what it should. What is absent: any
//! part of an append. The relay chains afterwards, and says each event's hash to the subscribers.

mod check;
mod link;
mod mutation;
mod signature;
mod store;
#[cfg(test)]
mod tests;

pub use check::{ChainCheck, ChainReport, check_heads};
pub use link::{CHAIN_START, HASH_BYTES, Hash, Link};
pub use mutation::{Mutation, MutationCheck, mutate};
pub use signature::{CHAIN_KEY_BYTES, ChainKey, ChainKeyError, ChainPublicKey, Head, SignedHead};
pub use store::{BATCH_EVENTS_MAX, Batch, Chain, ChainFailure, StoredHead};
