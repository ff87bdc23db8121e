//! Checks of what only accounts have.

use booking_journal::MasterKey;

use super::body::{ChangeBody, ForgotBody, LoginBody, RegisterBody, ResetBody};
use crate::check::{At, Checks, Wrong, texts};
use booking_http::Problem;

/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// Longest password, in bytes: hashing takes its time, and more is nobody's.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// Longest subdomain, in bytes.
const SUBDOMAIN_BYTES_MAX: usize = 63;

/// An address, as written; two that differ in capitals alone are one.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// A password that is long enough. It cannot be printed.
#[derive(Clone)]
pub struct Password(String);

/// A person who registers, every field sound and still in the clear.
pub struct Newcomer {
    pub email: Email,
    pub password: Password,
    pub full_name: String,
    pub phone_number: Option<String>,
}

/// Somebody who says that they have an account.
pub struct Claimant {
    pub email: Email,
    pub password: String,
    pub subdomain: Option<String>,
}

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what the account is found.
    pub fn hash(&self, master: &MasterKey) -> [u8; 32] {
        master.fingerprint("email", &[self.0.to_lowercase().as_bytes()])
    }
}

impl Password {
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Reads a registration, and within which business it is.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn newcomer(body: RegisterBody) -> Result<(Newcomer, Option<String>), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let email = checks.required(at.field("email"), body.email, email);
    let password = checks.required(at.field("password"), body.password, password);
    let full_name = checks.required(at.field("full_name"), body.full_name, texts::name);
    let phone_number = checks.optional(at.field("phone_number"), body.phone_number, texts::phone_number);
    let subdomain = checks.optional(at.field("subdomain"), body.subdomain, subdomain);
    let sound = email.zip(password).zip(full_name).map(|((email, password), full_name)| {
        (Newcomer { email, password, full_name, phone_number }, subdomain)
    });
    checks.finish(sound)
}

/// Reads a log-in. A password that no account could have is not complained about: it is wrong like any other.
///
/// # Errors
/// 422 when something is missing.
pub fn claimant(body: LoginBody) -> Result<Claimant, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let email = checks.required(at.field("email"), body.email, email);
    let password = checks.required(at.field("password"), body.password, anything);
    let subdomain = checks.optional(at.field("subdomain"), body.subdomain, subdomain);
    checks.finish(email.zip(password).map(|(email, password)| Claimant { email, password, subdomain }))
}

/// Reads a change of password: the one that is, and the one that shall be.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn change(body: ChangeBody) -> Result<(String, Password), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let current = checks.required(at.field("current_password"), body.current_password, anything);
    let wanted = checks.required(at.field("new_password"), body.new_password, password);
    checks.finish(current.zip(wanted))
}

/// Reads for whom a code is asked for, and within which business.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn forgot(body: ForgotBody) -> Result<(Email, Option<String>), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let email = checks.required(at.field("email"), body.email, email);
    let subdomain = checks.optional(at.field("subdomain"), body.subdomain, subdomain);
    checks.finish(email.map(|email| (email, subdomain)))
}

/// Reads whose password is set, with which code, and to what.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn reset(body: ResetBody) -> Result<(Email, String, Password), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let email = checks.required(at.field("email"), body.email, email);
    let code = checks.required(at.field("code"), body.code, anything);
    let wanted = checks.required(at.field("new_password"), body.new_password, password);
    checks.finish(email.zip(code).zip(wanted).map(|((email, code), wanted)| (email, code, wanted)))
}

/// What is compared, and not kept.
fn anything(text: &str) -> Result<String, Wrong> {
    Ok(text.to_owned())
}

/// An address.
pub fn email(text: &str) -> Result<Email, Wrong> {
    texts::email(text).map(Email)
}

/// A password for an account. What it is made of is its owner's affair.
pub fn password(text: &str) -> Result<Password, Wrong> {
    if text.chars().count() < PASSWORD_CHARS_MIN || PASSWORD_BYTES_MAX < text.len() {
        return Err("a password has at least 8 characters and at most 256 bytes".into());
    }
    Ok(Password(text.to_owned()))
}

/// A business's subdomain; whether there is such a business is another question.
pub fn subdomain(text: &str) -> Result<String, Wrong> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let text = text.trim().to_ascii_lowercase();
    if !(1..=SUBDOMAIN_BYTES_MAX).contains(&text.len()) || !text.bytes().all(fits) {
        return Err("a subdomain has 1 to 63 letters, digits and hyphens".into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_however_it_is_written() {
        let master = MasterKey::new([7; 32]);
        let hash = |text: &str| email(text).ok().map(|email| email.hash(&master));
        assert!(hash("ada@example.com").is_some());
        assert_eq!(hash(" Ada@Example.COM "), hash("ada@example.com"));
        assert_ne!(hash("ada@example.com"), hash("ada@example.org"));
        assert_ne!(
            hash("ada@example.com"),
            email("ada@example.com").ok().map(|email| email.hash(&MasterKey::new([8; 32])))
        );
        assert!(hash("ada").is_none());
    }

    #[test]
    fn a_password_has_its_bounds() {
        for (text, sound) in [
            ("", false),
            ("seven77", false),
            ("eight888", true),
            ("пароль-8", true),
            (&"x".repeat(PASSWORD_BYTES_MAX), true),
            (&"x".repeat(PASSWORD_BYTES_MAX + 1), false),
        ] {
            assert_eq!(password(text).is_ok(), sound, "{text}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let body = RegisterBody {
            email: Some("ada".to_owned()),
            password: Some("short".to_owned()),
            full_name: None,
            phone_number: Some("1".to_owned()),
            subdomain: Some("no subdomain".to_owned()),
        };
        let problem = newcomer(body).err().unwrap();
        assert_eq!(problem.code(), "VALIDATION_FAILED");
        assert!(!format!("{problem:?}").contains("short\""), "a password is not repeated");
    }
}
