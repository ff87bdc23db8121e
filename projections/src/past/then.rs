//! The moment that was asked for, as a position of the journal.

use booking_domain::event::Family;
use booking_http::{MinPosition, PositionToken, Problem};
use chrono::{DateTime, SubsecRound, Utc};

use super::folded;
use super::when::{Past, Place, When, refused};
use crate::api::{Api, QueryFailure, invalid};
use crate::fact::Key;
use crate::projection::Projection;

/// A moment of the past: what had been recorded by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Then {
    /// The last position that counts.
    pub shown: PositionToken,
    /// What the clock is taken to have said: the instant asked for, or that of the position.
    pub at: DateTime<Utc>,
}

/// Now or then.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// As it is, when the read model shows at least this.
    Now(Option<MinPosition>),
    /// As it was.
    Then(Then),
}

impl Seen {
    /// What the clock says at that moment.
    pub const fn at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Now(_) => now,
            Self::Then(then) => then.at,
        }
    }
}

impl Api {
    /// The moment that a list is asked for.
    ///
    /// # Errors
    /// As [`then`](Self::then).
    pub async fn seen(&self, when: When, min: Option<MinPosition>) -> Result<Seen, Problem> {
        Ok(self.then(when, min).await?.map_or(Seen::Now(min), Seen::Then))
    }

    /// The moment that `when` means; nothing for the present.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` for two moments at once and for an instant ahead of us, `INVALID_POSITION` for a position
    /// that was never given out, is of another epoch, or lies before the one that must at least be shown.
    pub async fn then(&self, when: When, min: Option<MinPosition>) -> Result<Option<Then>, Problem> {
        let Some(past) = when.past()? else { return Ok(None) };
        let reader = self.reader();
        let epoch = reader.epoch().await.map_err(QueryFailure::from)?;
        let then = match past {
            Past::AsOf(at) => self.as_of(epoch, at).await?,
            Past::At(place) => self.at(epoch, place).await?,
        };
        match min {
            Some(MinPosition(min)) if min.epoch != epoch || then.shown.position < min.position => {
                Err(invalid("Booking-Min-Position lies beyond the moment that is asked for"))
            }
            Some(_) | None => Ok(Some(then)),
        }
    }

    /// The same, and for the present what the journal ends with.
    ///
    /// # Errors
    /// As [`then`](Self::then).
    pub async fn then_or_now(&self, when: When, min: Option<MinPosition>) -> Result<Then, Problem> {
        if let Some(then) = self.then(when, min).await? {
            return Ok(then);
        }
        Ok(Then { shown: self.head(min).await?, at: self.now() })
    }

    /// A row as it was; nothing when it did not exist yet, or is another tenant's.
    ///
    /// # Errors
    /// When the journal cannot be read, or is wrong.
    pub async fn row_then<P: Projection>(
        &self,
        key: Key,
        family: Family,
        then: &Then,
    ) -> Result<Option<P::Row>, QueryFailure> {
        folded::<P>(self.reader(), key, family, then.shown.position).await
    }

    async fn as_of(&self, epoch: i32, at: DateTime<Utc>) -> Result<Then, Problem> {
        let head = self.reader().head().await.map_err(QueryFailure::from)?;
        let recorded_at = self.reader().recorded_at(head).await.map_err(QueryFailure::from)?;
        // The journal's clock is that of Postgres, and may be ahead of ours. Ours tells whole milliseconds.
        let is_recorded = recorded_at.is_some_and(|recorded_at| at <= recorded_at);
        if !is_recorded && self.now() < at.trunc_subsecs(3) {
            return Err(refused("as_of", "this instant has not come yet"));
        }
        let position = self.reader().position_at(at).await.map_err(QueryFailure::from)?;
        Ok(Then { shown: PositionToken { epoch, position }, at })
    }

    async fn at(&self, now: i32, Place { epoch, position }: Place) -> Result<Then, Problem> {
        if epoch.is_some_and(|epoch| epoch != now) {
            return Err(invalid("at_position is of another epoch"));
        }
        let recorded_at = self.reader().recorded_at(position).await.map_err(QueryFailure::from)?;
        let at = match recorded_at {
            Some(at) => at,
            None if position == 0 => DateTime::UNIX_EPOCH,
            None => return Err(invalid("at_position was never given out")),
        };
        Ok(Then { shown: PositionToken { epoch: now, position }, at })
    }
}
