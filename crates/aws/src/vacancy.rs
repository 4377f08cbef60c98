//! Taking away a part of a VPC in which something may still be: what goes by itself is waited for, what stays is named.
//! Sources: Amazon EC2 API, `DescribeNetworkInterfaces` and the `Describe` operations of what a VPC can hold; Amazon VPC
//! user guide, *Delete your VPC*.

mod holders;

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::Aws;
use super::error::unless_absent;
use super::permissions::Site;
use super::wait::{Backoff, Pace};
use engine::{Call, Error, Permission, Result};
use holders::Holder;

/// How long what goes by itself is waited for: interfaces of services that were just deleted linger.
const LINGERING: Duration = Duration::from_mins(10);
/// How long a refusal without anything to be seen behind it is waited out: EC2 knows of deletions a little later.
const UNSEEN: Duration = Duration::from_mins(1);
/// How long is waited where something stays that does not go by itself.
const STAYING: Duration = Duration::from_secs(8);
/// How long may be spent on finding out, beyond the operation's own time.
const GRACE: Duration = Duration::from_secs(15);

/// What is to be empty.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// A subnet, of its network interfaces.
    Subnet(&'a str),
    /// A VPC, of its public addresses: what an internet gateway waits for.
    PublicAddresses(&'a str),
    /// A route table, of its subnets.
    RouteTable(&'a str),
    /// A VPC, of everything.
    Vpc(&'a str),
}

impl Place<'_> {
    fn name(self) -> String {
        match self {
            Self::Subnet(id) | Self::RouteTable(id) | Self::Vpc(id) => id.to_owned(),
            Self::PublicAddresses(vpc) => format!("the internet gateway of {vpc}"),
        }
    }
}

/// Tries a deletion until nothing stands in its way any more. What is gone already is a success.
///
/// # Errors
/// The last refusal, with what it is that holds the place; cancelled.
pub async fn once_vacant<T, F, Attempt>(call: &Call<'_, Aws>, place: Place<'_>, mut attempt: F) -> Result<()>
where
    F: FnMut() -> Attempt,
    Attempt: Future<Output = Result<T>>,
{
    let begun = Instant::now();
    let mut backoff = Backoff::at(Pace::Seconds);
    let what = format!("wait until nothing holds {}", place.name());
    loop {
        let refusal = match unless_absent(attempt().await) {
            Err(error) if error.code.as_deref() == Some("DependencyViolation") => error,
            other => return other.map(drop),
        };
        let holders = look(call, place).await;
        let patience = if holders.iter().any(|holder| holder.stays) {
            STAYING
        } else if holders.is_empty() {
            UNSEEN
        } else {
            LINGERING
        };
        tracing::debug!(component = %call.key, error = %refusal, ?holders, "not vacant yet");
        if !backoff.rest(call, begun + patience, &what).await? {
            return Err(explained(place, &holders, refusal));
        }
    }
}

/// What holds the place; nothing where that cannot be found out.
async fn look(call: &Call<'_, Aws>, place: Place<'_>) -> Vec<Holder> {
    let call = Call {
        deadline: call.deadline.max(Instant::now() + GRACE),
        ..*call
    };
    holders::of(&call, place).await.unwrap_or_else(|error| {
        tracing::warn!(component = %call.key, %error, "cannot tell what holds {}", place.name());
        Vec::new()
    })
}

fn explained(place: Place<'_>, holders: &[Holder], mut refusal: Error) -> Error {
    let name = place.name();
    if holders.is_empty() {
        return refusal.with_remedy(format!(
            "Something still uses {name}. Look it up in the VPC console, and destroy again."
        ));
    }
    let list: Vec<&str> = holders.iter().map(|holder| holder.text.as_str()).collect();
    refusal.message = format!(
        "{}. {name} is held by {}",
        refusal.message.trim_end_matches('.'),
        list.join("; ")
    );
    refusal.with_remedy(
        "This is not part of the network, so it is not touched. Delete or move what is named, and destroy again.",
    )
}

/// What telling who is still there takes.
pub fn permissions(site: Site<'_>) -> Vec<Permission> {
    site.anywhere().helpful([
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
    ])
}

#[cfg(test)]
mod tests;
