//! What must survive: killed processes, lost connections, wiped streams. And what must never be found.

mod backup;
mod customers;
mod disruption;
mod erasure;
mod expiry;
mod house;
mod kills;
mod pipes;
mod privacy;
mod reads;
mod rebuild;
mod rebuild_cut;
mod rebuild_under_load;
mod stops;
mod stream;
