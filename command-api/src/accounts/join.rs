//! An account becomes known to a business.

use booking_domain::UseCase;
use booking_domain::use_cases::CommandUser;
use booking_domain::user::{Grant, Profile, UserCommand};
use booking_domain::values::{Actor, CustomerId, TenantId, UserId};
use booking_http::{Problem, RequestTrace};
use booking_journal::{CommandKey, Intent, Receipt, Request, SealFailure, Trace};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::PLATFORM;
use super::check::Newcomer;
use super::store::Account;
use crate::{Parts, refused};

/// Who somebody is, in the clear.
pub struct Particulars<'a> {
    pub email: &'a str,
    pub full_name: &'a str,
    pub phone_number: Option<&'a str>,
}

impl<'a> Particulars<'a> {
    /// Those of somebody who registers.
    pub fn of(newcomer: &'a Newcomer) -> Self {
        Self {
            email: newcomer.email.as_str(),
            full_name: &newcomer.full_name,
            phone_number: newcomer.phone_number.as_deref(),
        }
    }
}

/// An account that becomes known to a business, and on whose word.
pub struct Joining<'a> {
    pub tenant: TenantId,
    pub user_id: UserId,
    pub grants: Vec<Grant>,
    pub by: Actor,
    pub trace: &'a RequestTrace,
    pub now: DateTime<Utc>,
}

impl Parts {
    /// Makes an account known to a business. Safe to repeat: one that is known stays as it is.
    pub(crate) async fn join(
        &self,
        joining: Joining<'_>,
        particulars: Particulars<'_>,
        key: CommandKey,
    ) -> Result<Receipt, Problem> {
        let Joining { tenant, user_id, grants, by, trace, now } = joining;
        let profile = self.sealed_profile(tenant, user_id, particulars).await;
        let profile = profile.map_err(|failure| refused::not_sealed(&failure))?;
        let command = UserCommand::Register { profile, grants, now };
        let correlation_id = Some(trace.correlation_id());
        let receipt = self.submit(Request {
            tenant,
            actor: by,
            case: UseCase::CommandUser(Box::new(CommandUser { user_id, command })),
            key,
            keys: vec![],
            trace: Trace { correlation_id, causation_id: None, traceparent: Some(trace.traceparent()) },
            occurred_at: now,
            quiet: false,
            versions: None,
            intent: Intent::Store,
        });
        let receipt = receipt.await?;
        self.callers.forget(tenant, user_id);
        Ok(receipt)
    }

    /// The same with what the account says of itself.
    pub(super) async fn join_as_registered(
        &self,
        joining: Joining<'_>,
        account: &Account,
    ) -> Result<Receipt, Problem> {
        let mut texts = account.sealed();
        let opened = self.vault.unseal(PLATFORM, &mut texts).await;
        opened.map_err(|failure| refused::not_sealed(&failure))?;
        let text = |member: &str| texts.get(member).and_then(Value::as_str);
        // Null once the account's key was destroyed: then nobody is left who could come in.
        let (Some(email), Some(full_name)) = (text("email"), text("full_name")) else {
            return Err(super::problems::invalid_credentials());
        };
        let particulars = Particulars { email, full_name, phone_number: text("phone_number") };
        self.join(joining, particulars, CommandKey::once(Uuid::now_v7())).await
    }

    async fn sealed_profile(
        &self,
        tenant: TenantId,
        user_id: UserId,
        particulars: Particulars<'_>,
    ) -> Result<Profile, SealFailure> {
        let customer_id = CustomerId::of_account(tenant, user_id);
        let subject = customer_id.uuid();
        let mut sealer = self.vault.sealer(tenant);
        sealer.fetch(subject).await?;
        Ok(Profile {
            user_id,
            customer_id,
            email: sealer.seal(subject, "email", particulars.email),
            full_name: sealer.seal(subject, "full_name", particulars.full_name),
            phone_number: particulars.phone_number.map(|text| sealer.seal(subject, "phone_number", text)),
        })
    }
}
