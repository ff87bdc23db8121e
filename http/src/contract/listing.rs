//! Pages of lists: a shape of its own for each kind of row.

use std::borrow::Cow;

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::Listing;
use crate::paging::Pagination;

impl<T: ToSchema> PartialSchema for Listing<T> {
    fn schema() -> RefOr<Schema> {
        let rows = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("data", rows)
            .required("data")
            .property("pagination", Ref::from_schema_name(Pagination::name()))
            .required("pagination")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Listing<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Listing", T::name()).into()
    }

    fn schemas(parts: &mut Vec<(String, RefOr<Schema>)>) {
        parts.push((T::name().into_owned(), T::schema()));
        T::schemas(parts);
        parts.push((Pagination::name().into_owned(), Pagination::schema()));
        Pagination::schemas(parts);
    }
}
