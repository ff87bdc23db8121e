use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::{Business, Settings, TenantEvent};
use crate::decide::Decide;

/// What may be asked of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantCommand {
    /// Signs up. The same again is nothing to do.
    Register { business: Business, now: DateTime<Utc> },
    /// The platform lets it sell.
    Approve { now: DateTime<Utc> },
}

/// Why a command on a tenant was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TenantRefusal {
    #[error("there is no such business")]
    NotFound,
    #[error("this business is already registered with other particulars")]
    AlreadyRegistered,
    #[error("the subdomain {0} belongs to another business")]
    SubdomainTaken(String),
    #[error("this business may not sell yet")]
    NotActive,
}

impl TenantRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "BUSINESS_NOT_FOUND",
            Self::AlreadyRegistered => "BUSINESS_ALREADY_REGISTERED",
            Self::SubdomainTaken(_) => "SUBDOMAIN_TAKEN",
            Self::NotActive => "BUSINESS_NOT_ACTIVE",
        }
    }
}

/// Whether a tenant may sell, and by which policies.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tenant {
    /// Never registered.
    #[default]
    Absent,
    /// Waits for the platform's word.
    Pending { business: Box<Business> },
    /// May sell.
    Active { business: Box<Business>, settings: Settings },
}

impl Tenant {
    /// The policies of a tenant that may sell.
    ///
    /// # Errors
    /// When it may not.
    pub const fn selling(&self) -> Result<&Settings, TenantRefusal> {
        match self {
            Self::Absent => Err(TenantRefusal::NotFound),
            Self::Pending { .. } => Err(TenantRefusal::NotActive),
            Self::Active { settings, .. } => Ok(settings),
        }
    }

    /// Its policies; those of one that may not sell (yet) are the defaults.
    pub fn settings(&self) -> Settings {
        match self {
            Self::Absent | Self::Pending { .. } => Settings::default(),
            Self::Active { settings, .. } => settings.clone(),
        }
    }
}

impl Decide for Tenant {
    fn decide(&self, command: TenantCommand) -> Result<Vec<TenantEvent>, TenantRefusal> {
        match (command, self) {
            (TenantCommand::Register { business, now }, Self::Absent) => {
                Ok(vec![TenantEvent::Registered { business, registered_at: now }])
            }
            (
                TenantCommand::Register { business, .. },
                Self::Pending { business: known } | Self::Active { business: known, .. },
            ) => {
                if **known == business {
                    Ok(vec![])
                } else {
                    Err(TenantRefusal::AlreadyRegistered)
                }
            }
            (TenantCommand::Approve { .. }, Self::Absent) => Err(TenantRefusal::NotFound),
            (TenantCommand::Approve { now }, Self::Pending { business }) => {
                Ok(vec![TenantEvent::Approved { business_id: business.business_id, approved_at: now }])
            }
            (TenantCommand::Approve { .. }, Self::Active { .. }) => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &TenantEvent) {
        match event {
            TenantEvent::Registered { business, registered_at: _ } => {
                *self = Self::Pending { business: Box::new(business.clone()) };
            }
            TenantEvent::Approved { .. } => {
                if let Self::Pending { business } = self {
                    *self = Self::Active { business: business.clone(), settings: Settings::default() };
                }
            }
        }
    }
}

impl Aggregate for Tenant {
    const TYPE: &'static str = "tenant";
    type Command = TenantCommand;
    type Event = TenantEvent;
    type Error = TenantRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: TenantCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), TenantRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: TenantEvent) {
        self.evolve(&event);
    }
}
