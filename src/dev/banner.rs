//! What is said when development is ready.

use std::io::Write;

use booking_domain::departure::Flight;
use booking_http::{Role, Tokens};
use booking_nats::{Definition, durable_name};
use chrono::TimeDelta;
use serde::Serialize;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::secrets::Secrets;
use super::tenants::DEMO;
use crate::exit::Failure;
use crate::settings::Settings;
use crate::tools::token::mint;

/// Demo tokens live so long, in development only.
const TOKEN_HOURS: i64 = 24;

#[derive(Serialize)]
pub struct Banner {
    url: String,
    database_url: String,
    nats_url: String,
    tenants: Vec<Tenant>,
    sample_flight_id: String,
    sample_flight: String,
}

#[derive(Serialize)]
struct Tenant {
    tenant_id: String,
    subdomain: &'static str,
    customer_token: String,
    owner_token: String,
    nats_user: String,
    nats_password: String,
    durable: String,
    stream: String,
}

impl Banner {
    pub fn new(
        listener: &TcpListener,
        settings: &Settings,
        secrets: &Secrets,
        nats_url: &str,
        sample: &Flight,
    ) -> Result<Self, Failure> {
        let address = listener.local_addr().map_err(|failure| Failure::Failed(failure.into()))?;
        let tokens = settings.tokens()?;
        let (_, host) = nats_url.rsplit_once('@').unwrap_or(("", nats_url.trim_start_matches("nats://")));
        Ok(Self {
            url: format!("http://{address}"),
            database_url: settings.database_url.clone(),
            nats_url: format!("nats://{host}"),
            tenants: (0..DEMO.len()).map(|demo| tenant(demo, &tokens, secrets)).collect(),
            sample_flight_id: sample.flight_id.to_string(),
            sample_flight: format!(
                "{} {} to {} on {}",
                sample.flight_number,
                sample.origin,
                sample.destination,
                sample.departure.local.date()
            ),
        })
    }

    /// To stdout, in one go.
    pub fn print(&self, json: bool) -> Result<(), Failure> {
        let text = if json { serde_json::to_string(self).map_err(anyhow::Error::from)? } else { self.text() };
        writeln!(std::io::stdout().lock(), "{text}").map_err(anyhow::Error::from)?;
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = format!("\nbooking is ready at {}\n", self.url);
        for tenant in &self.tenants {
            text += &format!(
                "\n  {}  tenant {}\n    customer token (24 h)  {}\n    owner token (24 h)     {}\n    NATS                   {} as {} / {} (durable {} of {})\n",
                tenant.subdomain,
                tenant.tenant_id,
                tenant.customer_token,
                tenant.owner_token,
                self.nats_url,
                tenant.nats_user,
                tenant.nats_password,
                tenant.durable,
                tenant.stream,
            );
        }
        let token = self.tenants.first().map_or("", |tenant| &tenant.customer_token);
        text += &format!("\n  database  {}\n", self.database_url);
        text += &format!(
            "\nBook two seats on {}:\n\n{}\n\nCtrl-C stops everything; the data stays.\n",
            self.sample_flight,
            self.curl(token)
        );
        text
    }

    fn curl(&self, token: &str) -> String {
        format!(
            "curl -i {url}/api/v1/bookings \\\n  -H 'Authorization: Bearer {token}' \\\n  -H 'Content-Type: application/json' \\\n  -H 'Idempotency-Key: {key}' \\\n  -d '{{\"flight_id\": \"{flight}\", \"passengers\": [\n        {{\"first_name\": \"Ada\", \"last_name\": \"Lovelace\", \"email\": \"ada@example.com\", \"is_primary\": true}},\n        {{\"first_name\": \"Charles\", \"last_name\": \"Babbage\"}}]}}'",
            url = self.url,
            flight = self.sample_flight_id,
            // A key of an earlier start would bring that one's answer again.
            key = Uuid::now_v7(),
        )
    }
}

fn tenant(demo: usize, tokens: &Tokens, secrets: &Secrets) -> Tenant {
    let id = DEMO[demo].id();
    let token =
        |role: Role| mint(tokens, id, DEMO[demo].user(role.name()), role, TimeDelta::hours(TOKEN_HOURS));
    Tenant {
        tenant_id: id.to_string(),
        subdomain: DEMO[demo].subdomain,
        customer_token: token(Role::Customer),
        owner_token: token(Role::Owner),
        nats_user: durable_name(id),
        nats_password: secrets.nats_password_of(demo).to_owned(),
        durable: durable_name(id),
        stream: Definition::default().name(1),
    }
}
