//! The ways out of the subnets that hosts and tasks stand in.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::environment::Entries;
use super::site::failed;
use aws::Aws;
use aws::lookups::EndpointService::{self, EcrApi, EcrDkr, Ecs, EcsAgent, EcsTelemetry, Logs, S3};
use aws::lookups::{self, DefaultRoute, Route, Subnet, Surroundings};
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// What a task reaches before its container starts, and, with hosts, what these reach. Sources: Amazon ECR user guide,
/// *Amazon ECR interface VPC endpoints*; Amazon ECS developer guide, *Amazon ECS interface VPC endpoints*.
pub fn of_tasks(on_hosts: bool) -> Vec<EndpointService> {
    let mut needed = vec![EcrApi, EcrDkr, S3, Logs];
    if on_hosts {
        needed.extend([Ecs, EcsAgent, EcsTelemetry]);
    }
    needed
}

/// What the agent reaches to fetch secrets.
pub fn of_secrets(secrets: &Entries) -> Vec<EndpointService> {
    let arns = secrets.known().into_iter().flat_map(|entries| entries.values());
    let service = |arn: &Attr<String>| match arn.known()? {
        arn if arn.contains(":secretsmanager:") => Some(EndpointService::SecretsManager),
        _ => Some(EndpointService::Ssm),
    };
    let services: BTreeSet<_> = arns.filter_map(service).collect();
    services.into_iter().collect()
}

/// Whether what is to start has a public address, which an internet gateway asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicAddress {
    /// It cannot have one.
    Never,
    /// It could have one.
    Off,
    /// It has one, or that is not known yet.
    On,
}

/// Refuses subnets in which something could not reach these services. `around` is what was seen already.
pub async fn check(
    aws: &Aws,
    around: &Surroundings,
    subnets: &[Subnet],
    needed: &[EndpointService],
    address: PublicAddress,
    attribute: &str,
) -> Diagnostics {
    match stuck(aws, around, subnets, needed, address, attribute).await {
        Ok(stuck) => stuck,
        Err(unseen) => unseen.into(),
    }
}

/// The subnets in which something could not reach these services; or that they could not be looked at.
async fn stuck(
    aws: &Aws,
    around: &Surroundings,
    subnets: &[Subnet],
    needed: &[EndpointService],
    address: PublicAddress,
    attribute: &str,
) -> Result<Diagnostics, Diagnostic> {
    let lacking = around
        .lacking(aws, subnets, needed, address == PublicAddress::On)
        .await
        .map_err(|error| failed("the subnets' routes", &error, Path::of([attribute])))?;
    let stuck = lacking.iter().enumerate().filter_map(|(index, (route, lacking))| {
        if lacking.is_empty() {
            return None;
        }
        let problem = stranded(route, lacking, address);
        Some(Diagnostic::error("No way out of a subnet", problem).at(Path::of([attribute]).index(index)))
    });
    Ok(stuck.collect())
}

/// How long a way out is waited for that the same apply may be making: Terraform knows nothing of what a subnet needs beside the
/// subnet, and begins with both at once.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_secs(2);

/// Refuses subnets in which hosts could not reach these services. `around` is what was seen already. Where a way out is coming,
/// as when the same configuration makes the network, that is a warning: hosts and tasks try again until it is there.
pub async fn insist(
    aws: &Aws,
    around: &Surroundings,
    subnets: &[Subnet],
    needed: &[EndpointService],
    address: PublicAddress,
    attribute: &str,
) -> Diagnostics {
    let until = Instant::now() + PATIENCE;
    let (mut around, anew) = (around, Surroundings::default());
    loop {
        let found = match stuck(aws, around, subnets, needed, address, attribute).await {
            Ok(found) => found,
            Err(unseen) => return unseen.into(),
        };
        // Who may not look at gateways is told what is known.
        if found.is_empty() || Instant::now() >= until {
            return found;
        }
        match lookups::way_out_is_coming(aws, subnets).await {
            Ok(true) => return found.into_warnings(),
            Ok(false) => sleep(PAUSE).await,
            Err(_) => return found,
        }
        around = &anew;
    }
}

/// What is missing in a subnet, and what to do.
fn stranded(route: &Route, lacking: &[EndpointService], address: PublicAddress) -> String {
    let names: Vec<String> = lacking.iter().map(ToString::to_string).collect();
    let gateway = if address == PublicAddress::On {
        "a gateway"
    } else {
        "a NAT gateway"
    };
    let or = if address == PublicAddress::Off && route.to == Some(DefaultRoute::InternetGateway) {
        " Or set assign_public_ip = true: the subnet's internet gateway serves public addresses alone."
    } else {
        ""
    };
    format!(
        "{} ({}) has no default route to {gateway}, and no endpoints of these services: {}. Nothing in it could fetch the image. \
         Add a NAT gateway (thatdot_network makes one), or these endpoints.{or} Where this configuration makes them, the deployment \
         can wait for them and for their routes, by depends_on.",
        route.subnet,
        route.zone,
        names.join(", ")
    )
}
