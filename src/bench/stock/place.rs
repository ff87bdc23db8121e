use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_domain::StreamId;
use booking_domain::booking::{BookingCommand, Claim, Item, Order};
use booking_domain::seat::SeatCommand;
use booking_domain::values::{Actor, ActorKind};
use booking_http::{Body, Caller, Problem};
use chrono::{DateTime, Utc};
use cqrs_es::AggregateError;
use serde_json::{Value, json};

use super::engine::Engine;
use super::order::{self, order};

/// `POST /bookings`: a command for each seat, one for the booking. What was stored before one fails stays.
pub async fn place(
    State(engine): State<Engine>,
    caller: Caller,
    Body(body): Body<order::Body>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let now = engine.clock.now();
    let flight = engine.flights.get(&body.flight_id);
    let flight = flight.ok_or_else(|| Problem::conflict("FLIGHT_UNAVAILABLE", "there is no such flight"))?;
    let order = order(&body, flight, &caller, &mut engine.vault.sealer(caller.tenant), now)?;
    for item in &order.items {
        engine.claim(&order, item, now).await?;
    }
    let answer = json!({
        "booking_id": order.booking_id,
        "booking_reference": order.booking_reference,
        "allocated_seats": order.seats,
        "total_price": order.total_price,
    });
    let stream = StreamId::Booking(order.booking_id).aggregate_id();
    let by = Actor { kind: ActorKind::Customer, id: caller.user_id.uuid() };
    let command = BookingCommand::Place { order: Box::new(order), by, now };
    engine.bookings.execute(&stream, command).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

impl Engine {
    async fn claim(&self, order: &Order, item: &Item, now: DateTime<Utc>) -> Result<(), Problem> {
        let (booking_id, item_id) = (order.booking_id, item.item_id);
        match item.claim.clone() {
            Claim::Seat { claim_id, flight_id, class, seat_number, span: _ } => {
                let stream = StreamId::Seat(flight_id, seat_number).aggregate_id();
                let command =
                    SeatCommand::Claim { flight_id, seat_number, class, claim_id, booking_id, item_id, now };
                self.seats.execute(&stream, command).await.map_err(problem)
            }
            Claim::Pool { .. } => Ok(()),
        }
    }
}

fn problem<R: std::error::Error + 'static>(failure: AggregateError<R>) -> Problem {
    match failure {
        AggregateError::UserError(refusal) => Problem::conflict("REFUSED", refusal.to_string()),
        AggregateError::AggregateConflict => {
            Problem::conflict("VERSION_CONFLICT", "somebody else was faster").retryable()
        }
        failure @ (AggregateError::DatabaseConnectionError(_)
        | AggregateError::DeserializationError(_)
        | AggregateError::UnexpectedError(_)) => {
            Problem::unavailable("DATABASE_UNAVAILABLE", "the store failed", 1).caused_by(&failure)
        }
    }
}
