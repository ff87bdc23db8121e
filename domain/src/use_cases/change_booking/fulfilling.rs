//! Check-in, completion, no-show, and their undoing.

use super::{ChangeBooking, Items};
use crate::booking::{Booking, BookingCommand, BookingRefusal, Step};
use crate::refusal::Refusal;
use crate::tenant::Settings;
use crate::values::ItemId;
use crate::world::Draft;

impl ChangeBooking {
    pub(super) fn fulfil(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        items: &Items,
        step: Step,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        match items {
            Items::These(items) => {
                items.iter().try_for_each(|item_id| self.step(draft, *item_id, step, settings))
            }
            Items::Every => self.every(draft, before, step, settings),
        }
    }

    /// One leg may be open for check-in and the next not yet: each item for which it can be done goes on. When it can
    /// be done for none, the first refusal says why.
    fn every(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        step: Step,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let items: Vec<ItemId> = before
            .agreement()
            .into_iter()
            .flat_map(|agreement| agreement.live().map(|agreed| agreed.item.item_id))
            .collect();
        let steps: Vec<Result<(), Refusal>> =
            items.iter().map(|item_id| self.step(draft, *item_id, step, settings)).collect();
        let is_possible = steps.iter().any(Result::is_ok);
        match steps.into_iter().find_map(Result::err) {
            Some(refusal) if !is_possible => Err(refusal),
            Some(_) => Ok(()),
            None if items.is_empty() => Err(BookingRefusal::NotFound.into()),
            None => Ok(()),
        }
    }

    fn step(
        &self,
        draft: &mut Draft<'_>,
        item_id: ItemId,
        step: Step,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let (by, now, windows) = (self.by, self.now, settings.windows());
        self.command(draft, BookingCommand::Fulfil { item_id, step, windows, by, now })
    }
}
