//! The code that sets a new password. It follows from the request's id and the master key, so it lies nowhere.

use booking_journal::MasterKey;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Digits and capitals without those that look alike (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a code: with five tries within ten minutes it is not guessed.
const CODE_LETTERS: usize = 8;

/// The code of a request.
pub fn code(master: &MasterKey, reset_id: Uuid) -> String {
    let hash = master.fingerprint("password_reset", &[reset_id.as_bytes()]);
    hash.iter().take(CODE_LETTERS).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// Whether this is the code of a request, in any case and with blanks or hyphens in it.
pub fn is_right(master: &MasterKey, reset_id: Uuid, shown: &str) -> bool {
    let plain = shown.chars().filter(|letter| !matches!(letter, ' ' | '-'));
    let shown: String = plain.map(|letter| letter.to_ascii_uppercase()).take(CODE_LETTERS + 1).collect();
    code(master, reset_id).as_bytes().ct_eq(shown.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_one_request_and_one_key() {
        let (master, reset_id) = (MasterKey::new([7; 32]), Uuid::from_u128(5));
        let code = code(&master, reset_id);
        assert_eq!(code.len(), CODE_LETTERS);
        assert!(is_right(&master, reset_id, &code));
        assert!(is_right(&master, reset_id, &format!(" {}-{}", &code[..4].to_lowercase(), &code[4..])));
        assert!(!is_right(&master, Uuid::from_u128(6), &code));
        assert!(!is_right(&MasterKey::new([8; 32]), reset_id, &code));
        for wrong in ["", &code[..7], &format!("{code}0")] {
            assert!(!is_right(&master, reset_id, wrong), "{wrong}");
        }
    }
}
