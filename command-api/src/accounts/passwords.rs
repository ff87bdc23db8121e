//! Passwords: argon2id, off the threads that answer, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use booking_http::Problem;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::check::Password;

/// Memory of one hash, in KiB; with 2 passes and 1 lane (OWASP's second choice for argon2id).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Most hashes at once in this process: each takes a core for some tens of milliseconds, and 19 MiB.
const AT_ONCE_MAX: usize = 4;

/// Most requests that wait for their turn; more are turned away at once.
const WAITING_MAX: usize = 256;

/// Before a caller tries again, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// What the password of an account that is not there is compared with: the same work, and never right.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes passwords and compares them.
#[derive(Debug)]
pub struct Passwords {
    room: Semaphore,
    desks: Semaphore,
}

/// A turn to hash. What is looked up within it cannot be outrun by more than a few others.
pub struct Turn<'p> {
    _room: SemaphorePermit<'p>,
    _desk: SemaphorePermit<'p>,
}

impl Passwords {
    /// As many at once as there are cores, four at most.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let desks = cores.min(AT_ONCE_MAX);
        Self { room: Semaphore::new(WAITING_MAX + desks), desks: Semaphore::new(desks) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// 503 `TOO_BUSY` when too many wait already.
    pub async fn turn(&self) -> Result<Turn<'_>, Problem> {
        let busy =
            || Problem::unavailable("TOO_BUSY", "too many log in at once; repeat the request", RETRY_AFTER_S);
        let room = self.room.try_acquire().map_err(|_| busy())?;
        let desk = self.desks.acquire().await.map_err(|_| busy())?;
        Ok(Turn { _room: room, _desk: desk })
    }
}

impl Turn<'_> {
    /// The hash of a password in PHC form, with a salt by chance.
    ///
    /// # Errors
    /// 500, when there is no memory for it.
    pub async fn hash(&self, password: Password) -> Result<String, Problem> {
        let password = password.into_text();
        let hashed =
            off_thread(move || argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()));
        hashed.await?.map_err(|failure| Problem::internal().caused_by(&failure))
    }

    /// Whether a password is that of a hash in PHC form. Without a hash it is not, and that takes as long.
    ///
    /// # Errors
    /// 500, when what is stored is no hash.
    pub async fn is_right(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        let is_anyones = hash.is_some();
        let right = off_thread(move || {
            let hash = hash.as_deref().unwrap_or(NOBODYS);
            PasswordHash::new(hash).map(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
        });
        let right = right.await?.map_err(|failure| Problem::internal().caused_by(&failure))?;
        Ok(right && is_anyones)
    }
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|failure| Problem::internal().caused_by(&failure))
}

#[cfg(test)]
mod tests {
    use super::super::check::password;
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::new();
        let turn = passwords.turn().await.unwrap();
        let hash = turn.hash(password("correct horse").unwrap_or_else(|_| unreachable!())).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (text, right) in [("correct horse", true), ("correct horsf", false), ("", false)] {
            assert_eq!(turn.is_right(text.to_owned(), Some(hash.clone())).await.unwrap(), right, "{text}");
        }
    }

    #[tokio::test]
    async fn nobody_has_the_password_of_an_account_that_is_not_there() {
        let passwords = Passwords::new();
        let turn = passwords.turn().await.unwrap();
        assert!(!turn.is_right(String::new(), None).await.unwrap());
        let stored = PasswordHash::new(NOBODYS).unwrap();
        let ours = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap();
        assert_eq!(Params::try_from(&stored).unwrap().m_cost(), ours.m_cost(), "it takes the same work");
        assert_eq!(Params::try_from(&stored).unwrap().t_cost(), ours.t_cost());
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_at_once() {
        let passwords = Passwords { room: Semaphore::new(1), desks: Semaphore::new(1) };
        let _turn = passwords.turn().await.unwrap();
        assert_eq!(passwords.turn().await.err().unwrap().code(), "TOO_BUSY");
    }
}
