//! Ids in the path.

use axum::extract::{FromRequestParts, Path, RawPathParams};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::Problem;

/// The id in the path, or a tuple of them. What is no id is 404, like an id of nothing.
///
/// The code comes from the parameter's name in the route: `/bookings/{booking_id}` answers
/// `BOOKING_NOT_FOUND`. Name parameters so that it is the one an absent id gets.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(absent(RawPathParams::from_request_parts(parts, state).await.ok().as_ref())),
        }
    }
}

fn absent(parameters: Option<&RawPathParams>) -> Problem {
    let noun = parameters.and_then(culprit).unwrap_or_default();
    if noun.is_empty() {
        return Problem::not_found("NOT_FOUND", "there is nothing with this id");
    }
    let code = format!("{}_NOT_FOUND", noun.to_ascii_uppercase());
    Problem::not_found(code, format!("there is no such {}", noun.replace('_', " ")))
}

/// The noun of the first id that is none.
fn culprit(parameters: &RawPathParams) -> Option<&str> {
    let mut ids = parameters.iter().filter_map(|(name, id)| Some((name.strip_suffix("_id")?, id)));
    ids.find(|(_, id)| Uuid::try_parse(id).is_err()).map(|(noun, _)| noun)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get as on_get;
    use booking_domain::values::ids::{BookingId, ItemId};
    use serde_json::json;

    use super::*;
    use crate::asking::{TRACE_ID, ask, get};

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn router() -> Router {
        let one = |PathId(booking_id): PathId<BookingId>| async move { booking_id.to_string() };
        let two = |PathId((_, item_id)): PathId<(BookingId, ItemId)>| async move { item_id.to_string() };
        Router::new()
            .route("/bookings/{booking_id}", on_get(one))
            .route("/bookings/{booking_id}/items/{item_id}", on_get(two))
            .route("/things/{id}", on_get(one))
    }

    #[tokio::test]
    async fn what_is_no_id_is_404_like_an_id_of_nothing() {
        let heard = ask(router(), get("/bookings/12").body(Body::empty()).unwrap()).await;

        assert_eq!(
            heard.body,
            json!({
                "type": "urn:booking:problem:booking-not-found",
                "title": "Booking not found",
                "status": 404,
                "detail": "there is no such booking",
                "instance": "/bookings/12",
                "code": "BOOKING_NOT_FOUND",
                "message": "there is no such booking",
                "retryable": false,
                "trace_id": TRACE_ID,
            })
        );
    }

    #[tokio::test]
    async fn the_code_names_what_was_not_found() {
        for (path, status, code) in [
            (format!("/bookings/{ID}"), 200, json!(null)),
            (format!("/bookings/{ID}/items/{ID}"), 200, json!(null)),
            (format!("/bookings/x/items/{ID}"), 404, json!("BOOKING_NOT_FOUND")),
            (format!("/bookings/{ID}/items/x"), 404, json!("ITEM_NOT_FOUND")),
            ("/bookings/%FF".into(), 404, json!("NOT_FOUND")),
            ("/things/x".into(), 404, json!("NOT_FOUND")),
        ] {
            let heard = ask(router(), get(&path).body(Body::empty()).unwrap()).await;

            assert_eq!((heard.status.as_u16(), &heard.body["code"]), (status, &code), "{path}");
        }
    }
}
