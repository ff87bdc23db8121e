//! The read models there are.

/// One read model, kept by one projection.
///
/// A new shape is a new model beside the old one, with tables and a checkpoint of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Bookings as `GET /bookings/{id}` shows them.
    Booking,
    /// Departures with their seat maps and pools. One model, so that no answer is torn between two positions.
    Flight,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Booking, Self::Flight];

    /// Key of the checkpoint, name of the lease, and what `--only` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Booking => "booking_v1",
            Self::Flight => "flight_v1",
        }
    }

    /// Who keeps it in step holds this name.
    pub fn lease(self) -> String {
        format!("projection {}", self.name())
    }

    /// The model of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }
}
