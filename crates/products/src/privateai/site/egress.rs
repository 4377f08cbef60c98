//! Whether `egress_cidr_blocks` leads hosts and tasks to what they must reach. Reads only.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::privateai::model::PrivateAi;
use crate::shared::site::{List, failed};
use crate::wiring::known_list;
use aws::Aws;
use aws::lookups::{EndpointService, Route, Subnet, Surroundings, WayOut};
use framework::{Diagnostic, Path};

const ATTRIBUTE: &str = "egress_cidr_blocks";

/// Where the ranges lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    /// Into the VPC.
    inside: bool,
    /// Past it.
    outside: bool,
}

/// Warns of ranges that lead no further than the VPC, whose endpoints do not serve what is needed, and of ranges that lead
/// past what is needed in it.
pub async fn check(
    aws: &Aws,
    around: &Surroundings,
    model: &PrivateAi,
    private: &[Subnet],
    needed: &[EndpointService],
) -> Option<Diagnostic> {
    let reach = reach(&model.egress_cidr_blocks, &model.vpc_cidr_blocks)?;
    if reach.inside && reach.outside {
        return None;
    }
    let path = Path::of([ATTRIBUTE]);
    let ways = match around.ways_out(aws, private).await {
        Ok(ways) => ways,
        Err(error) => return Some(failed("the subnets' routes", &error, path)),
    };
    let (summary, problem) = if reach.outside {
        (
            "No way to the VPC's own addresses",
            shut_out(&ways, needed, model.has_file_system())?,
        )
    } else {
        ("No way out past the security group", confined(ways, needed)?)
    };
    Some(Diagnostic::warning(summary, problem).at(path))
}

/// Where some ranges lead from this VPC; `None` while that is unknown, or where there are none: then they lead everywhere.
fn reach(out: &List, vpc: &List) -> Option<Reach> {
    let ranges = |list: &List| -> Option<Vec<IpNet>> {
        let texts = known_list(list)?;
        texts.iter().map(|range| range.parse().ok()).collect()
    };
    let (out, vpc) = (ranges(out)?, ranges(vpc)?);
    if out.is_empty() {
        return None;
    }
    let within = |range: &IpNet| vpc.iter().any(|vpc| vpc.contains(range));
    let touches = |range: &IpNet| vpc.iter().any(|vpc| vpc.contains(range) || range.contains(vpc));
    Some(Reach {
        inside: out.iter().any(touches),
        outside: !out.iter().all(within),
    })
}

fn listed(names: impl IntoIterator<Item = String>) -> Option<String> {
    let names: BTreeSet<String> = names.into_iter().collect();
    (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join(", "))
}

/// What is missed by who comes no further than the VPC.
fn confined(ways: Vec<WayOut>, needed: &[EndpointService]) -> Option<String> {
    let inside = ways.into_iter().map(|way| WayOut {
        route: Route { to: None, ..way.route },
        ..way
    });
    let lacking = listed(
        inside
            .flat_map(|way| way.lacks(needed, false))
            .map(|service| service.to_string()),
    )?;
    Some(format!(
        "{ATTRIBUTE} leads no further than the VPC, which has no endpoints of these services: {lacking}. Hosts that reach none of \
         Amazon ECS would never join the cluster, and tasks could not fetch their image. Add ranges that lead to AWS, or these \
         endpoints."
    ))
}

/// What is missed by who does not come to the VPC's own addresses. An endpoint stands at one of these, but for Amazon S3's,
/// which is a route.
fn shut_out(ways: &[WayOut], needed: &[EndpointService], has_file_system: bool) -> Option<String> {
    let endpoints = ways.iter().flat_map(|way| &way.endpoints);
    let served = endpoints.filter(|service| needed.contains(service) && **service != EndpointService::S3);
    let file_system = has_file_system.then(|| "the licence's file system".to_owned());
    let missed = listed(
        served
            .map(|service| format!("the endpoint of {service}"))
            .chain(file_system),
    )?;
    Some(format!(
        "{ATTRIBUTE} does not lead to the VPC's own addresses, where hosts and tasks must reach {missed}. Add the VPC's range."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use framework::Attr;

    fn list(ranges: &[&str]) -> List {
        Attr::Known(ranges.iter().map(|range| Attr::Known((*range).to_owned())).collect())
    }

    #[test]
    fn ranges_lead_into_the_vpc_past_it_or_both() {
        let vpc = list(&["10.0.0.0/16"]);
        let told = |out: &[&str]| reach(&list(out), &vpc).map(|reach| (reach.inside, reach.outside));
        assert_eq!(told(&["10.0.0.0/17"]), Some((true, false)));
        assert_eq!(told(&["198.51.100.0/24"]), Some((false, true)));
        assert_eq!(told(&["0.0.0.0/0"]), Some((true, true)));
        assert_eq!(told(&["10.0.1.0/24", "198.51.100.0/24"]), Some((true, true)));
        assert_eq!(told(&[]), None);
        assert_eq!(reach(&Attr::Unknown, &vpc), None);
    }
}
