//! Refresh tokens: opaque to those who hold them, and stored nowhere.
//!
//! A token is the id of its session, its generation, and a keyed hash of both with the session's salt. So one that
//! was made up is known without a look at the table, any older one is known for ever as what it is, and who reads
//! the table alone cannot make one. All that ask for a generation get the same token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking_journal::MasterKey;
use subtle::ConstantTimeEq;
use uuid::Uuid;

const PREFIX: &str = "rt_";
const ID_BYTES: usize = 16;
const GENERATION_BYTES: usize = 4;
const MAC_BYTES: usize = 32;

/// What a token says of itself; true only if it [`is_genuine`](Self::is_genuine).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub session_id: Uuid,
    pub generation: i32,
    mac: [u8; MAC_BYTES],
}

/// The token of a session's generation.
pub fn token(master: &MasterKey, session_id: Uuid, salt: &[u8; 16], generation: i32) -> String {
    let mac = mac(master, session_id, salt, generation);
    let bytes = [session_id.as_bytes().as_slice(), &generation.to_be_bytes(), &mac].concat();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

impl Shown {
    /// Reads a token; nothing when it has not the form of one.
    pub fn read(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token.trim().strip_prefix(PREFIX)?).ok()?;
        let (id, rest) = bytes.split_first_chunk::<ID_BYTES>()?;
        let (generation, mac) = rest.split_first_chunk::<GENERATION_BYTES>()?;
        let generation = i32::from_be_bytes(*generation);
        let mac = mac.try_into().ok()?;
        (0..i32::MAX).contains(&generation).then(|| Self {
            session_id: Uuid::from_bytes(*id),
            generation,
            mac,
        })
    }

    /// Whether we made it.
    pub fn is_genuine(&self, master: &MasterKey, salt: &[u8; 16]) -> bool {
        mac(master, self.session_id, salt, self.generation).ct_eq(&self.mac).into()
    }
}

fn mac(master: &MasterKey, session_id: Uuid, salt: &[u8; 16], generation: i32) -> [u8; MAC_BYTES] {
    master.fingerprint("refresh_token", &[session_id.as_bytes(), salt, &generation.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 16] = [3; 16];

    fn of(generation: i32) -> String {
        token(&MasterKey::new([7; 32]), Uuid::from_u128(5), &SALT, generation)
    }

    #[test]
    fn a_token_says_of_which_session_and_generation_it_is() {
        let shown = Shown::read(&of(3)).unwrap();
        assert_eq!((shown.session_id, shown.generation), (Uuid::from_u128(5), 3));
        assert!(shown.is_genuine(&MasterKey::new([7; 32]), &SALT));
        assert_eq!(of(3), of(3), "all that ask get the same");
    }

    #[test]
    fn one_that_was_made_up_is_known() {
        let master = MasterKey::new([7; 32]);
        let genuine = |token: &str| Shown::read(token).is_some_and(|shown| shown.is_genuine(&master, &SALT));
        let bytes = URL_SAFE_NO_PAD.decode(&of(3)[PREFIX.len()..]).unwrap();
        for place in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[place] ^= 1;
            assert!(!genuine(&format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(forged))), "byte {place}");
        }
        assert!(!Shown::read(&of(3)).unwrap().is_genuine(&master, &[4; 16]), "another salt");
        assert!(!Shown::read(&of(3)).unwrap().is_genuine(&MasterKey::new([8; 32]), &SALT), "another key");
        for text in ["", "rt_", "rt_AAAA", &of(3)[3..], &format!("{}A", of(3)), &of(3)[..of(3).len() - 2]] {
            assert!(!genuine(text), "{text}");
        }
    }
}
