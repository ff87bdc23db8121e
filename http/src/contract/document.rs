//! Operations put together into one OpenAPI 3.1 document.

use axum::http::StatusCode;
use utoipa::openapi::path::{OperationBuilder, Paths};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, Info, License, OpenApi, OpenApiVersion, RefOr, Response, ResponseBuilder,
};

use super::operation::Answer;
use super::{Operation, Schemas, headers};
use crate::Permission;
use crate::may::Line;
use crate::problem::ProblemDocument;

/// Name of the one way to say who asks.
const BEARER: &str = "bearer";

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

const ABOUT: &str = "Bookings of seats, stored as events. Answers to commands and reads carry `Booking-Position`; \
    a read with it in `Booking-Min-Position` shows what was written. Every error is a problem (RFC 9457) with a \
    stable `code`.";

/// The document of all these operations.
pub fn document(operations: Vec<Operation>) -> OpenApi {
    let (mut paths, mut schemas) = (Paths::new(), Schemas::default());
    let problem = schemas.refer::<ProblemDocument<'static>>();
    for operation in operations {
        let (path, method) = (operation.path(), operation.method().documented());
        schemas.extend(operation.schemas.clone());
        paths.add_path_operation(path, vec![method], described(operation, &problem));
    }
    let mut components = Components::new();
    components.schemas.extend(schemas.by_name());
    let says = "An access token of a log-in, or a key of a program (bk_...)";
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(says));
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer.build()));
    let mut info = Info::new("Booking engine", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let mut document = OpenApi::new(info, paths);
    document.openapi = OpenApiVersion::Version31;
    document.components = Some(components);
    document
}

type Schema = RefOr<utoipa::openapi::schema::Schema>;

fn described(operation: Operation, problem: &Schema) -> utoipa::openapi::path::Operation {
    let mut described = OperationBuilder::new()
        .tag(tag(operation.path()))
        .summary(Some(operation.summary()))
        .operation_id(Some(name(&operation)))
        .description(operation.permission().map(for_whom));
    described = match operation.permission() {
        Some(_) => described.security(SecurityRequirement::new::<_, [&str; 0], _>(BEARER, [])),
        None => described.securities(Some([])),
    };
    for (status, answer) in &operation.answers {
        described = described.response(status.to_string(), answered(&operation, *status, answer));
    }
    for status in &operation.problems {
        described = described.response(status.to_string(), failed(*status, problem));
    }
    let body = operation.body.map(|(schema, required)| {
        let content = Content::new(Some(schema));
        RequestBodyBuilder::new().content(JSON, content).required(Some(required)).build()
    });
    described.request_body(body).parameters(Some(operation.parameters)).build()
}

fn answered(operation: &Operation, status: u16, answer: &Answer) -> Response {
    let mut response = ResponseBuilder::new().description(reason(status));
    for (name, header) in &operation.headers {
        response = response.header(*name, header.clone());
    }
    match answer {
        Answer::Nothing => response.build(),
        Answer::Json(schema) => response.content(JSON, Content::new(Some(schema.as_ref().clone()))).build(),
        Answer::Text(kinds) => {
            let texts = kinds
                .iter()
                .fold(response, |response, kind| response.content(*kind, Content::new(Some(text()))));
            texts.build()
        }
    }
}

fn text() -> Schema {
    <String as utoipa::PartialSchema>::schema()
}

fn failed(status: u16, problem: &Schema) -> Response {
    let response = ResponseBuilder::new().description(reason(status));
    let response = response.content(PROBLEM, Content::new(Some(problem.clone())));
    match status {
        429 | 503 => {
            let (name, header) = headers::retry_after();
            response.header(name, header).build()
        }
        _ => response.build(),
    }
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("An answer")
}

/// Who may, in words.
fn for_whom(permission: Permission) -> String {
    let Line { roles, scope, .. } = permission.line();
    let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let keys = scope.map_or_else(String::new, |scope| format!("; keys with the scope `{}`", scope.word()));
    format!("For {}{keys}.", roles.join(", "))
}

/// What the paths of one noun are listed under.
fn tag(path: &str) -> &str {
    let noun = path.strip_prefix("/api/v1/").unwrap_or("health");
    noun.split('/').next().unwrap_or(noun)
}

/// `post_bookings_booking_id_confirm`: as stable as method and path.
fn name(operation: &Operation) -> String {
    let steps = operation.path().trim_start_matches("/api/v1").split(['/', '{', '}', '.', '-', '_']);
    let steps = steps.filter(|step| !step.is_empty()).flat_map(|step| ["_", step]);
    std::iter::once(operation.method().word()).chain(steps).collect()
}
