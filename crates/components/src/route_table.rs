//! A route table and its default route. Sources: Amazon EC2 API, `CreateRouteTable`, `DescribeRouteTables`, `CreateRoute`,
//! `ReplaceRoute`, `DeleteRoute`, `DeleteRouteTable`. Which subnets follow it is told by the subnets.

use aws_sdk_ec2::types::{ResourceType, Route, RouteOrigin, RouteTable as Described};

use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::{lacking, unless_absent};
use aws::ids::{InternetGatewayId, NatGatewayId, RouteTableId, VpcId, is_told};
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::UNKNOWN_YET;
use aws::tags;
use aws::vacancy::{self, Place, once_vacant};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

/// The destination of a default route.
const EVERYWHERE: &str = "0.0.0.0/0";

engine::spec! {
    /// A route table. Routes to anywhere but `0.0.0.0/0` are not its matter: those that others add (a peering, a VPN, an
    /// endpoint) are left alone.
    pub struct RouteTable {
        /// Its VPC.
        replace vpc_id: VpcId,
        /// Where `0.0.0.0/0` leads. `None`: to no internet or NAT gateway; another target that somebody chose is left alone.
        update default_route: Option<RouteTarget>,
    }
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteTarget {
    /// To an internet gateway.
    InternetGateway(InternetGatewayId),
    /// To a NAT gateway.
    NatGateway(NatGatewayId),
    /// To something else, by its id.
    Other(String),
}

impl RouteTarget {
    fn of(route: &Route) -> Self {
        if let Some(id) = route.nat_gateway_id() {
            return Self::NatGateway(id.into());
        }
        match route.gateway_id() {
            Some(id) if id.starts_with("igw-") => Self::InternetGateway(id.into()),
            gateway => {
                let others = [
                    gateway,
                    route.transit_gateway_id(),
                    route.vpc_peering_connection_id(),
                    route.network_interface_id(),
                    route.local_gateway_id(),
                    route.carrier_gateway_id(),
                    route.core_network_arn(),
                ];
                Self::Other(others.into_iter().flatten().next().unwrap_or_default().to_owned())
            }
        }
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    call.world.reads.ec2.route_tables.seen(call, id).await
}

/// Where the table's own default route leads; one that a VPN gateway propagates is none.
fn default_route(table: &Described) -> Option<RouteTarget> {
    let own = |route: &&Route| {
        route.destination_cidr_block() == Some(EVERYWHERE)
            && route.origin() != Some(&RouteOrigin::EnableVgwRoutePropagation)
    };
    table.routes().iter().find(own).map(RouteTarget::of)
}

/// Makes the default route lead there. Whether there is one already may have changed since it was looked at.
async fn lead(call: &Call<'_, Aws>, id: &str, target: &RouteTarget, replacing: bool) -> Result<()> {
    let mut replacing = replacing;
    let mut looks = 0;
    loop {
        let led = if replacing {
            replace_route(call, id, target).await
        } else {
            create_route(call, id, target).await
        };
        match led {
            Err(error) if looks == 0 && (is_there(&error) || is_not_there(&error)) => {
                replacing = is_there(&error);
                looks += 1;
            }
            other => return other,
        }
    }
}

fn is_there(error: &Error) -> bool {
    error.code.as_deref() == Some("RouteAlreadyExists")
}

/// EC2's word for a route to be replaced that is not there.
fn is_not_there(error: &Error) -> bool {
    error.message.contains("There is no route defined for")
}

async fn create_route(call: &Call<'_, Aws>, id: &str, target: &RouteTarget) -> Result<()> {
    let request = call
        .world
        .ec2
        .create_route()
        .route_table_id(id)
        .destination_cidr_block(EVERYWHERE);
    let request = match target {
        RouteTarget::InternetGateway(gateway) => request.gateway_id(gateway),
        RouteTarget::NatGateway(gateway) => request.nat_gateway_id(gateway),
        RouteTarget::Other(id) => request.gateway_id(id),
    };
    retry_while(call, &UNKNOWN_YET, || {
        ask(call, "ec2:CreateRoute", request.clone().send())
    })
    .await
    .map(drop)
}

async fn replace_route(call: &Call<'_, Aws>, id: &str, target: &RouteTarget) -> Result<()> {
    let request = call
        .world
        .ec2
        .replace_route()
        .route_table_id(id)
        .destination_cidr_block(EVERYWHERE);
    let request = match target {
        RouteTarget::InternetGateway(gateway) => request.gateway_id(gateway),
        RouteTarget::NatGateway(gateway) => request.nat_gateway_id(gateway),
        RouteTarget::Other(id) => request.gateway_id(id),
    };
    retry_while(call, &UNKNOWN_YET, || {
        ask(call, "ec2:ReplaceRoute", request.clone().send())
    })
    .await
    .map(drop)
}

impl Component<Aws> for RouteTable {
    const TYPE: &'static str = "route_table";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = RouteTableId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateRouteTable", ["route-table"]),
            site.ec2_named("vpc", &self.vpc_id).behind(["ec2:CreateRouteTable"]),
            site.ec2("route-table").ours().called([
                "ec2:CreateRoute",
                "ec2:DeleteRoute",
                "ec2:DeleteRouteTable",
                "ec2:ReplaceRoute",
            ]),
            site.anywhere().called(["ec2:DescribeRouteTables"]),
            site.ec2_retagged("route-table"),
            vacancy::permissions(site),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let found = call.world.reads.ec2.route_tables.tagged(call).await?;
        let found = ec2::ours_or_first(call, found, Described::tags);
        Ok(found.and_then(|table| Some(ec2::identity(call, &ResourceType::RouteTable, table.route_table_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, RouteTableId>>> {
        let Some(table) = describe(call, &identity.id).await? else {
            return Ok(None);
        };
        let wants_none = self.default_route.known() == Some(&None);
        let default_route =
            default_route(&table).filter(|target| !(wants_none && matches!(target, RouteTarget::Other(_))));
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::RouteTable, &identity.id),
            spec: Self {
                vpc_id: VpcId::from(table.vpc_id().unwrap_or_default()).into(),
                default_route: default_route.into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(table.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<RouteTableId>> {
        let request = call
            .world
            .ec2
            .create_route_table()
            .vpc_id(self.vpc_id.get()?)
            .client_token(chance::client_token())
            .tag_specifications(ec2::tagged(call, ResourceType::RouteTable));
        let answer = retry_while(call, &UNKNOWN_YET, || {
            ask(call, "ec2:CreateRouteTable", request.clone().send())
        })
        .await?;
        let id = answer
            .route_table()
            .and_then(Described::route_table_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateRouteTable", "route table id"))?;
        if let Some(target) = self.default_route.get()? {
            lead(call, id, target, false).await?;
        }
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::RouteTable, id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, RouteTableId>,
        _fields: &[&'static str],
    ) -> Result<RouteTableId> {
        let id = have.identity.id.as_str();
        match (self.default_route.get()?, have.spec.default_route.get()?) {
            (Some(target), have) => lead(call, id, target, have.is_some()).await?,
            (None, Some(RouteTarget::InternetGateway(_) | RouteTarget::NatGateway(_))) => {
                let request = call
                    .world
                    .ec2
                    .delete_route()
                    .route_table_id(id)
                    .destination_cidr_block(EVERYWHERE);
                unless_absent(ask(call, "ec2:DeleteRoute", request.send()).await)?;
            }
            (None, _) => {}
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        once_vacant(call, Place::RouteTable(id), || {
            let request = call.world.ec2.delete_route_table().route_table_id(id);
            ask(call, "ec2:DeleteRouteTable", request.send())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Asked, Stage};
    use engine::Spec;

    fn wanted(target: Option<RouteTarget>) -> RouteTable {
        RouteTable {
            vpc_id: VpcId::from("vpc-1").into(),
            default_route: target.into(),
        }
    }

    fn to_nat() -> RouteTarget {
        RouteTarget::NatGateway("nat-1".into())
    }

    fn identity() -> Identity {
        Identity {
            id: "rtb-1".into(),
            arn: None,
        }
    }

    /// EC2 with a table whose default route, if any, is that.
    fn ec2(asked: &Asked, target: &str) -> Answer {
        let route = |destination: &str, target: &str| {
            format!(
                "<item><destinationCidrBlock>{destination}</destinationCidrBlock>{target}<origin>CreateRoute</origin></item>"
            )
        };
        let default = if target.is_empty() {
            String::new()
        } else {
            route(EVERYWHERE, target)
        };
        let peering = route("10.9.0.0/16", "<vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>");
        let table =
            format!("<routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet>{peering}{default}</routeSet>");
        let result = match asked.operation.as_str() {
            "DescribeRouteTables" => format!("<routeTableSet><item>{table}</item></routeTableSet>"),
            "CreateRouteTable" => format!("<routeTable>{table}</routeTable>"),
            _ => "<return>true</return>".to_owned(),
        };
        Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
    }

    async fn differences(wanted: &RouteTable, target: &'static str) -> Vec<&'static str> {
        let stage = Stage::answering(move |asked| ec2(asked, target));
        let have = wanted.read(&stage.call(), &identity()).await.unwrap().unwrap();
        wanted.compare(&have.spec).different()
    }

    #[tokio::test]
    async fn other_routes_are_left_alone_and_another_default_route_differs() {
        let nat = "<natGatewayId>nat-1</natGatewayId>";
        let transit = "<transitGatewayId>tgw-1</transitGatewayId>";
        let through_nat = wanted(Some(to_nat()));
        assert_eq!(differences(&through_nat, nat).await, [""; 0]);
        assert_eq!(differences(&through_nat, transit).await, ["default_route"]);
        assert_eq!(differences(&through_nat, "").await, ["default_route"]);
        assert_eq!(differences(&wanted(None), "").await, [""; 0]);
        assert_eq!(differences(&wanted(None), nat).await, ["default_route"]);
        assert_eq!(
            differences(&wanted(None), transit).await,
            [""; 0],
            "somebody's own way out of a network without NAT"
        );
    }

    async fn update(spec: RouteTable, target: &'static str) -> Vec<String> {
        let stage = Stage::answering(move |asked| ec2(asked, target));
        let have = spec.read(&stage.call(), &identity()).await.unwrap().unwrap();
        spec.update(&stage.call(), &have, &["default_route"]).await.unwrap();
        stage.operations()[1..].to_vec()
    }

    #[tokio::test]
    async fn the_default_route_is_made_replaced_and_taken_away() {
        let nat = "<natGatewayId>nat-1</natGatewayId>";
        assert_eq!(update(wanted(Some(to_nat())), "").await, ["CreateRoute"]);
        let other = wanted(Some(RouteTarget::NatGateway("nat-2".into())));
        assert_eq!(update(other, nat).await, ["ReplaceRoute"]);
        assert_eq!(update(wanted(None), nat).await, ["DeleteRoute"]);
    }

    #[tokio::test]
    async fn a_route_that_came_or_went_since_it_was_looked_at_is_no_failure() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "CreateRoute" => Answer::refused_ec2(
                "RouteAlreadyExists",
                "The route identified by 0.0.0.0/0 already exists.",
            ),
            _ => ec2(asked, ""),
        });
        Box::pin(wanted(Some(to_nat())).create(&stage.call())).await.unwrap();
        assert_eq!(stage.operations(), ["CreateRouteTable", "CreateRoute", "ReplaceRoute"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_subnet_of_somebody_elses_that_follows_it_is_named() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "DeleteRouteTable" => Answer::refused_ec2(
                "DependencyViolation",
                "The routeTable 'rtb-1' has dependencies and cannot be deleted.",
            ),
            _ => Answer::xml(
                "<DescribeRouteTablesResponse><routeTableSet><item><routeTableId>rtb-1</routeTableId><associationSet>\
                 <item><subnetId>subnet-9</subnetId></item></associationSet></item></routeTableSet>\
                 </DescribeRouteTablesResponse>",
            ),
        });
        let error = wanted(None).delete(&stage.call(), &identity()).await.unwrap_err();
        assert!(error.message.contains("subnet-9"), "{}", error.message);
    }
}
