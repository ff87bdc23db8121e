//! How values that write themselves as a text or a small object look, for the OpenAPI document.

use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::ids::Id;
use super::{BookingReference, Class, Money, Sealed, SeatNumber};

fn text(says: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(says))
}

fn made(builder: ObjectBuilder) -> RefOr<Schema> {
    Schema::from(builder.build()).into()
}

impl<Of> PartialSchema for Id<Of> {
    fn schema() -> RefOr<Schema> {
        made(text("An id").format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))))
    }
}

impl<Of> ToSchema for Id<Of> {}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        let money = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("An amount of one currency"))
            .property("amount", text("Decimal, such as 299.99").build())
            .property("amount_minor", number.description(Some("In cents")).build())
            .property("currency", text("ISO 4217, such as USD").build());
        made(money.required("amount").required("amount_minor").required("currency"))
    }
}

impl ToSchema for Money {}

/// Opened in answers. Null once its key was destroyed.
impl PartialSchema for Sealed {
    fn schema() -> RefOr<Schema> {
        let says = "A personal text; null when the person was erased";
        made(text(says).schema_type(SchemaType::from_iter([Type::String, Type::Null])))
    }
}

impl ToSchema for Sealed {
    fn name() -> std::borrow::Cow<'static, str> {
        "PersonalText".into()
    }
}

impl PartialSchema for SeatNumber {
    fn schema() -> RefOr<Schema> {
        made(text("A row and a letter, such as 12A"))
    }
}

impl ToSchema for SeatNumber {}

impl PartialSchema for Class {
    fn schema() -> RefOr<Schema> {
        made(text("A cabin, such as economy"))
    }
}

impl ToSchema for Class {}

impl PartialSchema for BookingReference {
    fn schema() -> RefOr<Schema> {
        made(text("Such as BK-20261120-Y2BF8Z"))
    }
}

impl ToSchema for BookingReference {}
