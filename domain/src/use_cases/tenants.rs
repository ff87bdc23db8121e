//! A business signs up and is let in.

use chrono::{DateTime, Utc};

use crate::event::StreamId;
use crate::refusal::Refusal;
use crate::tenant::{Business, Tenant, TenantCommand, TenantRefusal};
use crate::world::{Draft, Name, NameKind};

/// Registers the draft's tenant; its subdomain becomes its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterTenant {
    pub business: Business,
    pub now: DateTime<Utc>,
}

/// Lets the draft's tenant sell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveTenant {
    pub now: DateTime<Utc>,
}

impl RegisterTenant {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Tenant(draft.tenant());
        let value = self.business.subdomain.clone();
        let name = Name { tenant: None, kind: NameKind::Subdomain, value };
        if draft.is_anothers(&name, &stream) {
            return Err(TenantRefusal::SubdomainTaken(name.value).into());
        }
        let command = TenantCommand::Register { business: self.business.clone(), now: self.now };
        draft.command::<Tenant>(&stream, command)?;
        if draft.events().next().is_some() {
            draft.claim(name, stream);
        }
        Ok(())
    }
}

impl ApproveTenant {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Tenant(draft.tenant());
        Ok(draft.command::<Tenant>(&stream, TenantCommand::Approve { now: self.now })?)
    }
}
