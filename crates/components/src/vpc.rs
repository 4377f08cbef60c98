//! A VPC with its DNS attributes. Sources: Amazon EC2 API, `CreateVpc`, `DescribeVpcs`, `DescribeVpcAttribute`,
//! `ModifyVpcAttribute`, `DeleteVpc`. EC2 makes as many VPCs of one name as it is asked for, so a create looks first.

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Vpc as Described, VpcAttributeName, VpcState};
use ipnet::Ipv4Net;

use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::{lacking, unless_absent};
use aws::ids::{VpcId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::UNKNOWN_YET;
use aws::tags;
use aws::vacancy::{self, Place, once_vacant};
use aws::wait::{Pace, wait_until};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A VPC.
    pub struct Vpc {
        /// Its IPv4 range, `/16` to `/28`.
        replace cidr_block: Ipv4Net,
        /// Whether AWS's resolver answers in it.
        update dns_support: bool,
        /// Whether what has a public address gets a name; needs `dns_support`.
        update dns_host_names: bool,
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    call.world.reads.ec2.vpcs.seen(call, id).await
}

/// Whether a DNS attribute is on.
async fn attribute(call: &Call<'_, Aws>, id: &str, name: VpcAttributeName) -> Result<bool> {
    let request = call.world.ec2.describe_vpc_attribute().vpc_id(id).attribute(name);
    let answer = ask(call, "ec2:DescribeVpcAttribute", request.send()).await?;
    let told = answer.enable_dns_support().or(answer.enable_dns_hostnames());
    Ok(told.and_then(AttributeBooleanValue::value).unwrap_or_default())
}

/// Turns a DNS attribute on or off; EC2 takes one in each call.
async fn turn(call: &Call<'_, Aws>, id: &str, name: &VpcAttributeName, on: bool) -> Result<()> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let request = call.world.ec2.modify_vpc_attribute().vpc_id(id);
    let request = if *name == VpcAttributeName::EnableDnsSupport {
        request.enable_dns_support(value)
    } else {
        request.enable_dns_hostnames(value)
    };
    retry_while(call, &UNKNOWN_YET, || {
        ask(call, "ec2:ModifyVpcAttribute", request.clone().send())
    })
    .await
    .map(drop)
}

/// Waits until the VPC takes subnets and the like.
async fn available(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    wait_until(call, Pace::Moments, "the VPC is available", || async {
        let found = describe(call, id).await?;
        Ok(found
            .is_some_and(|found| found.state() == Some(&VpcState::Available))
            .then_some(()))
    })
    .await
}

impl Vpc {
    /// Host names need the resolver: it is turned on before them and off after them.
    async fn turn_dns(&self, call: &Call<'_, Aws>, id: &str, (support, names): (bool, bool)) -> Result<()> {
        let (want_support, want_names) = (*self.dns_support.get()?, *self.dns_host_names.get()?);
        if want_support && !support {
            turn(call, id, &VpcAttributeName::EnableDnsSupport, true).await?;
        }
        if want_names != names {
            turn(call, id, &VpcAttributeName::EnableDnsHostnames, want_names).await?;
        }
        if support && !want_support {
            turn(call, id, &VpcAttributeName::EnableDnsSupport, false).await?;
        }
        Ok(())
    }
}

impl Component<Aws> for Vpc {
    const TYPE: &'static str = "vpc";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = VpcId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateVpc", ["vpc"]),
            site.ec2("vpc")
                .ours()
                .called(["ec2:DeleteVpc", "ec2:ModifyVpcAttribute"]),
            site.ec2("vpc").called(["ec2:DescribeVpcAttribute"]),
            site.anywhere().called(["ec2:DescribeVpcs"]),
            site.ec2_retagged("vpc"),
            vacancy::permissions(site),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let found = call.world.reads.ec2.vpcs.tagged(call).await?;
        let found = ec2::ours_or_first(call, found, Described::tags);
        Ok(found.and_then(|vpc| Some(ec2::identity(call, &ResourceType::Vpc, vpc.vpc_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, VpcId>>> {
        let id = identity.id.as_str();
        let (vpc, support, names) = tokio::join!(
            describe(call, id),
            attribute(call, id, VpcAttributeName::EnableDnsSupport),
            attribute(call, id, VpcAttributeName::EnableDnsHostnames)
        );
        let (Some(vpc), Some(support), Some(names)) = (vpc?, unless_absent(support)?, unless_absent(names)?) else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::Vpc, id),
            spec: Self {
                cidr_block: vpc
                    .cidr_block()
                    .and_then(|range| range.parse::<Ipv4Net>().ok())
                    .unwrap_or_default()
                    .into(),
                dns_support: support.into(),
                dns_host_names: names.into(),
            },
            output: id.into(),
            tags: Some(tags::from_ec2(vpc.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<VpcId>> {
        if let Some(found) = self.find(call).await? {
            return Err(taken(call, &found));
        }
        let request = call
            .world
            .ec2
            .create_vpc()
            .cidr_block(self.cidr_block.get()?.to_string())
            .tag_specifications(ec2::tagged(call, ResourceType::Vpc));
        let attempt = || {
            let request = request.clone().customize().config_override(ec2::sent_once());
            ask(call, "ec2:CreateVpc", request.send())
        };
        let answer = made_once(call, attempt, || self.find(call)).await?;
        let id = answer
            .vpc()
            .and_then(Described::vpc_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateVpc", "VPC id"))?;
        if answer.vpc().and_then(Described::state) != Some(&VpcState::Available) {
            available(call, id).await?;
        }
        // What a VPC is made with (Amazon VPC user guide, *DNS attributes in your VPC*).
        self.turn_dns(call, id, (true, false)).await?;
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::Vpc, id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, VpcId>,
        _fields: &[&'static str],
    ) -> Result<VpcId> {
        let dns = (*have.spec.dns_support.get()?, *have.spec.dns_host_names.get()?);
        self.turn_dns(call, &have.identity.id, dns).await?;
        Ok(have.output.clone())
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        once_vacant(call, Place::Vpc(id), || {
            ask(call, "ec2:DeleteVpc", call.world.ec2.delete_vpc().vpc_id(id).send())
        })
        .await
    }
}

fn taken(call: &Call<'_, Aws>, found: &Identity) -> Error {
    let message = format!("the VPC {} carries the name {} already", found.id, call.name);
    Error::new(ErrorKind::AlreadyExists, "ec2:CreateVpc", message)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;
    use aws::testing::{Answer, Asked, Stage};

    fn wanted() -> Vpc {
        Vpc {
            cidr_block: "10.0.0.0/16".parse::<Ipv4Net>().unwrap().into(),
            dns_support: true.into(),
            dns_host_names: true.into(),
        }
    }

    fn identity() -> Identity {
        Identity {
            id: "vpc-1".into(),
            arn: None,
        }
    }

    /// EC2 with the VPC in that state, found by its tags where `found`.
    fn ec2(asked: &Asked, state: &str, found: bool) -> Answer {
        let vpc = format!(
            "<vpcId>vpc-1</vpcId><state>{state}</state><cidrBlock>10.0.0.0/16</cidrBlock>\
             <tagSet><item><key>thatdot:deployment</key><value>demo</value></item>\
             <item><key>thatdot:component</key><value>part</value></item></tagSet>"
        );
        let result = match asked.operation.as_str() {
            "DescribeVpcs" if asked.body.contains("Name=tag") && !found => "<vpcSet/>".to_owned(),
            "DescribeVpcs" => format!("<vpcSet><item>{vpc}</item></vpcSet>"),
            "CreateVpc" => format!("<vpc>{vpc}</vpc>"),
            "DescribeVpcAttribute" if asked.body.contains("enableDnsSupport") => {
                "<enableDnsSupport><value>true</value></enableDnsSupport>".to_owned()
            }
            "DescribeVpcAttribute" => "<enableDnsHostnames><value>false</value></enableDnsHostnames>".to_owned(),
            _ => "<return>true</return>".to_owned(),
        };
        Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
    }

    #[tokio::test]
    async fn a_new_vpc_gets_host_names_once_it_is_available() {
        let stage = Stage::answering(|asked| ec2(asked, "available", false));
        let made = Box::pin(wanted().create(&stage.call())).await.unwrap();
        assert_eq!(
            made.identity.arn.as_deref(),
            Some("arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1")
        );
        assert_eq!(stage.operations(), ["DescribeVpcs", "CreateVpc", "ModifyVpcAttribute"]);
        assert!(stage.asked()[2].body.contains("EnableDnsHostnames.Value=true"));
    }

    #[tokio::test]
    async fn a_name_that_another_network_has_is_not_used_twice() {
        let stage = Stage::answering(|asked| ec2(asked, "available", true));
        let error = Box::pin(wanted().create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert_eq!(stage.operations(), ["DescribeVpcs"]);
    }

    #[tokio::test]
    async fn lost_host_names_are_a_difference_and_are_turned_on_alone() {
        use engine::Spec;
        let stage = Stage::answering(|asked| ec2(asked, "available", true));
        let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted().compare(&have.spec).different(), ["dns_host_names"]);
        wanted()
            .update(&stage.call(), &have, &["dns_host_names"])
            .await
            .unwrap();
        let writes: Vec<_> = stage
            .operations()
            .into_iter()
            .filter(|operation| operation.starts_with("Modify"))
            .collect();
        assert_eq!(writes, ["ModifyVpcAttribute"]);
    }

    #[tokio::test]
    async fn a_missing_vpc_is_absent() {
        let stage =
            Stage::answering(|_| Answer::refused_ec2("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"));
        assert!(wanted().read(&stage.call(), &identity()).await.unwrap().is_none());
        wanted().delete(&stage.call(), &identity()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_whose_answer_is_lost_is_not_sent_again_where_the_vpc_stands() {
        let made = AtomicBool::new(false);
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "CreateVpc" => {
                made.store(true, SeqCst);
                Answer::Lost
            }
            _ => ec2(asked, "available", made.load(SeqCst)),
        });
        let error = Box::pin(wanted().create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert_eq!(stage.operations(), ["DescribeVpcs", "CreateVpc", "DescribeVpcs"]);
    }
}
