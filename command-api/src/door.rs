//! Through the journal's door, and reading back what went in.

use booking_domain::values::TenantId;
use booking_domain::{Event, StreamId};
use booking_http::Problem;
use booking_journal::{Outcome, Receipt, Recorded, Request};
use serde_json::Value;

use crate::Parts;
use crate::refused;

impl Parts {
    /// Hands a request in. Once in, it goes on to its end when the caller hangs up.
    pub(crate) async fn submit(&self, request: Request) -> Result<Receipt, Problem> {
        match self.journal.submit(request).await {
            Ok(Outcome::Done(receipt)) => Ok(receipt),
            Ok(Outcome::Refused(refused)) => Err(refused::problem(&refused, self.epoch)),
            Ok(Outcome::KeyReused) => Err(refused::key_reused()),
            Err(failure) => Err(refused::not_submitted(&failure)),
        }
    }

    /// The events of a stream up to a position, each with its sequence.
    pub(crate) async fn history(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        until_position: i64,
    ) -> Result<Vec<(i64, Event)>, Problem> {
        let recorded = self.reader.stream(tenant, stream, until_position).await;
        let recorded = recorded.map_err(|failure| refused::no_answer(&failure))?;
        let event = |recorded: &Recorded| Ok((recorded.sequence, recorded.event()?));
        let events: Result<_, booking_journal::Unreadable> = recorded.iter().map(event).collect();
        events.map_err(|unreadable| Problem::internal().caused_by(&unreadable))
    }

    /// The events of a stream after a request: those of the journal, and those that a dry run would have stored.
    pub(crate) async fn history_after(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        receipt: &Receipt,
    ) -> Result<Vec<(i64, Event)>, Problem> {
        let mut history = self.history(tenant, stream, receipt.position).await?;
        let last = history.last().map_or(0, |(sequence, _)| *sequence);
        let news = receipt.events.iter().filter(|placed| placed.stream == *stream && last < placed.sequence);
        history.extend(news.map(|placed| (placed.sequence, placed.event.clone())));
        Ok(history)
    }

    /// An answer with its personal texts opened.
    pub(crate) async fn unsealed(&self, tenant: TenantId, mut document: Value) -> Result<String, Problem> {
        let opened = self.vault.unseal(tenant, &mut document).await;
        opened.map_err(|failure| refused::no_answer(&failure))?;
        Ok(document.to_string())
    }
}
