//! Tokens that must not stand, one row each, beside the good one that each is a change of.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::sign;
use serde_json::{Value, json};

use super::*;
use crate::Role;

const SECRET: &[u8] = b"a secret of more than thirty-two bytes";

fn tokens() -> Tokens {
    Tokens::new(SECRET).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_132_800, 0).unwrap()
}

fn seconds(offset: i64) -> Value {
    json!(now().timestamp() + offset)
}

fn good_claims() -> Value {
    json!({
        "iss": "booking", "aud": "booking-api",
        "sub": Uuid::from_u128(1), "tenant": Uuid::from_u128(2),
        "roles": ["customer"], "location_ids": [Uuid::from_u128(3)],
        "iat": seconds(0), "nbf": seconds(0), "exp": seconds(900),
    })
}

fn header(algorithm: Algorithm, typ: Option<&str>) -> Header {
    Header { typ: typ.map(ToOwned::to_owned), ..Header::new(algorithm) }
}

fn signed(claims: &Value) -> String {
    encode(&header(Algorithm::HS256, Some("at+jwt")), claims, &EncodingKey::from_secret(SECRET)).unwrap()
}

fn with(name: &str, value: Value) -> String {
    let mut claims = good_claims();
    claims[name] = value;
    signed(&claims)
}

fn without(name: &str) -> String {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove(name);
    signed(&claims)
}

