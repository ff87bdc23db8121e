use booking_domain::values::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{At, Checks};

/// Money as it comes in: `currency` and one of the amounts, or both if they agree.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
}

/// Largest amount of a body, in minor units.
const MINOR_MAX: u64 = 9_999_999_999_999;

/// Reads money.
pub fn money(checks: &mut Checks, at: At<'_>, body: MoneyBody) -> Option<Money> {
    let currency = checks.required(at.field("currency"), body.currency, |code| {
        Currency::from_code(&code.to_ascii_uppercase()).ok_or("not an ISO 4217 currency such as USD".into())
    })?;
    let Some(amount) = body.amount else {
        let minor = checks.present(at.field("amount"), body.amount_minor)?;
        return bounded(checks, at.field("amount_minor"), Money::of(minor, currency));
    };
    let parsed = Money::parse(&amount, currency).map_err(|error| error.to_string().into());
    let money = checks.read(at.field("amount"), parsed)?;
    if body.amount_minor.is_some_and(|minor| minor != money.minor) {
        checks.complain(at.field("amount_minor"), "INVALID_VALUE", "amount says otherwise");
    }
    bounded(checks, at.field("amount"), money)
}

/// So that no sum of what is ever booked gets beyond what can be counted.
fn bounded(checks: &mut Checks, at: At<'_>, money: Money) -> Option<Money> {
    if MINOR_MAX < money.minor.unsigned_abs() {
        checks.complain(at, "INVALID_VALUE", "an amount has at most 13 digits");
        return None;
    }
    Some(money)
}
