//! What the engine's own tools find.

use super::{Finding, Kind};
use crate::company::Company;

/// More of what they say is left out.
const SAID_MAX: usize = 600;

pub async fn ask(company: &Company) -> Vec<Finding> {
    let mut findings = vec![];
    for tool in ["verify", "doctor"] {
        let said = company.engine.run(&[tool]).await;
        if said.code != Some(0) {
            let text = format!("{}{}", said.stdout, said.stderr);
            let text: String = text.chars().take(SAID_MAX).collect();
            findings.push(Kind::Wrong.finding(format!("{tool} ends with {:?}: {text}", said.code)));
        }
    }
    findings
}
