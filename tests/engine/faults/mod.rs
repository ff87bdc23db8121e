//! What must survive: killed processes, lost connections, wiped streams.
