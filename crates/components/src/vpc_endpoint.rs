//! Ways from a VPC to AWS's services that need no internet: gateway endpoints (a route) and interface endpoints (an
//! address in each subnet). Sources: Amazon EC2 API, `CreateVpcEndpoint`, `DescribeVpcEndpoints`, `ModifyVpcEndpoint`,
//! `DeleteVpcEndpoints`; AWS `PrivateLink` guide.

mod gateway;
mod interface;

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, VpcEndpoint};
use serde_json::Value;

pub use self::gateway::VpcGatewayEndpoint;
pub use self::interface::VpcInterfaceEndpoint;
use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::unless_absent;
use aws::wait::{Pace, wait_until};
use engine::{Call, Error, ErrorKind, Identity, Result};

/// What may be asked through an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointPolicy {
    /// Everything that the caller may do anyway: what an endpoint is made with.
    FullAccess,
    /// Something else, in its document.
    Other(String),
}

impl EndpointPolicy {
    /// The policy of a document. The version and the order of words do not matter.
    fn of(document: &str) -> Self {
        let is_star = |statement: &Value, name: &str| {
            statement[name] == "*" || statement[name]["AWS"] == "*" || statement[name] == serde_json::json!(["*"])
        };
        let full = |statement: &Value| {
            statement["Effect"] == "Allow"
                && ["Principal", "Action", "Resource"]
                    .iter()
                    .all(|name| is_star(statement, name))
                && statement.get("Condition").is_none()
        };
        let read: Option<Value> = serde_json::from_str(document).ok();
        let statements = read.as_ref().map(|document| &document["Statement"]);
        let is_full = match statements {
            Some(Value::Array(statements)) => statements.len() == 1 && statements.iter().all(full),
            Some(statement) => full(statement),
            None => document.is_empty(),
        };
        if is_full {
            Self::FullAccess
        } else {
            Self::Other(document.to_owned())
        }
    }
}

/// The state in lower case: EC2 answers it so, while its model spells it otherwise.
fn state(endpoint: &VpcEndpoint) -> String {
    endpoint
        .state()
        .map(|state| state.as_str().to_ascii_lowercase())
        .unwrap_or_default()
}

/// Whether it is up or coming up. One that goes is reported for a while.
fn stands(endpoint: &VpcEndpoint) -> bool {
    matches!(
        state(endpoint).as_str(),
        "available" | "pending" | "pendingacceptance" | "partial"
    )
}

/// The endpoint in whatever state.
async fn reported(call: &Call<'_, Aws>, id: &str) -> Result<Option<VpcEndpoint>> {
    call.world.reads.ec2.vpc_endpoints.seen(call, id).await
}

/// The endpoint, where it stands.
async fn described(call: &Call<'_, Aws>, id: &str) -> Result<Option<VpcEndpoint>> {
    Ok(reported(call, id).await?.filter(stands))
}

async fn found(call: &Call<'_, Aws>) -> Result<Option<Identity>> {
    let mut found = call.world.reads.ec2.vpc_endpoints.tagged(call).await?;
    found.retain(stands);
    let found = ec2::ours_or_first(call, found, VpcEndpoint::tags);
    Ok(found.and_then(|endpoint| Some(identity(call, endpoint.vpc_endpoint_id()?))))
}

fn identity(call: &Call<'_, Aws>, id: &str) -> Identity {
    ec2::identity(call, &ResourceType::VpcEndpoint, id)
}

/// Waits until the service can be reached through it.
async fn available(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    wait_until(call, Pace::Minutes, "the endpoint is available", || async {
        let Some(endpoint) = reported(call, id).await? else {
            return Ok(None);
        };
        match state(&endpoint).as_str() {
            "available" => Ok(Some(())),
            "failed" | "rejected" | "expired" | "deleting" | "deleted" => Err(failed(id, &endpoint)),
            _ => Ok(None),
        }
    })
    .await
}

fn failed(id: &str, endpoint: &VpcEndpoint) -> Error {
    let last = endpoint.last_error();
    let reason = last.and_then(|error| error.message()).or(endpoint.failure_reason());
    let message = format!(
        "the endpoint {id} is {}: {}",
        state(endpoint),
        reason.unwrap_or("AWS gave no reason")
    );
    let mut error = Error::new(ErrorKind::Conflict, "ec2:CreateVpcEndpoint", message);
    error.code = last.and_then(|error| error.code()).map(str::to_owned);
    error.with_remedy("Delete the endpoint in the VPC console, and apply again.")
}

/// Deletes it and waits until its interfaces and routes are gone.
async fn gone(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    const ATTEMPTED: &str = "ec2:DeleteVpcEndpoints";
    let request = call.world.ec2.delete_vpc_endpoints().vpc_endpoint_ids(id);
    let answer = unless_absent(ask(call, ATTEMPTED, request.send()).await)?;
    let refusal = answer.and_then(|answer| ec2::unsuccessful(ATTEMPTED, answer.unsuccessful()));
    match refusal {
        Some(error) if error.kind == ErrorKind::NotFound => return Ok(()),
        Some(error) => return Err(error),
        None => {}
    }
    wait_until(call, Pace::Seconds, "the endpoint is gone", || async {
        let endpoint = reported(call, id).await?;
        Ok(endpoint
            .is_none_or(|endpoint| state(&endpoint) == "deleted")
            .then_some(()))
    })
    .await
}

/// What to add to a set, and what to take away from it, to make it the wanted one.
fn difference<T>(wanted: &BTreeSet<T>, have: &BTreeSet<T>) -> (Option<Vec<String>>, Option<Vec<String>>)
where
    T: Ord + ToString,
{
    let texts = |items: Vec<&T>| -> Option<Vec<String>> {
        (!items.is_empty()).then(|| items.into_iter().map(T::to_string).collect())
    };
    (
        texts(wanted.difference(have).collect()),
        texts(have.difference(wanted).collect()),
    )
}

#[cfg(test)]
mod tests;
