//! What an account is within a business.

use crate::event::StreamId;
use crate::refusal::Refusal;
use crate::user::{User, UserCommand};
use crate::values::UserId;
use crate::world::Draft;

/// Commands an account's standing within the draft's tenant. The same account stands elsewhere by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandUser {
    pub user_id: UserId,
    pub command: UserCommand,
}

impl CommandUser {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::User(draft.tenant(), self.user_id);
        Ok(draft.command::<User>(&stream, self.command.clone())?)
    }
}
