//! An interface endpoint: a service's address in each of some subnets, under the service's own name.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, SecurityGroupIdentifier, VpcEndpoint, VpcEndpointType};

use super::{EndpointPolicy, available, described, difference, found, gone, identity};
use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::lacking;
use aws::ids::{SecurityGroupId, SubnetId, VpcEndpointId, VpcId, is_told};
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::ENDPOINT_NAME_TAKEN;
use aws::tags;
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An interface endpoint.
    pub struct VpcInterfaceEndpoint {
        /// Its VPC.
        replace vpc_id: VpcId,
        /// The service, by its full name: `com.amazonaws.us-east-1.logs`.
        replace service: String,
        /// The subnets that it has an address in, one for each zone.
        update subnet_ids: BTreeSet<SubnetId>,
        /// The groups that guard it.
        update security_group_ids: BTreeSet<SecurityGroupId>,
        /// Whether the service's public name leads to it within the VPC, which needs both DNS attributes of the VPC.
        update private_dns: bool,
        /// What may be asked through it.
        update policy: EndpointPolicy,
    }
}

impl Component<Aws> for VpcInterfaceEndpoint {
    const TYPE: &'static str = "vpc_interface_endpoint";
    /// The service's name leads to one endpoint of a VPC.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = VpcEndpointId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateVpcEndpoint", ["vpc-endpoint"]),
            site.ec2_named("vpc", &self.vpc_id).behind(["ec2:CreateVpcEndpoint"]),
            site.ec2_named("subnet", &self.subnet_ids)
                .behind(["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"]),
            site.ec2_named("security-group", &self.security_group_ids)
                .behind(["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"]),
            site.ec2("vpc-endpoint")
                .ours()
                .called(["ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"]),
            site.anywhere().called(["ec2:DescribeVpcEndpoints"]),
            site.ec2_retagged("vpc-endpoint"),
            // An endpoint's own names are a zone that is joined to the VPC.
            site.anywhere().behind(["route53:AssociateVPCWithHostedZone"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        found(call).await
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, VpcEndpointId>>> {
        let Some(endpoint) = described(call, &identity.id).await? else {
            return Ok(None);
        };
        let subnets = endpoint.subnet_ids().iter().map(|id| SubnetId::from(id.as_str()));
        let groups = endpoint.groups().iter().filter_map(SecurityGroupIdentifier::group_id);
        Ok(Some(Observed {
            identity: super::identity(call, &identity.id),
            spec: Self {
                vpc_id: VpcId::from(endpoint.vpc_id().unwrap_or_default()).into(),
                service: endpoint.service_name().unwrap_or_default().into(),
                subnet_ids: subnets.collect::<BTreeSet<_>>().into(),
                security_group_ids: groups.map(SecurityGroupId::from).collect::<BTreeSet<_>>().into(),
                private_dns: endpoint.private_dns_enabled().unwrap_or_default().into(),
                policy: EndpointPolicy::of(endpoint.policy_document().unwrap_or_default()).into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(endpoint.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<VpcEndpointId>> {
        let subnets = self.subnet_ids.get()?.iter().map(ToString::to_string).collect();
        let groups = self.security_group_ids.get()?.iter().map(ToString::to_string).collect();
        let request = call
            .world
            .ec2
            .create_vpc_endpoint()
            .vpc_endpoint_type(VpcEndpointType::Interface)
            .vpc_id(self.vpc_id.get()?)
            .service_name(self.service.get()?)
            .set_subnet_ids(Some(subnets))
            .set_security_group_ids(Some(groups))
            .private_dns_enabled(*self.private_dns.get()?)
            .tag_specifications(ec2::tagged(call, ResourceType::VpcEndpoint));
        let made = retry_while(call, &ENDPOINT_NAME_TAKEN, || {
            let request = request.clone().client_token(chance::client_token());
            ask(call, "ec2:CreateVpcEndpoint", request.send())
        });
        let answer = made.await.map_err(|error| explained(error, self.service.known()))?;
        let id = answer
            .vpc_endpoint()
            .and_then(VpcEndpoint::vpc_endpoint_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateVpcEndpoint", "endpoint id"))?;
        available(call, id).await?;
        Ok(Created {
            identity: identity(call, id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, VpcEndpointId>,
        fields: &[&'static str],
    ) -> Result<VpcEndpointId> {
        let id = have.identity.id.as_str();
        let mut request = call.world.ec2.modify_vpc_endpoint().vpc_endpoint_id(id);
        if fields.contains(&"subnet_ids") {
            let (add, remove) = difference(self.subnet_ids.get()?, have.spec.subnet_ids.get()?);
            request = request.set_add_subnet_ids(add).set_remove_subnet_ids(remove);
        }
        if fields.contains(&"security_group_ids") {
            let (add, remove) = difference(self.security_group_ids.get()?, have.spec.security_group_ids.get()?);
            request = request
                .set_add_security_group_ids(add)
                .set_remove_security_group_ids(remove);
        }
        if fields.contains(&"private_dns") {
            request = request.private_dns_enabled(*self.private_dns.get()?);
        }
        if fields.contains(&"policy") {
            request = match self.policy.get()? {
                EndpointPolicy::FullAccess => request.reset_policy(true),
                EndpointPolicy::Other(document) => request.policy_document(document),
            };
        }
        let changed = retry_while(call, &ENDPOINT_NAME_TAKEN, || {
            ask(call, "ec2:ModifyVpcEndpoint", request.clone().send())
        });
        changed.await.map_err(|error| explained(error, self.service.known()))?;
        available(call, id).await?;
        Ok(have.output.clone())
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        gone(call, &identity.id).await
    }
}

/// What to do about the refusals that a user can do something about.
fn explained(error: Error, service: Option<&String>) -> Error {
    let service = service.map_or("the service", String::as_str);
    if error.message.contains("does not support the availability zone") {
        return error.with_remedy(format!(
            "{service} has no endpoints in that zone. Leave the zone out of availability_zones, or the service out of the \
             endpoints."
        ));
    }
    if error.message.contains("conflicting DNS domain") {
        return error.with_remedy(format!(
            "Another endpoint or private hosted zone of this VPC answers for {service}. Delete it, or leave the service out \
             of the endpoints, and apply again."
        ));
    }
    if error.code.as_deref() == Some("InvalidServiceName") {
        return error.with_remedy(format!("This region has no {service}: leave it out of the endpoints."));
    }
    error
}
