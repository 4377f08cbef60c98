//! A subnet, with the route table that it follows. Sources: Amazon EC2 API, `CreateSubnet`, `DescribeSubnets`,
//! `ModifySubnetAttribute`, `DeleteSubnet`, `AssociateRouteTable`, `ReplaceRouteTableAssociation`.

use aws_sdk_ec2::types::{
    AttributeBooleanValue, ResourceType, RouteTableAssociation, Subnet as Described, SubnetState,
};
use ipnet::Ipv4Net;

use aws::Aws;
use aws::ask::{ask, in_time};
use aws::ec2;
use aws::error::lacking;
use aws::ids::{RouteTableId, SubnetId, VpcId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::UNKNOWN_YET;
use aws::tags;
use aws::vacancy::{self, Place, once_vacant};
use aws::wait::{Pace, wait_until};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A subnet.
    pub struct Subnet {
        /// Its VPC.
        replace vpc_id: VpcId,
        /// Its range, within the VPC's.
        replace cidr_block: Ipv4Net,
        /// Its availability zone, by name: `us-east-1a`.
        replace zone: String,
        /// Whether what starts in it gets a public address unasked.
        update map_public_ip_on_launch: bool,
        /// The route table that it follows. Reads as empty where it is tied to none, and so follows the VPC's main one.
        update route_table_id: RouteTableId,
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    call.world.reads.ec2.subnets.seen(call, id).await
}

/// How the subnet is tied to a route table, where it is to one but the main one.
async fn association(call: &Call<'_, Aws>, id: &str) -> Result<Option<RouteTableAssociation>> {
    let tables = call.world.reads.ec2.route_tables.by("association.subnet-id", id);
    let tables = in_time(call, "ec2:DescribeRouteTables", tables).await?;
    let mut associations = tables
        .into_iter()
        .flat_map(|table| table.associations.unwrap_or_default());
    Ok(associations.find(|association| association.subnet_id() == Some(id)))
}

/// Ties the subnet to the route table, in one step where it follows another one.
async fn follow(call: &Call<'_, Aws>, id: &str, table: &RouteTableId) -> Result<()> {
    let tied = retry_while(call, &UNKNOWN_YET, || tie(call, id, table)).await;
    tie_again(call, id, table, tied).await
}

/// Ties a new subnet, which follows no table of its own.
async fn follow_first(call: &Call<'_, Aws>, id: &str, table: &RouteTableId) -> Result<()> {
    let request = call
        .world
        .ec2
        .associate_route_table()
        .subnet_id(id)
        .route_table_id(table);
    let tied = retry_while(call, &UNKNOWN_YET, || {
        ask(call, "ec2:AssociateRouteTable", request.clone().send())
    });
    tie_again(call, id, table, tied.await.map(drop)).await
}

/// Whether it is tied may have changed since it was looked at: an earlier attempt whose answer was lost did its work.
async fn tie_again(call: &Call<'_, Aws>, id: &str, table: &RouteTableId, tied: Result<()>) -> Result<()> {
    match tied {
        Err(error) if error.code.as_deref() == Some("Resource.AlreadyAssociated") => tie(call, id, table).await,
        other => other,
    }
}

async fn tie(call: &Call<'_, Aws>, id: &str, table: &RouteTableId) -> Result<()> {
    let ec2 = &call.world.ec2;
    let now = association(call, id).await?;
    if now.as_ref().and_then(RouteTableAssociation::route_table_id) == Some(table.as_str()) {
        return Ok(());
    }
    let tie = now.as_ref().and_then(RouteTableAssociation::route_table_association_id);
    match tie {
        None => {
            let request = ec2.associate_route_table().subnet_id(id).route_table_id(table);
            ask(call, "ec2:AssociateRouteTable", request.send()).await.map(drop)
        }
        Some(tie) => {
            let request = ec2
                .replace_route_table_association()
                .association_id(tie)
                .route_table_id(table);
            ask(call, "ec2:ReplaceRouteTableAssociation", request.send())
                .await
                .map(drop)
        }
    }
}

async fn map_public_ip(call: &Call<'_, Aws>, id: &str, on: bool) -> Result<()> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let request = call
        .world
        .ec2
        .modify_subnet_attribute()
        .subnet_id(id)
        .map_public_ip_on_launch(value);
    retry_while(call, &UNKNOWN_YET, || {
        ask(call, "ec2:ModifySubnetAttribute", request.clone().send())
    })
    .await
    .map(drop)
}

async fn available(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    wait_until(call, Pace::Moments, "the subnet is available", || async {
        let found = describe(call, id).await?;
        Ok(found
            .is_some_and(|found| found.state() == Some(&SubnetState::Available))
            .then_some(()))
    })
    .await
}

impl Component<Aws> for Subnet {
    const TYPE: &'static str = "subnet";
    /// Two subnets of one range cannot stand at once.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = SubnetId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateSubnet", ["subnet"]),
            site.ec2_named("vpc", &self.vpc_id).behind(["ec2:CreateSubnet"]),
            site.ec2("subnet")
                .ours()
                .called(["ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"]),
            site.ec2("subnet")
                .and(site.ec2("route-table"))
                .ours()
                .called(["ec2:AssociateRouteTable", "ec2:ReplaceRouteTableAssociation"]),
            site.anywhere()
                .called(["ec2:DescribeRouteTables", "ec2:DescribeSubnets"]),
            site.ec2_retagged("subnet"),
            vacancy::permissions(site),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let found = call.world.reads.ec2.subnets.tagged(call).await?;
        let found = ec2::ours_or_first(call, found, Described::tags);
        Ok(found.and_then(|subnet| Some(ec2::identity(call, &ResourceType::Subnet, subnet.subnet_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, SubnetId>>> {
        let id = identity.id.as_str();
        let (subnet, tie) = tokio::try_join!(describe(call, id), association(call, id))?;
        let Some(subnet) = subnet else { return Ok(None) };
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::Subnet, id),
            spec: Self {
                vpc_id: VpcId::from(subnet.vpc_id().unwrap_or_default()).into(),
                cidr_block: subnet
                    .cidr_block()
                    .and_then(|range| range.parse::<Ipv4Net>().ok())
                    .unwrap_or_default()
                    .into(),
                zone: subnet.availability_zone().unwrap_or_default().into(),
                map_public_ip_on_launch: subnet.map_public_ip_on_launch().unwrap_or_default().into(),
                route_table_id: RouteTableId::from(
                    tie.as_ref().and_then(|tie| tie.route_table_id()).unwrap_or_default(),
                )
                .into(),
            },
            output: id.into(),
            tags: Some(tags::from_ec2(subnet.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<SubnetId>> {
        let request = call
            .world
            .ec2
            .create_subnet()
            .vpc_id(self.vpc_id.get()?)
            .cidr_block(self.cidr_block.get()?.to_string())
            .availability_zone(self.zone.get()?)
            .tag_specifications(ec2::tagged(call, ResourceType::Subnet));
        let made = retry_while(call, &UNKNOWN_YET, || {
            let attempt = || {
                let request = request.clone().customize().config_override(ec2::sent_once());
                ask(call, "ec2:CreateSubnet", request.send())
            };
            made_once(call, attempt, || self.find(call))
        });
        let answer = made.await.map_err(taken)?;
        let id = answer
            .subnet()
            .and_then(Described::subnet_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateSubnet", "subnet id"))?;
        if answer.subnet().and_then(Described::state) != Some(&SubnetState::Available) {
            available(call, id).await?;
        }
        if *self.map_public_ip_on_launch.get()? {
            map_public_ip(call, id, true).await?;
        }
        follow_first(call, id, self.route_table_id.get()?).await?;
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::Subnet, id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, SubnetId>,
        fields: &[&'static str],
    ) -> Result<SubnetId> {
        let id = have.identity.id.as_str();
        if fields.contains(&"map_public_ip_on_launch") {
            map_public_ip(call, id, *self.map_public_ip_on_launch.get()?).await?;
        }
        if fields.contains(&"route_table_id") {
            follow(call, id, self.route_table_id.get()?).await?;
        }
        Ok(have.output.clone())
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    /// Takes the tie to its route table along.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        once_vacant(call, Place::Subnet(id), || {
            ask(
                call,
                "ec2:DeleteSubnet",
                call.world.ec2.delete_subnet().subnet_id(id).send(),
            )
        })
        .await
    }
}

/// EC2's word for a range that another subnet has: perhaps the very one that an earlier, lost create made.
fn taken(error: Error) -> Error {
    if error.code.as_deref() != Some("InvalidSubnet.Conflict") {
        return error;
    }
    Error {
        kind: ErrorKind::AlreadyExists,
        ..error
    }
    .with_remedy("Somebody made a subnet in a range that the network keeps for its own. Move it, and apply again.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Asked, Stage};
    use engine::Spec;

    fn wanted() -> Subnet {
        Subnet {
            vpc_id: VpcId::from("vpc-1").into(),
            cidr_block: "10.0.0.0/20".parse::<Ipv4Net>().unwrap().into(),
            zone: "us-east-1a".into(),
            map_public_ip_on_launch: false.into(),
            route_table_id: RouteTableId::from("rtb-1").into(),
        }
    }

    fn identity() -> Identity {
        Identity {
            id: "subnet-1".into(),
            arn: None,
        }
    }

    /// EC2 with a subnet that follows that route table, if any.
    fn ec2(asked: &Asked, table: Option<&str>) -> Answer {
        let subnet = "<subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><state>available</state>\
                      <cidrBlock>10.0.0.0/20</cidrBlock><availabilityZone>us-east-1a</availabilityZone>\
                      <mapPublicIpOnLaunch>false</mapPublicIpOnLaunch>";
        let result = match asked.operation.as_str() {
            "DescribeSubnets" => format!("<subnetSet><item>{subnet}</item></subnetSet>"),
            "CreateSubnet" => format!("<subnet>{subnet}</subnet>"),
            "DescribeRouteTables" => {
                let tie = |table: &str| {
                    format!(
                        "<item><routeTableId>{table}</routeTableId><associationSet><item>\
                         <routeTableAssociationId>rtbassoc-1</routeTableAssociationId><routeTableId>{table}</routeTableId>\
                         <subnetId>subnet-1</subnetId></item></associationSet></item>"
                    )
                };
                format!("<routeTableSet>{}</routeTableSet>", table.map(tie).unwrap_or_default())
            }
            _ => "<return>true</return>".to_owned(),
        };
        Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
    }

    #[tokio::test]
    async fn a_new_subnet_follows_its_route_table() {
        let stage = Stage::answering(|asked| ec2(asked, None));
        Box::pin(wanted().create(&stage.call())).await.unwrap();
        assert_eq!(stage.operations(), ["CreateSubnet", "AssociateRouteTable"]);
    }

    #[tokio::test]
    async fn one_that_follows_another_table_differs_and_is_brought_back_in_one_step() {
        let stage = Stage::answering(|asked| ec2(asked, Some("rtb-other")));
        let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted().compare(&have.spec).different(), ["route_table_id"]);
        wanted()
            .update(&stage.call(), &have, &["route_table_id"])
            .await
            .unwrap();
        assert_eq!(
            stage.operations().last().map(String::as_str),
            Some("ReplaceRouteTableAssociation")
        );
    }

    #[tokio::test]
    async fn one_that_follows_no_table_of_its_own_differs() {
        let stage = Stage::answering(|asked| ec2(asked, None));
        let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted().compare(&have.spec).different(), ["route_table_id"]);
    }

    #[tokio::test]
    async fn a_tie_whose_answer_was_lost_is_not_taken_for_a_failure() {
        let tied = std::sync::atomic::AtomicBool::new(false);
        let stage = Stage::answering(move |asked| {
            if asked.operation == "AssociateRouteTable" {
                tied.store(true, std::sync::atomic::Ordering::SeqCst);
                return Answer::refused_ec2(
                    "Resource.AlreadyAssociated",
                    "the specified association for route table rtb-1 conflicts with an existing association",
                );
            }
            ec2(asked, tied.load(std::sync::atomic::Ordering::SeqCst).then_some("rtb-1"))
        });
        Box::pin(wanted().create(&stage.call())).await.unwrap();
    }

    #[tokio::test]
    async fn a_range_that_is_taken_counts_as_standing() {
        let stage = Stage::answering(|_| {
            Answer::refused_ec2(
                "InvalidSubnet.Conflict",
                "The CIDR '10.0.0.0/20' conflicts with another subnet",
            )
        });
        let error = Box::pin(wanted().create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert!(error.remedy.unwrap().contains("Move it"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_vpc_that_is_not_known_everywhere_yet_is_waited_for() {
        let attempts = std::sync::atomic::AtomicU32::new(0);
        let stage = Stage::answering(move |asked| {
            let first = attempts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
            if first {
                return Answer::refused_ec2("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist");
            }
            ec2(asked, None)
        });
        Box::pin(wanted().create(&stage.call())).await.unwrap();
        assert_eq!(stage.operations()[..2], ["CreateSubnet", "CreateSubnet"]);
    }
}
