//! The OpenAPI document against what is served, and against who may.

mod matrix;
mod rows;
mod served;

use reqwest::Method;

use crate::support::process::Caller;

/// One operation of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    /// Whether it can be rehearsed.
    pub rehearsable: bool,
}

impl Operation {
    /// As rows name it.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// All that the served document describes.
pub async fn operations(caller: &Caller) -> Vec<Operation> {
    let document = caller.get("/openapi.json").await.is(200).body;
    let mut operations = vec![];
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            let parameters = described["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let rehearsable = parameters.iter().any(|one| one["name"] == "dry_run");
            operations.push(Operation { method, path: path.clone(), rehearsable });
        }
    }
    operations
}
