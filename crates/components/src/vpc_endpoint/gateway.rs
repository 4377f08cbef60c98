//! A gateway endpoint: a route to Amazon S3 or `DynamoDB`. It costs nothing.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, VpcEndpoint, VpcEndpointType};

use super::{EndpointPolicy, available, described, difference, found, gone, identity};
use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::lacking;
use aws::ids::{RouteTableId, VpcEndpointId, VpcId, is_told};
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::UNKNOWN_YET;
use aws::tags;
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A gateway endpoint.
    pub struct VpcGatewayEndpoint {
        /// Its VPC.
        replace vpc_id: VpcId,
        /// The service, by its full name: `com.amazonaws.us-east-1.s3`.
        replace service: String,
        /// The route tables that lead to it.
        update route_table_ids: BTreeSet<RouteTableId>,
        /// What may be asked through it.
        update policy: EndpointPolicy,
    }
}

impl Component<Aws> for VpcGatewayEndpoint {
    const TYPE: &'static str = "vpc_gateway_endpoint";
    /// A route table has room for one route to a service.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = VpcEndpointId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateVpcEndpoint", ["vpc-endpoint"]),
            site.ec2_named("vpc", &self.vpc_id).behind(["ec2:CreateVpcEndpoint"]),
            site.ec2_named("route-table", &self.route_table_ids)
                .behind(["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"]),
            site.ec2("vpc-endpoint")
                .ours()
                .called(["ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"]),
            site.anywhere().called(["ec2:DescribeVpcEndpoints"]),
            site.ec2_retagged("vpc-endpoint"),
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
        let tables = endpoint
            .route_table_ids()
            .iter()
            .map(|id| RouteTableId::from(id.as_str()));
        Ok(Some(Observed {
            identity: super::identity(call, &identity.id),
            spec: Self {
                vpc_id: VpcId::from(endpoint.vpc_id().unwrap_or_default()).into(),
                service: endpoint.service_name().unwrap_or_default().into(),
                route_table_ids: tables.collect::<BTreeSet<_>>().into(),
                policy: EndpointPolicy::of(endpoint.policy_document().unwrap_or_default()).into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(endpoint.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<VpcEndpointId>> {
        let tables = self.route_table_ids.get()?.iter().map(ToString::to_string).collect();
        let request = call
            .world
            .ec2
            .create_vpc_endpoint()
            .vpc_endpoint_type(VpcEndpointType::Gateway)
            .vpc_id(self.vpc_id.get()?)
            .service_name(self.service.get()?)
            .set_route_table_ids(Some(tables))
            .client_token(chance::client_token())
            .tag_specifications(ec2::tagged(call, ResourceType::VpcEndpoint));
        let answer = retry_while(call, &UNKNOWN_YET, || {
            ask(call, "ec2:CreateVpcEndpoint", request.clone().send())
        })
        .await?;
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
        if fields.contains(&"route_table_ids") {
            let (add, remove) = difference(self.route_table_ids.get()?, have.spec.route_table_ids.get()?);
            request = request.set_add_route_table_ids(add).set_remove_route_table_ids(remove);
        }
        if fields.contains(&"policy") {
            request = match self.policy.get()? {
                EndpointPolicy::FullAccess => request.reset_policy(true),
                EndpointPolicy::Other(document) => request.policy_document(document),
            };
        }
        retry_while(call, &UNKNOWN_YET, || {
            ask(call, "ec2:ModifyVpcEndpoint", request.clone().send())
        })
        .await?;
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
