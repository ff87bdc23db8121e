//! The way of every change of a booking: through the journal's door, and back as the whole booking.

use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::booking::Sheet;
use booking_domain::use_cases::{BookingChange, ChangeBooking};
use booking_domain::values::{BookingId, CustomerId, Sealed};
use booking_http::Problem;
use booking_journal::{Intent, Receipt, Sealer};
use serde_json::Value;

use super::answer::{answer, document};
use crate::Parts;
use crate::asked::Asked;
use crate::key::Asking;
use crate::refused;

impl Parts {
    /// Asks for a change, and answers with the booking after it.
    pub(super) async fn change(
        &self,
        asked: &Asked,
        booking_id: BookingId,
        change: BookingChange,
        asking: &Asking,
    ) -> Result<Response, Problem> {
        self.change_sealed(asked, booking_id, change, asking, &self.vault.sealer(asked.caller.tenant)).await
    }

    /// The same with personal texts in it, which the sealer has sealed.
    pub(super) async fn change_sealed(
        &self,
        asked: &Asked,
        booking_id: BookingId,
        change: BookingChange,
        asking: &Asking,
        sealer: &Sealer<'_>,
    ) -> Result<Response, Problem> {
        let (master, given) = (self.vault.master(), asked.key.as_ref());
        // What would add up when it is sent twice by mistake is known again by its content.
        let key = if adds_up(&change) {
            asking.key_or_derived(master, &asked.caller, given)
        } else {
            asking.key(master, &asked.caller, given)
        };
        let case = ChangeBooking { booking_id, by: asked.actor(), change, now: asked.now };
        let request = asked.request(UseCase::ChangeBooking(Box::new(case)), key, sealer.keys());
        let receipt = self.submit(request).await?;
        self.answered(asked, &receipt, sealer).await
    }

    /// The booking after a request, opened.
    pub(super) async fn answered(
        &self,
        asked: &Asked,
        receipt: &Receipt,
        sealer: &Sealer<'_>,
    ) -> Result<Response, Problem> {
        let sheet = self.sheet_after(asked, receipt).await?;
        let document = match asked.intent {
            Intent::Store => document(&sheet),
            Intent::Rehearse => revealed(&sheet, sealer)?,
        };
        let opened = self.unsealed(asked.caller.tenant, document).await?;
        Ok(answer(self, asked, receipt, sheet.version, opened))
    }

    /// A text of a booking's customer, whoever writes it.
    pub(super) async fn sealed_for(
        &self,
        asked: &Asked,
        sealer: &mut Sealer<'_>,
        customer: CustomerId,
        field: &'static str,
        text: &str,
    ) -> Result<Sealed, Problem> {
        let fetched = asked.fetch(sealer, customer.uuid()).await;
        fetched.map_err(|failure| refused::not_sealed(&failure))?;
        Ok(sealer.seal(customer.uuid(), field, text))
    }

    /// Comments are the customer's, whoever writes them: only the booking says who that is.
    pub(super) async fn sealed_comments(
        &self,
        asked: &Asked,
        sealer: &mut Sealer<'_>,
        booking_id: BookingId,
        comments: Option<String>,
    ) -> Result<Option<Sealed>, Problem> {
        let Some(text) = comments else { return Ok(None) };
        let customer = self.own_sheet(asked, booking_id).await?.customer_id;
        self.sealed_for(asked, sealer, customer, "comments", &text).await.map(Some)
    }
}

const fn adds_up(change: &BookingChange) -> bool {
    matches!(
        change,
        BookingChange::AddItems(_) | BookingChange::AdjustPrice { .. } | BookingChange::SwapSeats { .. }
    )
}

/// Keys that a dry run made are nowhere but in its sealer.
fn revealed(sheet: &Sheet, sealer: &Sealer<'_>) -> Result<Value, Problem> {
    let text = sealer.reveal(&document(sheet).to_string());
    serde_json::from_str(&text).map_err(|garbled| Problem::internal().caused_by(&garbled))
}
