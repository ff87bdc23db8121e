use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};

use super::Operation;
use super::operation::Method;

/// Routes with what the document says about each. The only way to serve something: `tests/architecture.rs` sees to
/// it that no other file asks axum for a route.
pub struct Routes<S = ()> {
    router: Router<S>,
    operations: Vec<Operation>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), operations: vec![] }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more: the handler answers what the operation describes.
    #[must_use]
    pub fn on<H: Handler<T, S>, T: 'static>(mut self, operation: Operation, handler: H) -> Self {
        self.router = self.router.route(operation.path(), on(filter(operation.method()), handler));
        self.operations.push(operation);
        self
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.operations.extend(others.operations);
        self
    }

    /// What is served.
    pub fn router(self) -> Router<S> {
        self.router
    }

    /// What is said about it.
    pub fn operations(self) -> Vec<Operation> {
        self.operations
    }
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}
