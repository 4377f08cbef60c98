//! How what runs in a subnet reaches AWS: through a gateway, or through the endpoints of single services. Sources: Amazon EC2
//! API, `DescribeRouteTables`, `DescribeVpcEndpoints`, `DescribeNatGateways`; Amazon ECR user guide, *Amazon ECR interface VPC
//! endpoints*; Amazon ECS developer guide, *Amazon ECS interface VPC endpoints*.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{self, VpcEndpointType};
use futures::future::try_join_all;

use super::network::{Subnet, route_tables};
use super::routes::{DefaultRoute, RouteTable, table_of};
use crate::Aws;
use crate::choice;
use crate::ids::{SubnetId, VpcId};
use engine::Result;

choice! {
    /// Services that can have an endpoint in a VPC, by the ends of their names: `com.amazonaws.REGION.ecr.api`.
    pub enum EndpointService {
        /// Amazon ECR: who may pull.
        EcrApi = "ecr.api",
        /// Amazon ECR: what is pulled.
        EcrDkr = "ecr.dkr",
        /// Amazon S3, where the layers of Amazon ECR's images are.
        S3 = "s3",
        /// Amazon CloudWatch Logs.
        Logs = "logs",
        /// Amazon ECS.
        Ecs = "ecs",
        /// Amazon ECS, for the agents of hosts.
        EcsAgent = "ecs-agent",
        /// Amazon ECS, for the metrics of hosts.
        EcsTelemetry = "ecs-telemetry",
        /// AWS Secrets Manager.
        SecretsManager = "secretsmanager",
        /// AWS Systems Manager.
        Ssm = "ssm",
        /// AWS Systems Manager, for sessions.
        SsmMessages = "ssmmessages",
        /// Amazon EFS.
        Efs = "elasticfilesystem",
    }
}

/// Where the default route of a subnet leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The subnet.
    pub subnet: SubnetId,
    /// Its availability zone, by name.
    pub zone: String,
    /// Where it leads; `None` where there is none.
    pub to: Option<DefaultRoute>,
}

impl Route {
    /// Whether it leads out of the VPC. `has_public_address`: whether what uses it has one, which an internet gateway asks for.
    fn leads_out(&self, has_public_address: bool) -> bool {
        match self.to {
            Some(DefaultRoute::InternetGateway) => has_public_address,
            Some(DefaultRoute::NatGateway | DefaultRoute::Elsewhere) => true,
            None => false,
        }
    }
}

/// What leads out of a subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// Its default route.
    pub route: Route,
    /// The services that can be reached without it.
    pub endpoints: BTreeSet<EndpointService>,
}

impl WayOut {
    /// Those of some services that something in the subnet cannot reach. `has_public_address`: whether it has one, which an
    /// internet gateway asks for.
    pub fn lacks(&self, needed: &[EndpointService], has_public_address: bool) -> Vec<EndpointService> {
        if self.route.leads_out(has_public_address) {
            return Vec::new();
        }
        let lacking = needed.iter().filter(|service| !self.endpoints.contains(service));
        lacking.cloned().collect()
    }
}

/// The route tables of some VPCs, looked at before it is known which of their subnets count.
#[derive(Debug, Default)]
pub struct Surroundings(BTreeMap<VpcId, Vec<RouteTable>>);

