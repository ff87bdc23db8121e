//! Which business is meant.

use booking_domain::values::TenantId;
use booking_journal::Reader;

use crate::exit::Failure;

/// The business with this id or this subdomain. An id is taken as it is: whether it has any events, those who read
/// them will see.
///
/// # Errors
/// When no business bears the subdomain, or the journal cannot be asked.
pub async fn named(reader: &Reader, text: &str) -> Result<TenantId, Failure> {
    if let Ok(tenant) = text.parse() {
        return Ok(tenant);
    }
    let unknown = || Failure::Usage(format!("there is no business `{text}`"));
    reader.tenant_of(text).await?.ok_or_else(unknown)
}
