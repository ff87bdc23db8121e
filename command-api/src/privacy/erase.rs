//! `POST /privacy/erasures`: a customer is forgotten.
//!
//! ```text
//! look       all bookings that were placed by now; any ahead: nothing is done
//!   commit   customer.erased with up to 100 bookings' passengers; their keys are gone with it
//!            in the last one: user.deactivated
//!     look   again: who booked at that very moment is seen now, and the round begins anew
//!       account   sessions end; the row goes when no other business lets it in
//! ```
//! Every step is safe to repeat, and a repeat goes on where a crash ended. The account is deactivated last, so that
//! until then it is its owner who can repeat.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use booking_domain::UseCase;
use booking_domain::use_cases::{ERASED_BOOKINGS_MAX, EraseCustomer};
use booking_domain::values::{BookingId, CustomerId, UserId};
use booking_http::{IDEMPOTENT_REPLAYED, OptionalBody, Problem};
use booking_journal::{CommandKey, Intent, Receipt, Request, SubmitFailure};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::PersonBody;
use super::whom::{Person, absent};
use crate::accounts::Forgotten;
use crate::asked::{Asked, OneSelf};
use crate::key::Asking;
use crate::{Parts, refused};

/// Rounds of one request at most, as long as new bookings come meanwhile.
const ROUNDS_MAX: usize = 5;

/// What was forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erasure {
    customer_id: CustomerId,
    /// Always true.
    erased: bool,
    /// All that the customer ever had: they stay, without a name.
    bookings: usize,
    /// Null for a customer without one, or without one any more.
    account: Option<Forgotten>,
}

/// `POST /privacy/erasures`
pub async fn erase(
    State(parts): State<Parts>,
    OneSelf(asked): OneSelf,
    OptionalBody(body): OptionalBody<PersonBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", "/privacy/erasures", &body);
    let person = parts.person(&asked, body.named()?).await?;
    parts.may_end(&asked, &person).await?;
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let (receipt, bookings) = parts.erase(&asked, &person, key).await?;
    parts.vault.forget();
    let account = parts.end_account(&asked, &person).await?;
    let erasure = Erasure { customer_id: person.customer_id, erased: true, bookings, account };
    let mut answer = (parts.token(receipt.position), Json(erasure)).into_response();
    let replayed = receipt.replayed.then_some((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    answer.headers_mut().extend(replayed);
    Ok(answer)
}

impl Parts {
    /// Erases a person with all of their bookings, and says how many those are. The first commit has the caller's
    /// key.
    async fn erase(
        &self,
        asked: &Asked,
        person: &Person,
        key: CommandKey,
    ) -> Result<(Receipt, usize), Problem> {
        let mut known = self.bookings_of(asked, person).await?;
        if known.is_empty() && person.user_id.is_none() {
            return Err(absent());
        }
        self.rehearse(asked, person, &known).await?;
        let (first, others) = known.split_at(known.len().min(ERASED_BOOKINGS_MAX));
        let account = person.user_id.filter(|_| others.is_empty());
        let mut receipt = self.submit(request(asked, person, first, account, key)).await?;
        let mut left = if receipt.replayed { known.clone() } else { others.to_vec() };
        for _ in 0..ROUNDS_MAX {
            receipt.position = receipt.position.max(self.erase_all(asked, person, &left).await?);
            let now = self.bookings_of(asked, person).await?;
            left = now.into_iter().filter(|id| known.binary_search(id).is_err()).collect();
            if left.is_empty() {
                return Ok((receipt, known.len()));
            }
            known.extend(&left);
            known.sort_unstable();
        }
        Err(refused::not_submitted(&SubmitFailure::TooBusy))
    }

    /// The position of the last commit; 0 when there was nothing left.
    async fn erase_all(&self, asked: &Asked, person: &Person, left: &[BookingId]) -> Result<i64, Problem> {
        let (mut position, mut pages) = (0, left.chunks(ERASED_BOOKINGS_MAX).peekable());
        while let Some(page) = pages.next() {
            let account = person.user_id.filter(|_| pages.peek().is_none());
            position = self.submit(request(asked, person, page, account, once())).await?.position;
        }
        Ok(position)
    }

    /// What takes several commits is decided as a whole first: none of it is done when some of it cannot be.
    async fn rehearse(&self, asked: &Asked, person: &Person, all: &[BookingId]) -> Result<(), Problem> {
        if all.len() <= ERASED_BOOKINGS_MAX {
            return Ok(());
        }
        for page in all.chunks(ERASED_BOOKINGS_MAX) {
            let request = request(asked, person, page, person.user_id, once());
            self.submit(Request { intent: Intent::Rehearse, ..request }).await?;
        }
        Ok(())
    }

    /// All that were placed before this.
    pub(super) async fn bookings_of(
        &self,
        asked: &Asked,
        person: &Person,
    ) -> Result<Vec<BookingId>, Problem> {
        let head = self.reader.head().await.map_err(|failure| refused::no_answer(&failure))?;
        Ok(self.theirs.of(asked.caller.tenant, person.customer_id, self.token(head)).await?)
    }

    /// None when the customer has no account.
    async fn end_account(&self, asked: &Asked, person: &Person) -> Result<Option<Forgotten>, Problem> {
        let Some(user_id) = person.user_id else { return Ok(None) };
        self.callers.forget(asked.caller.tenant, user_id);
        self.forget_account(asked.caller.tenant, user_id, asked.now).await
    }
}

/// `user_id`: the account, where it is to be deactivated with these bookings.
fn request(
    asked: &Asked,
    person: &Person,
    bookings: &[BookingId],
    user_id: Option<UserId>,
    key: CommandKey,
) -> Request {
    let customer_id = person.customer_id;
    let case = EraseCustomer { customer_id, user_id, bookings: bookings.to_vec(), now: asked.now };
    asked.request(UseCase::EraseCustomer(Box::new(case)), key, vec![])
}

fn once() -> CommandKey {
    CommandKey::once(Uuid::now_v7())
}
