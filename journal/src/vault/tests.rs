use serde_json::json;
use sqlx::postgres::PgPoolOptions;

use super::*;

fn vault() -> Vault {
    let nowhere = PgPoolOptions::new().connect_lazy("postgres://127.0.0.1:1/nowhere").unwrap();
    Vault::new(nowhere, MasterKey::new([7; MASTER_KEY_BYTES]))
}

fn tenant(n: u128) -> TenantId {
    Uuid::from_u128(n).into()
}

const ADA: Uuid = Uuid::from_u128(10);
const BOB: Uuid = Uuid::from_u128(11);

#[tokio::test]
async fn what_was_sealed_is_opened_by_the_id_beside_it() {
    let vault = vault();
    let mut sealer = vault.sealer(tenant(1));
    sealer.introduce(ADA);
    sealer.introduce(BOB);
    let mut document = json!({"customer_id": BOB, "notes": sealer.seal(BOB, "notes", "quiet, please"),
        "passengers": [{"passenger_id": ADA, "first_name": sealer.seal(ADA, "first_name", "Ada"), "seat": "12A"}]});
    document::open(&mut document, tenant(1), &sealer.keys).unwrap();
    let opened = json!({"customer_id": BOB, "notes": "quiet, please",
        "passengers": [{"passenger_id": ADA, "first_name": "Ada", "seat": "12A"}]});
    assert_eq!(document, opened);
}

#[tokio::test]
async fn an_answer_shows_what_its_own_request_sealed_and_nothing_else() {
    let vault = vault();
    let (mut sealer, mut other) = (vault.sealer(tenant(1)), vault.sealer(tenant(1)));
    sealer.introduce(ADA);
    other.introduce(BOB);
    let (name, others) =
        (sealer.seal(ADA, "first_name", "A\"da\n"), other.seal(BOB, "email", "bob@example.com"));
    let sealed = json!({"first_name": name, "email": others, "again": [name], "said": format!("\"{}\"", name.as_str())});

    let revealed = sealer.reveal(&sealed.to_string());

    let said = format!("\"{}\"", name.as_str());
    let shown = json!({"first_name": "A\"da\n", "email": others, "again": ["A\"da\n"], "said": said});
    assert_eq!(serde_json::from_str::<Value>(&revealed).unwrap(), shown);
}

#[tokio::test]
async fn without_its_key_a_text_is_gone() {
    let vault = vault();
    let mut sealer = vault.sealer(tenant(1));
    sealer.introduce(ADA);
    let mut document = json!({"id": ADA, "email": sealer.seal(ADA, "email", "ada@example.com")});
    document::open(&mut document, tenant(1), &HashMap::new()).unwrap();
    assert_eq!(document, json!({"id": ADA, "email": null}));
}

#[tokio::test]
async fn a_text_that_was_moved_to_another_place_does_not_open() {
    let vault = vault();
    let mut sealer = vault.sealer(tenant(1));
    sealer.introduce(ADA);
    sealer.introduce(BOB);
    let sealed = sealer.seal(ADA, "first_name", "Ada");
    for mut moved in [json!({"id": ADA, "last_name": sealed}), json!({"id": BOB, "first_name": sealed})] {
        let opened = document::open(&mut moved, tenant(1), &sealer.keys);
        assert!(matches!(opened, Err(SealFailure::Garbled)));
    }
}

#[tokio::test]
async fn a_key_opens_only_under_its_master_tenant_and_subject() {
    let vault = vault();
    let mut sealer = vault.sealer(tenant(1));
    sealer.introduce(ADA);
    let wrapped = sealer.keys().remove(0).wrapped;
    assert!(vault.master.unwrap(tenant(1), ADA, &wrapped).is_ok());
    assert!(vault.master.unwrap(tenant(2), ADA, &wrapped).is_err());
    assert!(vault.master.unwrap(tenant(1), BOB, &wrapped).is_err());
    assert!(MasterKey::new([8; MASTER_KEY_BYTES]).unwrap(tenant(1), ADA, &wrapped).is_err());
}

#[tokio::test]
async fn no_key_stays_in_memory_for_longer_than_is_said() {
    assert_eq!(vault().keys.policy().time_to_live(), Some(Duration::from_secs(KEY_CACHED_S)));
}

#[test]
fn a_fingerprint_tells_where_one_part_ends_and_the_next_begins() {
    let master = MasterKey::new([7; MASTER_KEY_BYTES]);
    let of = |purpose: &str, parts: &[&[u8]]| master.fingerprint(purpose, parts);
    assert_eq!(of("a", &[b"bc"]), of("a", &[b"bc"]));
    assert_ne!(of("a", &[b"b", b"c"]), of("a", &[b"bc"]));
    assert_ne!(of("a", &[b"bc"]), of("x", &[b"bc"]));
    assert_ne!(of("a", &[b"bc"]), MasterKey::new([8; MASTER_KEY_BYTES]).fingerprint("a", &[b"bc"]));
}

#[test]
fn neither_key_is_ever_printed() {
    let text = format!("{:?} {:?}", MasterKey::new([7; 32]), SubjectKey::new(&[7; 32]));
    assert_eq!(text, "MasterKey SubjectKey");
}
