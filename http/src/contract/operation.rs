use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use utoipa::openapi::path::{HttpMethod, Parameter, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Header, RefOr, Required};
use utoipa::{IntoParams, ToSchema};

use super::{Schemas, headers};
use crate::Permission;

/// A method that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// One operation of the document: what it takes and what it answers. What follows from that, such as 404 where an id
/// stands in the path, it adds by itself.
#[derive(Clone)]
pub struct Operation {
    method: Method,
    path: &'static str,
    summary: &'static str,
    /// Who may; absent: anyone.
    permission: Option<Permission>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<(RefOr<Schema>, Required)>,
    pub(super) answers: BTreeMap<u16, Answer>,
    /// Headers of all that is answered but problems.
    pub(super) headers: Vec<(&'static str, Header)>,
    pub(super) problems: BTreeSet<u16>,
    pub(super) schemas: Schemas,
}

/// What an answer holds.
#[derive(Clone)]
pub enum Answer {
    Nothing,
    Json(Box<RefOr<Schema>>),
    /// Of other content types.
    Text(&'static [&'static str]),
}

impl Method {
    pub(super) const fn documented(self) -> HttpMethod {
        match self {
            Self::Get => HttpMethod::Get,
            Self::Post => HttpMethod::Post,
            Self::Put => HttpMethod::Put,
            Self::Patch => HttpMethod::Patch,
            Self::Delete => HttpMethod::Delete,
        }
    }

    /// As it begins the name of an operation.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}

impl Operation {
    /// A read.
    pub fn get(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Get, path, summary)
    }

    /// An order, or something new.
    pub fn post(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Post, path, summary)
    }

    /// All of it anew.
    pub fn put(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Put, path, summary)
    }

    /// A part of it anew.
    pub fn patch(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Patch, path, summary)
    }

    /// An end.
    pub fn delete(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Delete, path, summary)
    }

    fn new(method: Method, path: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            summary,
            permission: None,
            parameters: headers::of_path(path).collect(),
            body: None,
            answers: BTreeMap::new(),
            headers: vec![],
            problems: BTreeSet::new(),
            schemas: Schemas::default(),
        }
    }

    /// For those who may this; 401 and 403 for others.
    #[must_use]
    pub fn by(mut self, permission: Permission) -> Self {
        self.permission = Some(permission);
        self.failing(&[400, 401, 403, 500, 503])
    }

    /// For anyone, from what is stored.
    #[must_use]
    pub fn by_anyone(self) -> Self {
        self.failing(&[400, 500, 503])
    }

    /// With this body.
    #[must_use]
    pub fn taking<T: ToSchema>(self) -> Self {
        self.with_body::<T>(Required::True)
    }

    /// With this body, or none.
    #[must_use]
    pub fn perhaps_taking<T: ToSchema>(self) -> Self {
        self.with_body::<T>(Required::False)
    }

    fn with_body<T: ToSchema>(mut self, required: Required) -> Self {
        self.body = Some((self.schemas.refer::<T>(), required));
        self.failing(&[413, 415, 422])
    }

    /// With these parameters.
    #[must_use]
    pub fn asking<Q: IntoParams>(mut self) -> Self {
        self.parameters.extend(Q::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// A list that can be sorted by these fields, in pages.
    #[must_use]
    pub fn listing(mut self, sorts: &[&'static str]) -> Self {
        self.parameters.extend(headers::of_lists(sorts));
        self
    }

    /// A list that goes on by cursor only, in one order.
    #[must_use]
    pub fn by_cursor(mut self) -> Self {
        let goes_on =
            headers::of_lists(&[]).into_iter().filter(|one| ["limit", "cursor"].contains(&&*one.name));
        self.parameters.extend(goes_on);
        self
    }

    /// A command that may come again, and may be rehearsed. It answers what it is about.
    #[must_use]
    pub fn command(mut self) -> Self {
        self.parameters.extend([headers::dry_run(), headers::if_match()]);
        self.earnest_command().failing(&[409, 412, 422])
    }

    /// A command that may come again, but cannot be rehearsed.
    #[must_use]
    pub fn earnest_command(mut self) -> Self {
        self.parameters.push(headers::idempotency_key());
        self.headers.extend([headers::position(), headers::etag(), headers::replayed()]);
        self.failing(&[409, 422])
    }

    /// A command whose outcome has no position of its own.
    #[must_use]
    pub fn deed(mut self) -> Self {
        self.parameters.push(headers::idempotency_key());
        self.failing(&[409, 422])
    }

    /// A read that says which position it shows.
    #[must_use]
    pub fn reading(mut self) -> Self {
        self.parameters.push(headers::min_position());
        self.telling_position()
    }

    /// A read that says how far the journal is.
    #[must_use]
    pub fn telling_position(mut self) -> Self {
        self.headers.push(headers::position());
        self
    }

    /// A read of one thing, with its version.
    #[must_use]
    pub fn reading_one(mut self) -> Self {
        self.headers.push(headers::etag());
        self.reading()
    }

    /// Answers this.
    #[must_use]
    pub fn answering<T: ToSchema>(mut self, status: StatusCode) -> Self {
        let schema = self.schemas.refer::<T>();
        self.answers.insert(status.as_u16(), Answer::Json(Box::new(schema)));
        self
    }

    /// 201 with this; 200 for a dry run, if there are dry runs.
    #[must_use]
    pub fn creating<T: ToSchema>(mut self) -> Self {
        self.headers.push(headers::location());
        self.answering::<T>(StatusCode::CREATED)
    }

    /// Answers a text of one of these content types.
    #[must_use]
    pub fn answering_text(mut self, status: StatusCode, kinds: &'static [&'static str]) -> Self {
        self.answers.insert(status.as_u16(), Answer::Text(kinds));
        self
    }

    /// Answers without a body.
    #[must_use]
    pub fn answering_nothing(mut self, status: StatusCode) -> Self {
        self.answers.insert(status.as_u16(), Answer::Nothing);
        self
    }

    /// Besides what follows from the rest, these statuses with a problem.
    #[must_use]
    pub fn failing(mut self, statuses: &[u16]) -> Self {
        self.problems.extend(statuses);
        if self.path.contains('{') {
            self.problems.insert(404);
        }
        self
    }

    /// Where it is served.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// In a few words.
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// Who may; absent: anyone.
    pub const fn permission(&self) -> Option<Permission> {
        self.permission
    }

    pub(super) const fn method(&self) -> Method {
        self.method
    }
}
