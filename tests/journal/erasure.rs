//! A person's key goes in the commit that says so, and no process that hears of it opens their texts again.

use std::time::Duration;

use booking::database::DatabaseRole;
use booking_domain::UseCase;
use booking_domain::use_cases::EraseCustomer;
use booking_domain::values::CustomerId;
use booking_journal::{KEY_CACHED_S, MASTER_KEY_BYTES, MasterKey, SealFailure, Vault};
use chrono::Utc;
use serde_json::{Value, json};
use sqlx::Executor;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::scene::Scene;

/// Less than a key stays in memory by itself.
const HEARD_WITHIN: Duration = Duration::from_secs(KEY_CACHED_S / 2);

/// Between two looks.
const POLL: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_process_that_has_a_key_in_memory_hears_that_it_was_destroyed() {
    let scene = Scene::new().await;
    let (follows, does_not) = (vault(&scene), vault(&scene));
    let pool = scene.database.pool(DatabaseRole::Command);
    tokio::spawn(follows.clone().follow(pool));
    let (ada, bob) = (sealed(&scene).await, sealed(&scene).await);
    for document in [&ada, &bob] {
        assert_eq!(opened(&scene, &follows, document).await, "Ada");
        assert_eq!(opened(&scene, &does_not, document).await, "Ada");
    }

    scene.done(erase(&ada)).await;

    let gone = async {
        while !opened(&scene, &follows, &ada).await.is_null() {
            sleep(POLL).await;
        }
    };
    timeout(HEARD_WITHIN, gone).await.expect("it hears of it long before it would forget by itself");
    assert_eq!(opened(&scene, &follows, &bob).await, "Ada", "nobody else is forgotten");
    // Without the news, the key that is in memory opens what it sealed: that is what the news is for.
    assert_eq!(opened(&scene, &does_not, &ada).await, "Ada");
    assert_eq!(opened(&scene, &vault(&scene), &ada).await, Value::Null, "whoever asks Postgres gets none");
}

#[tokio::test]
async fn who_was_erased_gets_no_other_key() {
    let scene = Scene::new().await;
    let ada = sealed(&scene).await;
    scene.done(erase(&ada)).await;

    let (vault, subject) = (vault(&scene), subject(&ada));
    let mut sealer = vault.sealer(scene.tenant);

    assert!(matches!(sealer.fetch(subject).await, Err(SealFailure::Erased)));
    assert!(matches!(sealer.borrow(subject).await, Err(SealFailure::Erased)));
    assert!(matches!(sealer.must_be_kept(subject).await, Err(SealFailure::Erased)));
    sealer.must_be_kept(Uuid::now_v7()).await.unwrap();
    assert_eq!(
        opened(&scene, &vault, &ada).await,
        Value::Null,
        "the old text is not taken for a changed one"
    );
}

/// Also for who never had one: what they are sealed under later would be kept.
#[tokio::test]
async fn who_never_had_a_key_gets_none_after_an_erasure() {
    let scene = Scene::new().await;
    let nobody = json!({"customer_id": Uuid::now_v7()});
    scene.done(erase(&nobody)).await;

    let vault = vault(&scene);
    let fetched = vault.sealer(scene.tenant).fetch(subject(&nobody)).await;

    assert!(matches!(fetched, Err(SealFailure::Erased)));
}

#[tokio::test]
async fn without_the_trigger_the_key_stays_and_opens_everything() {
    let scene = Scene::new().await;
    let ada = sealed(&scene).await;
    let owner = scene.database.owner().await;
    owner.execute("drop trigger event_destroys_keys on journal.event").await.unwrap();

    scene.done(erase(&ada)).await;

    assert_eq!(opened(&scene, &vault(&scene), &ada).await, "Ada");
}

/// The roles that run could not have destroyed the key by themselves, nor bring it back.
#[tokio::test]
async fn no_role_may_change_a_key() {
    let scene = Scene::new().await;
    for role in DatabaseRole::ALL {
        let pool = scene.database.pool(role);
        for statement in ["update keys.subject set wrapped = ''", "delete from keys.subject"] {
            let refused = pool.execute(statement).await.unwrap_err();
            assert!(refused.to_string().contains("permission denied"), "{role:?}: {refused}");
        }
    }
}

fn vault(scene: &Scene) -> Vault {
    Vault::new(scene.database.pool(DatabaseRole::Command), MasterKey::new([7; MASTER_KEY_BYTES]))
}

/// A document of a new customer.
async fn sealed(scene: &Scene) -> Value {
    let (vault, subject) = (vault(scene), Uuid::now_v7());
    let mut sealer = vault.sealer(scene.tenant);
    sealer.fetch(subject).await.unwrap();
    json!({"customer_id": subject, "notes": sealer.seal(subject, "notes", "Ada")})
}

async fn opened(scene: &Scene, vault: &Vault, document: &Value) -> Value {
    let mut document = document.clone();
    vault.unseal(scene.tenant, &mut document).await.unwrap();
    document["notes"].take()
}

fn subject(document: &Value) -> Uuid {
    document["customer_id"].as_str().unwrap().parse().unwrap()
}

fn erase(document: &Value) -> UseCase {
    let (customer_id, now) = (CustomerId::new(subject(document)), Utc::now());
    UseCase::EraseCustomer(Box::new(EraseCustomer { customer_id, user_id: None, bookings: vec![], now }))
}
