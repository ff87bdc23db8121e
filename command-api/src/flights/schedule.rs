use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::use_cases::ScheduleDeparture;
use booking_http::{Body, Problem};
use uuid::Uuid;

use super::body::FlightBody;
use super::flight::{NewFlight, flight};
use super::manage::answer;
use crate::Parts;
use crate::asked::Owner;
use crate::key::Asking;

/// `POST /flights`
pub async fn schedule(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    Body(body): Body<FlightBody>,
) -> Result<Response, Problem> {
    let key = Asking::new("POST", "/flights", &body);
    let NewFlight { flight, cabins, sales_open } = flight(body, Uuid::now_v7().into())?;
    let key = key.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let case = ScheduleDeparture { flight, cabins, sales_open, now: asked.now };
    let case = UseCase::ScheduleDeparture(Box::new(case));
    let receipt = parts.submit(asked.request(case, key, vec![])).await?;
    let location = format!("/api/v1/flights/{}", receipt.subject);
    let answer = answer(&parts, &asked, &receipt).await?;
    Ok(asked.created(location, answer))
}
