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

    /// The table at which readers, its worker and a rebuild that puts other tables in place wait for each other. Who
    /// reads locks it before taking a snapshot: then the snapshot is not older than the tables that are read.
    pub const fn gate(self) -> &'static str {
        match self {
            Self::Booking => "read.booking_v1",
            Self::Flight => "read.flight_v1",
        }
    }

    /// The version of its shape, as its name ends with it.
    pub const fn version(self) -> u32 {
        match self {
            Self::Booking | Self::Flight => 1,
        }
    }

    /// Who keeps it in step holds this name.
    pub fn lease(self) -> String {
        format!("projection {}", self.name())
    }

    /// Who makes it anew holds this one.
    pub fn rebuild_lease(self) -> String {
        format!("rebuild {}", self.name())
    }

    /// The model of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }
}
