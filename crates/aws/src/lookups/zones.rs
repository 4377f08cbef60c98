//! Availability zones (Amazon EC2 API, `DescribeAvailabilityZones`) and the services that a VPC can have endpoints for
//! (`DescribeVpcEndpointServices`).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::AvailabilityZoneState;

use super::network::filter;
use crate::Aws;
use crate::error::refusal;
use crate::pages::Pages;
use engine::Result;

/// An availability zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zone {
    /// Its name: `us-east-1a`.
    pub name: String,
    /// Whether it takes something new: nothing is wrong with it.
    pub open: bool,
}

/// The region's availability zones that the account may use, by name. Local and wavelength zones are none.
pub async fn availability_zones(aws: &Aws) -> Result<Vec<Zone>> {
    // Without `AllAvailabilityZones` the answer leaves out what the account has not opted in to.
    let request = aws
        .ec2
        .describe_availability_zones()
        .filters(filter("zone-type", "availability-zone"));
    let answer = request.send().await;
    let answer = answer.map_err(|error| refusal("ec2:DescribeAvailabilityZones", &error))?;
    let told = answer.availability_zones().iter().filter_map(|zone| {
        Some(Zone {
            name: zone.zone_name()?.to_owned(),
            open: zone.state() == Some(&AvailabilityZoneState::Available),
        })
    });
    let mut zones: Vec<Zone> = told.collect();
    zones.sort();
    Ok(zones)
}

/// Of these services, by their full names, those that the region has, each with its zones.
pub async fn endpoint_services(aws: &Aws, names: &BTreeSet<String>) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut found = BTreeMap::new();
    let mut pages = Pages::of("ec2:DescribeVpcEndpointServices");
    let mut next = None;
    loop {
        let filter = aws_sdk_ec2::types::Filter::builder()
            .name("service-name")
            .set_values(Some(names.iter().cloned().collect()))
            .build();
        let request = aws
            .ec2
            .describe_vpc_endpoint_services()
            .filters(filter)
            .set_next_token(next);
        let answer = request.send().await;
        let answer = answer.map_err(|error| refusal("ec2:DescribeVpcEndpointServices", &error))?;
        for service in answer.service_details() {
            if let Some(name) = service.service_name().filter(|name| names.contains(*name)) {
                let zones = service.availability_zones().iter().cloned().collect();
                found.insert(name.to_owned(), zones);
            }
        }
        next = pages.after(answer.next_token)?;
        if next.is_none() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn zones_are_given_in_order_with_whether_they_take_something_new() {
        let stage = Stage::answering(|_| {
            let zone = |name: &str, state: &str| {
                format!("<item><zoneName>{name}</zoneName><zoneState>{state}</zoneState></item>")
            };
            Answer::xml(format!(
                "<DescribeAvailabilityZonesResponse><availabilityZoneInfo>{}{}{}</availabilityZoneInfo>\
                 </DescribeAvailabilityZonesResponse>",
                zone("us-east-1c", "available"),
                zone("us-east-1b", "impaired"),
                zone("us-east-1a", "available")
            ))
        });
        let zones = availability_zones(&stage.aws).await.unwrap();
        let told: Vec<_> = zones.iter().map(|zone| (zone.name.as_str(), zone.open)).collect();
        assert_eq!(
            told,
            [("us-east-1a", true), ("us-east-1b", false), ("us-east-1c", true)]
        );
        assert!(stage.asked()[0].body.contains("zone-type"));
    }

    #[tokio::test]
    async fn a_listing_that_never_ends_is_an_error() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeVpcEndpointServicesResponse><serviceDetailSet/><nextToken>more</nextToken>\
                 </DescribeVpcEndpointServicesResponse>",
            )
        });
        let error = endpoint_services(&stage.aws, &BTreeSet::new()).await.unwrap_err();
        assert_eq!(error.attempted, "ec2:DescribeVpcEndpointServices");
        assert_eq!(stage.asked().len(), 2);
    }

    #[tokio::test]
    async fn services_are_found_on_every_page_with_their_zones() {
        let stage = Stage::answering(|asked| {
            let (service, token) = if asked.body.contains("NextToken") {
                ("logs", "")
            } else {
                ("s3", "<nextToken>more</nextToken>")
            };
            Answer::xml(format!(
                "<DescribeVpcEndpointServicesResponse><serviceDetailSet><item>\
                 <serviceName>com.amazonaws.us-east-1.{service}</serviceName>\
                 <availabilityZoneSet><item>us-east-1a</item></availabilityZoneSet></item></serviceDetailSet>{token}\
                 </DescribeVpcEndpointServicesResponse>"
            ))
        });
        let names = ["s3", "logs", "nothing"].map(|name| format!("com.amazonaws.us-east-1.{name}"));
        let found = endpoint_services(&stage.aws, &names.iter().cloned().collect())
            .await
            .unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), [&names[1], &names[0]]);
        assert!(found[&names[0]].contains("us-east-1a"));
    }
}
