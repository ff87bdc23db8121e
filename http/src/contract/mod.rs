//! What is served, said once: a route and its operation stand in one line of a [`Routes`], and both the router and
//! the OpenAPI document are made of it. A route that is not in the document cannot be written.
//!
//! ```text
//! Routes::on(Operation, handler) --> router     -> what is served
//!                                `-> operations -> document() -> /openapi.json, docs/openapi.json, the docs page
//! ```

mod document;
mod headers;
mod listing;
mod operation;
mod routes;
mod schemas;

pub use document::document;
pub use operation::Operation;
pub use routes::Routes;
pub use schemas::Schemas;
