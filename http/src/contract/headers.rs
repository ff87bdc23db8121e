//! Headers and parameters that many operations have, each described once.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Header, HeaderBuilder, Required};

use crate::{LIMIT_MAX, PAGE_MAX};

/// How positions are written.
const POSITION: &str = r"^\d+\.\d+$";

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn parameter(place: ParameterIn, name: &str, says: &str, schema: impl Into<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(says))
        .schema(Some(schema.into()))
        .build()
}

fn header(says: &str, schema: impl Into<Schema>) -> Header {
    HeaderBuilder::new().schema(Some(schema.into())).description(Some(says)).build()
}

/// Those in a path's braces: ids, but for what is no id by its name.
pub fn of_path(path: &str) -> impl Iterator<Item = Parameter> + '_ {
    let names = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let id = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        let schema = if name.ends_with("_id") { id } else { text() };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
        parameter.required(Required::True).schema(Some(Schema::from(schema.build()))).build()
    })
}

/// What every list takes; `sorts` are the fields by which it can be sorted.
pub fn of_lists(sorts: &[&'static str]) -> Vec<Parameter> {
    let number = |max: u32| {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number.minimum(Some(1)).maximum(Some(max)).build()
    };
    let orders = sorts.iter().flat_map(|field| [(*field).to_owned(), format!("-{field}")]);
    let query = |name, says, schema| parameter(ParameterIn::Query, name, says, schema);
    vec![
        query("page", "From 1; not together with cursor", number(PAGE_MAX)),
        query("limit", "Most rows of the page; 20 when it is not said", number(LIMIT_MAX)),
        query("cursor", "Where the page before ended, as its next_cursor said", text().build()),
        query("sort", "With - before it, it descends", text().enum_values(Some(orders)).build()),
    ]
}

/// `?dry_run`.
pub fn dry_run() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::Boolean).build();
    parameter(
        ParameterIn::Query,
        "dry_run",
        "The same checks and the same answer, and nothing is stored",
        schema,
    )
}

/// `Idempotency-Key`.
pub fn idempotency_key() -> Parameter {
    let says = "The same request again with the same key gets the same outcome, for 72 hours";
    let schema = text().min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$")).build();
    parameter(ParameterIn::Header, "Idempotency-Key", says, schema)
}

/// `If-Match`.
pub fn if_match() -> Parameter {
    let says = "ETag of an earlier answer: 412 when it has changed since";
    parameter(ParameterIn::Header, "If-Match", says, text().build())
}

/// `Booking-Min-Position`.
pub fn min_position() -> Parameter {
    let says = "Waits until the answer shows this position, two seconds at most";
    parameter(ParameterIn::Header, "Booking-Min-Position", says, text().pattern(Some(POSITION)).build())
}

/// `Booking-Position` of an answer.
pub fn position() -> (&'static str, Header) {
    let says = "Of the command's last event; of a read, what it shows";
    ("Booking-Position", header(says, text().pattern(Some(POSITION)).build()))
}

/// `ETag` of an answer.
pub fn etag() -> (&'static str, Header) {
    ("ETag", header("The number of the last event in what is answered", text().build()))
}

/// `Idempotent-Replayed` of an answer.
pub fn replayed() -> (&'static str, Header) {
    let says = "There when the outcome was decided by an earlier request";
    ("Idempotent-Replayed", header(says, text().enum_values(Some(["true"])).build()))
}

/// `Location` of an answer.
pub fn location() -> (&'static str, Header) {
    ("Location", header("Where it can be read", text().build()))
}

/// `Retry-After` of a problem.
pub fn retry_after() -> (&'static str, Header) {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    ("Retry-After", header("Seconds", seconds))
}