impl Surroundings {
    /// Those of some VPCs.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn of(aws: &Aws, vpcs: BTreeSet<VpcId>) -> Result<Self> {
        let looks = vpcs.into_iter().map(|vpc| async move {
            let tables = route_tables(aws, &vpc).await?;
            Ok::<_, engine::Error>((vpc, tables))
        });
        Ok(Self(try_join_all(looks).await?.into_iter().collect()))
    }

    /// The default routes of some subnets, in their order. Their VPCs are looked at where they were not.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn routes(&self, aws: &Aws, subnets: &[Subnet]) -> Result<Vec<Route>> {
        let all = self.around(aws, subnets).await?;
        Ok(subnets.iter().map(|subnet| all.route(subnet)).collect())
    }

    /// The ways out of some subnets, in their order. Their VPCs are looked at where they were not.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn ways_out(&self, aws: &Aws, subnets: &[Subnet]) -> Result<Vec<WayOut>> {
        let (all, endpoints) = tokio::try_join!(self.around(aws, subnets), endpoints_around(aws, subnets))?;
        Ok(subnets.iter().map(|subnet| all.way_out(subnet, &endpoints)).collect())
    }

    /// The default routes of some subnets, in their order, each with those of some services that something in the subnet cannot
    /// reach. `has_public_address`: whether it has one. Endpoints are looked at only where a default route leads nobody out.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn lacking(
        &self,
        aws: &Aws,
        subnets: &[Subnet],
        needed: &[EndpointService],
        has_public_address: bool,
    ) -> Result<Vec<(Route, Vec<EndpointService>)>> {
        let all = self.around(aws, subnets).await?;
        let leads_out = |subnet| all.route(subnet).leads_out(has_public_address);
        let endpoints = if subnets.iter().all(leads_out) {
            Endpoints::new()
        } else {
            endpoints_around(aws, subnets).await?
        };
        let lacking = subnets.iter().map(|subnet| {
            let way = all.way_out(subnet, &endpoints);
            let lacking = way.lacks(needed, has_public_address);
            (way.route, lacking)
        });
        Ok(lacking.collect())
    }

    /// These, and those of the VPCs of some subnets.
    async fn around(&self, aws: &Aws, subnets: &[Subnet]) -> Result<Self> {
        let further = vpcs(subnets).into_iter().filter(|vpc| !self.0.contains_key(vpc));
        let Self(mut all) = Self::of(aws, further.collect()).await?;
        all.extend(self.0.clone());
        Ok(Self(all))
    }

    fn route(&self, subnet: &Subnet) -> Route {
        Route {
            subnet: subnet.id.clone(),
            zone: subnet.zone.clone(),
            to: self.table(subnet).and_then(|table| table.default_route),
        }
    }

    fn way_out(&self, subnet: &Subnet, endpoints: &Endpoints) -> WayOut {
        let around = endpoints.get(&subnet.vpc_id).map(Vec::as_slice);
        WayOut {
            route: self.route(subnet),
            endpoints: serving(around.unwrap_or_default(), self.table(subnet)),
        }
    }

    /// The table that holds for a subnet.
    fn table(&self, subnet: &Subnet) -> Option<&RouteTable> {
        table_of(&subnet.id, self.0.get(&subnet.vpc_id)?)
    }
}

/// The endpoints that work, by the VPC.
type Endpoints = BTreeMap<VpcId, Vec<Endpoint>>;

fn vpcs(subnets: &[Subnet]) -> BTreeSet<VpcId> {
    subnets.iter().map(|subnet| subnet.vpc_id.clone()).collect()
}

/// Whether something is being made in the VPCs of these subnets that could lead out of them: a NAT gateway, or an endpoint.
pub async fn way_out_is_coming(aws: &Aws, subnets: &[Subnet]) -> Result<bool> {
    let looks = vpcs(subnets).into_iter().map(|vpc| async move {
        let ec2 = &aws.reads.ec2;
        let (gateways, endpoints) = tokio::try_join!(
            ec2.nat_gateways.by("vpc-id", vpc.as_str()),
            ec2.vpc_endpoints.by("vpc-id", vpc.as_str())
        )?;
        let arising = |gateway: &types::NatGateway| gateway.state() == Some(&types::NatGatewayState::Pending);
        let pending = |endpoint: &types::VpcEndpoint| {
            let state = endpoint.state().map(types::State::as_str);
            state.is_some_and(|state| state.eq_ignore_ascii_case("pending"))
        };
        Ok::<_, engine::Error>(gateways.iter().any(arising) || endpoints.iter().any(pending))
    });
    Ok(try_join_all(looks).await?.into_iter().any(|coming| coming))
}

/// An endpoint that works.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Endpoint {
    service: EndpointService,
    /// The route tables that lead to it; `None` where the whole VPC reaches it.
    tables: Option<Vec<String>>,
}

/// The endpoints of the VPCs of some subnets.
async fn endpoints_around(aws: &Aws, subnets: &[Subnet]) -> Result<Endpoints> {
    let looks = vpcs(subnets).into_iter().map(|vpc| async move {
        let found = aws.reads.ec2.vpc_endpoints.by("vpc-id", vpc.as_str()).await?;
        let working = found
            .iter()
            .filter_map(|endpoint| working(endpoint, aws.region.as_ref()));
        Ok::<_, engine::Error>((vpc, working.collect()))
    });
    Ok(try_join_all(looks).await?.into_iter().collect())
}