/// Signed with our own secret, whatever the header says: more than a forger can do.
fn with_header(header: &str) -> String {
    let message = format!("{}.{}", base64url(header), base64url(&good_claims().to_string()));
    let key = EncodingKey::from_secret(SECRET);
    let signature = sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn base64url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn a_token_of_ours_stands() {
    let caller = Caller {
        user_id: Uuid::from_u128(1).into(),
        tenant: Uuid::from_u128(2).into(),
        roles: Role::Customer.into(),
        location_ids: vec![Uuid::from_u128(3)],
        by: By::Secret,
    };

    assert_eq!(tokens().verify(&signed(&good_claims()), now()), Ok(caller.clone()));
    assert_eq!(tokens().verify(&tokens().mint(&caller, TOKEN_LIFE, now()), now()), Ok(caller.clone()));
    let of_session = Caller { by: By::Session(Uuid::from_u128(4)), ..caller };
    assert_eq!(tokens().verify(&tokens().mint(&of_session, TOKEN_LIFE, now()), now()), Ok(of_session));
}

#[test]
fn in_production_a_token_without_a_session_is_not_for_ever() {
    let (made, production) = (now(), tokens().for_production());
    let of = |by| {
        let (user_id, tenant) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        Caller { user_id, tenant, roles: Role::SuperAdmin.into(), location_ids: vec![], by }
    };
    let [secret, session] = [By::Secret, By::Session(Uuid::from_u128(4))]
        .map(|by| tokens().mint(&of(by), TimeDelta::days(365), made));
    let last = made + SECRETS_TOKEN_LIFE_MAX - TimeDelta::seconds(1);
    let later = made + SECRETS_TOKEN_LIFE_MAX;
    assert_eq!(production.verify(&secret, last), Ok(of(By::Secret)));
    assert_eq!(production.verify(&secret, later), Err(TokenRefusal::Expired));
    assert!(production.verify(&session, later).is_ok());
    assert_eq!(tokens().verify(&secret, later), Ok(of(By::Secret)), "in development it is");
}

#[test]
fn forged_tokens_do_not_stand() {
    let good = signed(&good_claims());
    let parts: Vec<&str> = good.split('.').collect();
    let ours = EncodingKey::from_secret(SECRET);
    let theirs = EncodingKey::from_secret(b"another secret of thirty-two bytes!!");
    let claims = good_claims();
    let mut raised = good_claims();
    raised["roles"] = json!(["super_admin"]);
    let other_typ = |typ| encode(&header(Algorithm::HS256, typ), &claims, &ours).unwrap();

    let rows = [
        ("alg none", with_header(r#"{"alg":"none","typ":"at+jwt"}"#)),
        ("alg none, unsigned", format!("{}.{}.", base64url(r#"{"alg":"none","typ":"at+jwt"}"#), parts[1])),
        ("alg RS256", with_header(r#"{"alg":"RS256","typ":"at+jwt"}"#)),
        ("alg unheard of", with_header(r#"{"alg":"HS1","typ":"at+jwt"}"#)),
        ("header without alg", with_header(r#"{"typ":"at+jwt"}"#)),
        ("HS384 with our secret", encode(&header(Algorithm::HS384, Some("at+jwt")), &claims, &ours).unwrap()),
        ("HS512 with our secret", encode(&header(Algorithm::HS512, Some("at+jwt")), &claims, &ours).unwrap()),
        ("other key", encode(&header(Algorithm::HS256, Some("at+jwt")), &claims, &theirs).unwrap()),
        ("no typ", other_typ(None)),
        ("typ JWT", other_typ(Some("JWT"))),
        ("typ refresh", other_typ(Some("rt+jwt"))),
        ("other issuer", with("iss", json!("bookings"))),
        ("no issuer", without("iss")),
        ("other audience", with("aud", json!("booking-admin"))),
        ("several audiences", with("aud", json!(["booking-api", "other"]))),
        ("no audience", without("aud")),
        ("no subject", without("sub")),
        ("subject no id", with("sub", json!("root"))),
        ("subject null", with("sub", json!(null))),
        ("no tenant", without("tenant")),
        ("tenant no id", with("tenant", json!("acme"))),
        ("no roles", without("roles")),
        ("role unheard of", with("roles", json!(["god"]))),
        ("roles a text", with("roles", json!("owner"))),
        ("no locations", without("location_ids")),
        ("no exp", without("exp")),
        ("exp a text", with("exp", json!("9999999999"))),
        ("exp a fraction", with("exp", json!(1e12))),
        ("no iat", without("iat")),
        ("no nbf", without("nbf")),
        ("claims no object", signed(&json!([1, 2, 3]))),
        ("claims changed", format!("{}.{}.{}", parts[0], base64url(&raised.to_string()), parts[2])),
        ("nothing", String::new()),
        ("dots", "..".into()),
        ("words", "not a token".into()),
        ("unicode", "жетон.жетон.жетон".into()),
        ("cut short", good[..good.len() - 4].into()),
        ("no signature", format!("{}.{}", parts[0], parts[1])),
        ("empty signature", format!("{}.{}.", parts[0], parts[1])),
        ("a fourth part", format!("{good}.{}", parts[2])),
        ("a part before", format!("{}.{good}", parts[0])),
        ("padded", format!("{good}=")),
        ("over 8 KiB", with("note", json!("x".repeat(8 * 1024)))),
    ];
    for (forgery, token) in rows {
        assert_eq!(tokens().verify(&token, now()), Err(TokenRefusal::Invalid), "{forgery}");
    }
}

#[test]
fn a_token_stands_from_its_first_second_until_it_expires() {
    for (row, token, verdict) in [
        ("last second", with("exp", seconds(1)), Ok(())),
        ("expired now", with("exp", seconds(0)), Err(TokenRefusal::Expired)),
        ("long expired", with("exp", seconds(-86_400)), Err(TokenRefusal::Expired)),
        ("expired before it began", with("exp", json!(i64::MIN)), Err(TokenRefusal::Expired)),
        ("minted by a clock 5 s ahead", with("nbf", seconds(5)), Ok(())),
        ("not before 6 s from now", with("nbf", seconds(6)), Err(TokenRefusal::NotYetValid)),
        ("issued 6 s from now", with("iat", seconds(6)), Err(TokenRefusal::NotYetValid)),
        ("issued at the end of time", with("iat", json!(i64::MAX)), Err(TokenRefusal::NotYetValid)),
    ] {
        assert_eq!(tokens().verify(&token, now()).map(drop), verdict, "{row}");
    }
}

#[test]
fn only_its_header_is_wrong_with_a_token_whose_header_is_wrong() {
    assert!(tokens().verify(&with_header(r#"{"typ":"at+jwt","alg":"HS256"}"#), now()).is_ok());
}

#[test]
fn a_short_secret_is_refused() {
    assert_eq!(Tokens::new(&[1; 31]).err(), Some(WeakSecret));
    assert!(Tokens::new(&[1; 32]).is_ok());
}
