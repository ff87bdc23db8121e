//! Money: whole minor units of one currency, never a float.

use std::fmt;

use iso_currency::Currency;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in minor units (cents) of an ISO 4217 currency.
///
/// Written as `{"amount": "299.99", "amount_minor": 29999, "currency": "USD"}`; read from `currency` and
/// either amount, which must agree when both are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units; negative for what is given back.
    pub minor: i64,
    /// Says how many decimals an amount has.
    pub currency: Currency,
}

/// Why a text is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Neither digits nor a point, or too many digits to count.
    #[error("`{0}` is not a decimal amount")]
    NotAnAmount(String),
    /// More decimals than the currency has.
    #[error("{currency} has {decimals} decimals, `{amount}` has more")]
    TooPrecise {
        /// As given.
        amount: String,
        /// Three letters.
        currency: &'static str,
        /// Of the currency.
        decimals: u32,
    },
    /// `amount` and `amount_minor` disagree, or both are absent.
    #[error("amount and amount_minor do not say the same")]
    Disagree,
    /// Two currencies in one sum.
    #[error("an amount in {0} cannot be added to one in {1}")]
    Mixed(&'static str, &'static str),
    /// More than can be counted in minor units.
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// So many minor units of `currency`.
    pub const fn of(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// No money, but of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::of(0, currency)
    }

    /// Reads a decimal text such as `299.99`.
    ///
    /// # Errors
    /// When it is no decimal number, or finer than the currency's smallest coin.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_an_amount = || MoneyError::NotAnAmount(amount.to_owned());
        let (sign, digits) = amount.strip_prefix('-').map_or((1, amount), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
            return Err(not_an_amount());
        }
        let decimals = decimals(currency);
        let missing = (decimals as usize).checked_sub(fraction.len()).ok_or(MoneyError::TooPrecise {
            amount: amount.to_owned(),
            currency: currency.code(),
            decimals,
        })?;
        let minor: i64 =
            format!("{whole}{fraction}{}", "0".repeat(missing)).parse().map_err(|_| not_an_amount())?;
        Ok(Self::of(sign * minor, currency))
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the sum cannot be counted.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency.code(), other.currency.code()));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self::of(minor, self.currency))
    }

    /// So many per cent, rounded down to whole minor units.
    pub fn percent(self, percent: u8) -> Self {
        let part = i128::from(self.minor) * i128::from(percent) / 100;
        Self::of(i64::try_from(part).unwrap_or(self.minor), self.currency)
    }

    /// The decimal text, such as `299.99` or `300` for a currency without decimals.
    pub fn amount(&self) -> String {
        let decimals = decimals(self.currency) as usize;
        let mut text = self.minor.unsigned_abs().to_string();
        while text.len() <= decimals {
            text.insert(0, '0');
        }
        if 0 < decimals {
            text.insert(text.len() - decimals, '.');
        }
        if self.minor < 0 {
            text.insert(0, '-');
        }
        text
    }
}

fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency.code())
    }
}

#[derive(Serialize)]
struct Written<'a> {
    amount: &'a str,
    amount_minor: i64,
    currency: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    amount: Option<String>,
    amount_minor: Option<i64>,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let amount = self.amount();
        let written = Written { amount: &amount, amount_minor: self.minor, currency: self.currency.code() };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { amount, amount_minor, currency } = Read::deserialize(deserializer)?;
        let parsed = amount.map(|text| Self::parse(&text, currency)).transpose();
        match (parsed.map_err(serde::de::Error::custom)?, amount_minor) {
            (Some(money), None) => Ok(money),
            (Some(money), Some(minor)) if money.minor == minor => Ok(money),
            (None, Some(minor)) => Ok(Self::of(minor, currency)),
            (Some(_), Some(_)) | (None, None) => Err(serde::de::Error::custom(MoneyError::Disagree)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_to_the_cent() {
        assert_eq!(Money::parse("299.99", Currency::USD), Ok(Money::of(29_999, Currency::USD)));
        assert_eq!(Money::parse("300", Currency::USD), Ok(Money::of(30_000, Currency::USD)));
        assert_eq!(Money::parse("-0.5", Currency::USD), Ok(Money::of(-50, Currency::USD)));
        assert_eq!(Money::parse("1.234", Currency::KWD), Ok(Money::of(1_234, Currency::KWD)));
        assert_eq!(Money::parse("12", Currency::JPY), Ok(Money::of(12, Currency::JPY)));
    }

    #[test]
    fn what_is_no_amount_is_said_so() {
        for text in ["", ".", "1.", ".5", "1e3", "1,5", "--1", "99999999999999999999"] {
            assert_eq!(
                Money::parse(text, Currency::USD),
                Err(MoneyError::NotAnAmount(text.to_owned())),
                "{text}"
            );
        }
        assert!(matches!(Money::parse("1.5", Currency::JPY), Err(MoneyError::TooPrecise { .. })));
    }

    #[test]
    fn it_is_written_both_ways_and_read_from_either() {
        let json = serde_json::json!({"amount": "299.99", "amount_minor": 29999, "currency": "USD"});
        let money = Money::of(29_999, Currency::USD);
        assert_eq!(serde_json::to_value(money).unwrap(), json);
        assert_eq!(serde_json::from_value::<Money>(json).unwrap(), money);
        let short = serde_json::json!({"amount": "299.99", "currency": "USD"});
        assert_eq!(serde_json::from_value::<Money>(short).unwrap(), money);
        let lie = serde_json::json!({"amount": "299.99", "amount_minor": 1, "currency": "USD"});
        assert!(serde_json::from_value::<Money>(lie).is_err());
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        for (minor, currency, amount) in [
            (0, Currency::USD, "0.00"),
            (5, Currency::USD, "0.05"),
            (-5, Currency::USD, "-0.05"),
            (123_456, Currency::USD, "1234.56"),
            (1_234, Currency::KWD, "1.234"),
            (12, Currency::JPY, "12"),
            (i64::MIN, Currency::USD, "-92233720368547758.08"),
        ] {
            assert_eq!(Money::of(minor, currency).amount(), amount);
        }
    }

    #[test]
    fn a_part_is_rounded_down() {
        assert_eq!(Money::of(101, Currency::USD).percent(50), Money::of(50, Currency::USD));
        assert_eq!(Money::of(29_999, Currency::USD).percent(100), Money::of(29_999, Currency::USD));
    }
}
