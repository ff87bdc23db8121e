//! Lists: what callers may ask of every one, and the form all of them are answered in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::Problem;
use crate::query::{read, refused};

/// Rows of a page when the caller does not say.
pub const LIMIT_DEFAULT: u32 = 20;
/// Most rows of a page.
pub const LIMIT_MAX: u32 = 100;
/// Last page that can be asked for by number; beyond it use the cursor.
pub const PAGE_MAX: u32 = 10_000;
/// Longest cursor, in bytes.
const CURSOR_BYTES_MAX: usize = 512;

const PARAMETERS: [&str; 4] = ["page", "limit", "cursor", "sort"];

/// The query of a list: paging, and the filters `F`, which should `deny_unknown_fields`.
///
/// 400 `INVALID_QUERY` like [`Query`](crate::Query), and for a page, limit or cursor out of bounds.
#[derive(Debug, Clone)]
pub struct ListQuery<F> {
    /// Which rows.
    pub paging: Paging,
    /// Of which.
    pub filters: F,
}

/// For a list that cannot be filtered.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilters {}

/// Which rows of a list are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// From 1 to [`PAGE_MAX`]; 1 when there is a cursor.
    pub page: u32,
    /// From 1 to [`LIMIT_MAX`].
    pub limit: u32,
    /// Where the page before ended, as its `next_cursor` said; opaque to callers.
    pub cursor: Option<String>,
    /// As sent; read it with [`sorted`](Self::sorted).
    pub sort: Option<String>,
}

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// One of those that the list allows.
    pub field: &'static str,
    /// `sort=-created_at` descends.
    pub descending: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
    sort: Option<String>,
}

impl<F: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ListQuery<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let (ours, filters) = split(query);
        Ok(Self { paging: Paging::of(read(&ours, &[])?)?, filters: read(&filters, &PARAMETERS)? })
    }
}

/// Paging and filters are read apart: a flattened struct would read no numbers and refuse nothing.
fn split(query: &str) -> (String, String) {
    let (mut ours, mut filters) = (pairs(), pairs());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let side = if PARAMETERS.contains(&&*name) { &mut ours } else { &mut filters };
        side.append_pair(&name, &value);
    }
    (ours.finish(), filters.finish())
}

fn pairs() -> form_urlencoded::Serializer<'static, String> {
    form_urlencoded::Serializer::new(String::new())
}

impl Paging {
    fn of(sent: Sent) -> Result<Self, Problem> {
        if sent.page.is_some() && sent.cursor.is_some() {
            return Err(refused("cursor", "INVALID_VALUE", "page and cursor exclude each other".into()));
        }
        if sent.cursor.as_ref().is_some_and(|cursor| cursor.is_empty() || CURSOR_BYTES_MAX < cursor.len()) {
            return Err(refused("cursor", "INVALID_VALUE", "this is no cursor of ours".into()));
        }
        Ok(Self {
            page: within("page", sent.page.unwrap_or(1), PAGE_MAX)?,
            limit: within("limit", sent.limit.unwrap_or(LIMIT_DEFAULT), LIMIT_MAX)?,
            cursor: sent.cursor,
            sort: sent.sort,
        })
    }

    /// Rows before the page.
    pub fn offset(&self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.limit)
    }

    /// The order asked for, or `default` when none was.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` with what is allowed, if the field is not among `allowed`.
    pub fn sorted(&self, allowed: &[&'static str], default: Sort) -> Result<Sort, Problem> {
        let Some(sort) = &self.sort else {
            return Ok(default);
        };
        let (name, descending) = sort.strip_prefix('-').map_or((sort.as_str(), false), |name| (name, true));
        let field = allowed.iter().find(|field| **field == name);
        field.map(|field| Sort { field, descending }).ok_or_else(|| {
            let detail = format!("sort by one of {}, descending with a - before it", allowed.join(", "));
            refused("sort", "INVALID_VALUE", detail).details(json!({"allowed": allowed}))
        })
    }
}

fn within(name: &str, value: u32, max: u32) -> Result<u32, Problem> {
    if 1 <= value && value <= max {
        return Ok(value);
    }
    Err(refused(name, "INVALID_VALUE", format!("{name} must be from 1 to {max}")))
}

/// A page of a list, as answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where they stand among all.
    pub pagination: Pagination,
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pagination {
    /// From 1.
    pub page: u32,
    /// Most rows of a page.
    pub limit: u32,
    /// Rows on all pages.
    pub total: u64,
    /// Pages in all; none when there are no rows.
    pub pages: u64,
    /// Ask with it for the page after this one; absent on the last.
    pub next_cursor: Option<String>,
}

impl<T> Listing<T> {
    /// The page that `paging` asked for, out of `total` rows.
    pub fn new(data: Vec<T>, paging: &Paging, total: u64, next_cursor: Option<String>) -> Self {
        let Paging { page, limit, .. } = *paging;
        let pages = total.div_ceil(limit.into());
        Self { data, pagination: Pagination { page, limit, total, pages, next_cursor } }
    }
}

#[cfg(test)]
mod tests;
