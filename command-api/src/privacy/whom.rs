//! Whom a request is about, and who may ask for that.

use booking_domain::values::{CustomerId, UserId};
use booking_http::{Permission, Problem};

use crate::asked::Asked;
use crate::{Parts, refused};

/// A customer of the caller's business.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub customer_id: CustomerId,
    /// The account that is this customer. One's own need not be known: whoever holds the secret makes up accounts.
    pub user_id: Option<UserId>,
    pub is_oneself: bool,
}

impl Parts {
    /// The customer who is named, or whoever asks.
    ///
    /// # Errors
    /// 403 for another than oneself, unless the caller may see to anybody's; 503 when the journal cannot be read.
    pub(super) async fn person(&self, asked: &Asked, named: Option<CustomerId>) -> Result<Person, Problem> {
        let own = asked.caller.customer_id();
        let Some(customer_id) = named.filter(|named| *named != own) else {
            let user_id = Some(asked.caller.user_id);
            return Ok(Person { customer_id: own, user_id, is_oneself: true });
        };
        asked.caller.must(Permission::ManagePrivacy)?;
        let user_id = self.reader.account_of(asked.caller.tenant, customer_id).await;
        let user_id = user_id.map_err(|failure| refused::no_answer(&failure))?;
        Ok(Person { customer_id, user_id, is_oneself: false })
    }

    /// Lets only those pass who may take away what the person is: customers themselves, and of those who work here
    /// only others, who may take away all of their roles.
    pub(super) async fn may_end(&self, asked: &Asked, person: &Person) -> Result<(), Problem> {
        if person.is_oneself && asked.caller.is_staff() {
            return Err(Problem::forbidden("those who work here are erased by another owner"));
        }
        match person.user_id.filter(|_| !person.is_oneself) {
            Some(user_id) => self.must_outrank(&asked.caller, user_id, &[]).await,
            None => Ok(()),
        }
    }
}

/// Nobody's bookings, and no account.
pub fn absent() -> Problem {
    Problem::not_found("CUSTOMER_NOT_FOUND", "there is no such customer")
}
