//! An internet gateway, attached to a VPC. Sources: Amazon EC2 API, `CreateInternetGateway`, `AttachInternetGateway`,
//! `DescribeInternetGateways`, `DetachInternetGateway`, `DeleteInternetGateway`.

use aws_sdk_ec2::types::{InternetGateway as Described, ResourceType};

use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::{lacking, unless_absent};
use aws::ids::{InternetGatewayId, VpcId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::UNKNOWN_YET;
use aws::tags;
use aws::vacancy::{self, Place, once_vacant};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An internet gateway.
    pub struct InternetGateway {
        /// The VPC that it is attached to; `None`: to none.
        update vpc_id: Option<VpcId>,
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    call.world.reads.ec2.internet_gateways.seen(call, id).await
}

/// The VPC that a gateway is attached to.
fn attached(gateway: &Described) -> Option<VpcId> {
    let attachment = gateway.attachments().iter().find_map(|attachment| attachment.vpc_id());
    attachment.map(VpcId::from)
}

async fn attach(call: &Call<'_, Aws>, id: &str, vpc: &VpcId) -> Result<()> {
    let request = call
        .world
        .ec2
        .attach_internet_gateway()
        .internet_gateway_id(id)
        .vpc_id(vpc);
    let refusal = retry_while(call, &UNKNOWN_YET, || {
        ask(call, "ec2:AttachInternetGateway", request.clone().send())
    })
    .await;
    match refusal {
        // An earlier attempt whose answer was lost did it.
        Err(error) if error.code.as_deref() == Some("Resource.AlreadyAssociated") => {
            let now = describe(call, id).await?;
            if now.as_ref().and_then(attached).as_ref() == Some(vpc) {
                Ok(())
            } else {
                Err(error)
            }
        }
        other => other.map(drop),
    }
}

/// Waits until nothing in the VPC has a public address, which EC2 asks for.
async fn detach(call: &Call<'_, Aws>, id: &str, vpc: &VpcId) -> Result<()> {
    let detached = once_vacant(call, Place::PublicAddresses(vpc.as_str()), || {
        let request = call
            .world
            .ec2
            .detach_internet_gateway()
            .internet_gateway_id(id)
            .vpc_id(vpc);
        ask(call, "ec2:DetachInternetGateway", request.send())
    });
    match detached.await {
        Err(error) if error.code.as_deref() == Some("Gateway.NotAttached") => Ok(()),
        other => other,
    }
}

impl Component<Aws> for InternetGateway {
    const TYPE: &'static str = "internet_gateway";
    /// A VPC has room for one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = InternetGatewayId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateInternetGateway", ["internet-gateway"]),
            site.ec2("internet-gateway")
                .ours()
                .called(["ec2:DeleteInternetGateway"]),
            site.ec2("internet-gateway")
                .and(site.ec2("vpc"))
                .ours()
                .called(["ec2:AttachInternetGateway", "ec2:DetachInternetGateway"]),
            site.anywhere().called(["ec2:DescribeInternetGateways"]),
            site.ec2_retagged("internet-gateway"),
            vacancy::permissions(site),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let found = call.world.reads.ec2.internet_gateways.tagged(call).await?;
        let found = ec2::ours_or_first(call, found, Described::tags);
        Ok(found.and_then(|gateway| {
            let id = gateway.internet_gateway_id()?;
            Some(ec2::identity(call, &ResourceType::InternetGateway, id))
        }))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, InternetGatewayId>>> {
        let Some(gateway) = describe(call, &identity.id).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::InternetGateway, &identity.id),
            spec: Self {
                vpc_id: attached(&gateway).into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(gateway.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<InternetGatewayId>> {
        let request = call
            .world
            .ec2
            .create_internet_gateway()
            .tag_specifications(ec2::tagged(call, ResourceType::InternetGateway));
        let attempt = || {
            let request = request.clone().customize().config_override(ec2::sent_once());
            ask(call, "ec2:CreateInternetGateway", request.send())
        };
        let answer = made_once(call, attempt, || self.find(call)).await?;
        let id = answer
            .internet_gateway()
            .and_then(Described::internet_gateway_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateInternetGateway", "gateway id"))?;
        if let Some(vpc) = self.vpc_id.get()? {
            attach(call, id, vpc).await?;
        }
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::InternetGateway, id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, InternetGatewayId>,
        _fields: &[&'static str],
    ) -> Result<InternetGatewayId> {
        let id = have.identity.id.as_str();
        if let Some(elsewhere) = have.spec.vpc_id.get()? {
            detach(call, id, elsewhere).await?;
        }
        if let Some(vpc) = self.vpc_id.get()? {
            attach(call, id, vpc).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        // One that is not seen may stand all the same, where we attached it.
        let vpc = match describe(call, id).await? {
            Some(gateway) => attached(&gateway),
            None => self.vpc_id.known().cloned().flatten(),
        };
        if let Some(vpc) = vpc {
            unless_absent(detach(call, id, &vpc).await)?;
        }
        let request = call.world.ec2.delete_internet_gateway().internet_gateway_id(id);
        unless_absent(ask(call, "ec2:DeleteInternetGateway", request.send()).await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;
    use aws::testing::{Answer, Asked, Stage};
    use engine::Spec;

    fn wanted() -> InternetGateway {
        InternetGateway {
            vpc_id: Some(VpcId::from("vpc-1")).into(),
        }
    }

    fn identity() -> Identity {
        Identity {
            id: "igw-1".into(),
            arn: None,
        }
    }

    fn ec2(asked: &Asked, vpc: Option<&str>) -> Answer {
        let attachment = vpc.map(|vpc| format!("<item><vpcId>{vpc}</vpcId><state>available</state></item>"));
        let gateway = format!(
            "<internetGatewayId>igw-1</internetGatewayId><attachmentSet>{}</attachmentSet>",
            attachment.unwrap_or_default()
        );
        let result = match asked.operation.as_str() {
            "DescribeInternetGateways" => format!("<internetGatewaySet><item>{gateway}</item></internetGatewaySet>"),
            "CreateInternetGateway" => format!("<internetGateway>{gateway}</internetGateway>"),
            "DescribeNetworkInterfaces" => "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
                 <description>Interface for NAT Gateway nat-1</description><requesterManaged>true</requesterManaged>\
                 <association><publicIp>198.51.100.1</publicIp></association></item></networkInterfaceSet>"
                .to_owned(),
            _ => "<return>true</return>".to_owned(),
        };
        Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
    }

    #[tokio::test]
    async fn one_that_was_detached_differs_and_is_attached_again() {
        let stage = Stage::answering(|asked| ec2(asked, None));
        let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted().compare(&have.spec).different(), ["vpc_id"]);
        wanted().update(&stage.call(), &have, &["vpc_id"]).await.unwrap();
        assert_eq!(stage.operations()[1..], ["AttachInternetGateway"]);
    }

    #[tokio::test]
    async fn an_attachment_whose_answer_was_lost_is_not_taken_for_a_failure() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "AttachInternetGateway" => Answer::refused_ec2(
                "Resource.AlreadyAssociated",
                "resource igw-1 is already attached to network vpc-1",
            ),
            _ => ec2(asked, Some("vpc-1")),
        });
        wanted().create(&stage.call()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_detached_once_no_public_address_is_mapped_any_more() {
        let refusals = AtomicU32::new(0);
        let stage = Stage::answering(move |asked| {
            if asked.operation == "DetachInternetGateway" && refusals.fetch_add(1, SeqCst) < 3 {
                return Answer::refused_ec2(
                    "DependencyViolation",
                    "Network vpc-1 has some mapped public address(es). Please unmap those public address(es) before \
                     detaching the gateway.",
                );
            }
            ec2(asked, Some("vpc-1"))
        });
        wanted().delete(&stage.call(), &identity()).await.unwrap();
        let detaches = stage
            .operations()
            .iter()
            .filter(|name| *name == "DetachInternetGateway")
            .count();
        assert_eq!(detaches, 4);
        assert_eq!(
            stage.operations().last().map(String::as_str),
            Some("DeleteInternetGateway")
        );
    }

    #[tokio::test]
    async fn one_that_is_not_seen_for_a_moment_is_deleted_all_the_same() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "DescribeInternetGateways" => Answer::xml("<DescribeInternetGatewaysResponse/>"),
            _ => ec2(asked, None),
        });
        wanted().delete(&stage.call(), &identity()).await.unwrap();
        assert_eq!(
            stage.operations()[1..],
            ["DetachInternetGateway", "DeleteInternetGateway"]
        );
    }

    #[tokio::test]
    async fn a_missing_gateway_is_absent() {
        let stage = Stage::answering(|_| {
            Answer::refused_ec2(
                "InvalidInternetGatewayID.NotFound",
                "The internetGateway ID 'igw-1' does not exist",
            )
        });
        assert!(wanted().read(&stage.call(), &identity()).await.unwrap().is_none());
        wanted().delete(&stage.call(), &identity()).await.unwrap();
    }
}