/// The services whose endpoints are reached by that route table.
fn serving(endpoints: &[Endpoint], table: Option<&RouteTable>) -> BTreeSet<EndpointService> {
    let serves = |endpoint: &&Endpoint| match &endpoint.tables {
        None => true,
        Some(tables) => table.is_some_and(|table| tables.contains(&table.id)),
    };
    let serving = endpoints.iter().filter(serves);
    serving.map(|endpoint| endpoint.service.clone()).collect()
}

/// An interface endpoint serves those who ask for the service's own name only with private DNS names. EC2 writes states in
/// either case.
fn working(endpoint: &types::VpcEndpoint, region: &str) -> Option<Endpoint> {
    let state = endpoint.state().map(types::State::as_str)?;
    if !state.eq_ignore_ascii_case("available") {
        return None;
    }
    let (_, service) = endpoint.service_name()?.split_once(&format!(".{region}."))?;
    let tables = match endpoint.vpc_endpoint_type() {
        Some(VpcEndpointType::Gateway) => Some(endpoint.route_table_ids().to_vec()),
        Some(VpcEndpointType::Interface) if endpoint.private_dns_enabled() == Some(true) => None,
        _ => return None,
    };
    Some(Endpoint {
        service: EndpointService::from(service),
        tables,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    const NEEDED: [EndpointService; 2] = [EndpointService::EcrDkr, EndpointService::S3];

    fn endpoint(service: &str, kind: VpcEndpointType) -> types::builders::VpcEndpointBuilder {
        types::VpcEndpoint::builder()
            .service_name(format!("com.amazonaws.us-east-1.{service}"))
            .vpc_endpoint_type(kind)
            .state(types::State::Available)
    }

    fn way(default_route: Option<DefaultRoute>, endpoints: &[EndpointService]) -> WayOut {
        WayOut {
            route: Route {
                subnet: "subnet-1".into(),
                zone: "us-east-1a".to_owned(),
                to: default_route,
            },
            endpoints: endpoints.iter().cloned().collect(),
        }
    }

    #[test]
    fn an_internet_gateway_serves_public_addresses_alone() {
        let way = way(Some(DefaultRoute::InternetGateway), &[EndpointService::S3]);
        assert_eq!(way.lacks(&NEEDED, false), [EndpointService::EcrDkr]);
        assert!(way.lacks(&NEEDED, true).is_empty());
    }

    #[test]
    fn without_a_default_route_the_endpoints_must_do() {
        assert_eq!(way(None, &[]).lacks(&NEEDED, true), NEEDED);
        assert!(way(None, &NEEDED).lacks(&NEEDED, false).is_empty());
        assert!(
            way(Some(DefaultRoute::NatGateway), &[])
                .lacks(&NEEDED, false)
                .is_empty()
        );
        assert!(way(Some(DefaultRoute::Elsewhere), &[]).lacks(&NEEDED, false).is_empty());
    }

    #[test]
    fn an_endpoint_counts_where_it_can_be_reached() {
        let works = |endpoint: types::builders::VpcEndpointBuilder| working(&endpoint.build(), "us-east-1");
        let dkr = || endpoint("ecr.dkr", VpcEndpointType::Interface);
        assert_eq!(works(dkr()), None, "nobody finds it by its name");
        assert_eq!(
            works(dkr().private_dns_enabled(true)).map(|endpoint| (endpoint.service, endpoint.tables)),
            Some((EndpointService::EcrDkr, None))
        );
        let pending = dkr().private_dns_enabled(true).state(types::State::Pending);
        assert_eq!(works(pending), None);
        let s3 = endpoint("s3", VpcEndpointType::Gateway).route_table_ids("rtb-1");
        assert_eq!(
            works(s3).and_then(|endpoint| endpoint.tables),
            Some(vec!["rtb-1".to_owned()])
        );
        let chinese = dkr()
            .private_dns_enabled(true)
            .service_name("cn.com.amazonaws.cn-north-1.ecr.dkr");
        assert!(working(&chinese.build(), "cn-north-1").is_some());
    }

    #[tokio::test]
    async fn a_gateway_or_an_endpoint_that_is_being_made_is_a_way_out_that_is_coming() {
        let coming = async |gateway: &'static str, endpoint: &'static str| {
            let stage = Stage::answering(move |asked| {
                Answer::xml(match asked.operation.as_str() {
                    "DescribeNatGateways" => format!(
                        "<DescribeNatGatewaysResponse><natGatewaySet><item><natGatewayId>nat-1</natGatewayId>\
                         <vpcId>vpc-1</vpcId><state>{gateway}</state></item></natGatewaySet></DescribeNatGatewaysResponse>"
                    ),
                    _ => format!(
                        "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId>\
                         <vpcId>vpc-1</vpcId><state>{endpoint}</state></item></vpcEndpointSet></DescribeVpcEndpointsResponse>"
                    ),
                })
            });
            let subnet = Subnet {
                id: "subnet-a".into(),
                vpc_id: "vpc-1".into(),
                zone: "us-east-1a".to_owned(),
                public: false,
            };
            way_out_is_coming(&stage.aws, &[subnet]).await.unwrap()
        };
        assert!(coming("pending", "available").await);
        assert!(coming("deleted", "Pending").await);
        assert!(
            !coming("available", "available").await,
            "what stands and leads nowhere is not coming"
        );
    }

    #[tokio::test]
    async fn each_subnet_has_the_way_out_of_its_own_table() {
        let stage = Stage::answering(|asked| {
            let route = "<routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>\
                         <natGatewayId>nat-1</natGatewayId><state>active</state></item></routeSet>";
            Answer::xml(match asked.operation.as_str() {
                "DescribeRouteTables" => format!(
                    "<DescribeRouteTablesResponse><routeTableSet>\
                     <item><routeTableId>rtb-main</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><main>true</main></item></associationSet>\
                     </item>\
                     <item><routeTableId>rtb-a</routeTableId><vpcId>vpc-1</vpcId>{route}<associationSet><item><subnetId>subnet-a</subnetId></item>\
                     </associationSet></item></routeTableSet></DescribeRouteTablesResponse>"
                ),
                _ => "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcId>vpc-1</vpcId><serviceName>com.amazonaws.us-east-1.s3</serviceName>\
                      <vpcEndpointType>Gateway</vpcEndpointType><state>available</state>\
                      <routeTableIdSet><item>rtb-main</item></routeTableIdSet></item></vpcEndpointSet>\
                      </DescribeVpcEndpointsResponse>"
                    .to_owned(),
            })
        });
        let subnet = |id: &str, zone: &str| Subnet {
            id: id.into(),
            vpc_id: "vpc-1".into(),
            zone: zone.to_owned(),
            public: false,
        };
        let subnets = [subnet("subnet-b", "us-east-1b"), subnet("subnet-a", "us-east-1a")];
        let ways = Surroundings::default().ways_out(&stage.aws, &subnets).await.unwrap();
        let [b, a] = ways.as_slice() else { panic!("{ways:?}") };
        assert_eq!((b.route.to, b.route.zone.as_str()), (None, "us-east-1b"));
        assert_eq!(b.lacks(&NEEDED, true), [EndpointService::EcrDkr]);
        assert_eq!(a.route.to, Some(DefaultRoute::NatGateway));
        assert!(a.endpoints.is_empty(), "the gateway endpoint is not in its table");
        assert_eq!(stage.counted()["DescribeVpcEndpoints"], 1);

        let lacking = async |subnets: &[Subnet]| {
            let lacking = Surroundings::default()
                .lacking(&stage.aws, subnets, &NEEDED, false)
                .await;
            lacking
                .unwrap()
                .into_iter()
                .map(|(_, lacking)| lacking)
                .collect::<Vec<_>>()
        };
        assert_eq!(lacking(&subnets[1..]).await, [vec![]]);
        assert_eq!(stage.counted()["DescribeVpcEndpoints"], 1, "the route leads everywhere");
        assert_eq!(lacking(&subnets).await, [vec![EndpointService::EcrDkr], vec![]]);
        assert_eq!(stage.counted()["DescribeVpcEndpoints"], 2);
    }
}
