//! An Elastic IP address. Sources: Amazon EC2 API, `AllocateAddress`, `DescribeAddresses`, `ReleaseAddress`. What it is
//! associated with is that object's matter.

use aws_sdk_ec2::types::{Address, DomainType, ResourceType};

use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::{lacking, unless_absent};
use aws::ids::{AllocationId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::ADDRESS_HELD;
use aws::tags;
use engine::{Call, Component, Created, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An address out of Amazon's own pool.
    pub struct ElasticIp {
        /// The group of zones that announces it: the region, but for local zones.
        replace network_border_group: String,
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Address>> {
    call.world.reads.ec2.addresses.seen(call, id).await
}

impl Component<Aws> for ElasticIp {
    const TYPE: &'static str = "elastic_ip";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = AllocationId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:AllocateAddress", ["elastic-ip"]),
            site.ec2("elastic-ip").ours().called(["ec2:ReleaseAddress"]),
            site.anywhere().called(["ec2:DescribeAddresses"]),
            site.ec2_retagged("elastic-ip"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let found = call.world.reads.ec2.addresses.tagged(call).await?;
        let found = ec2::ours_or_first(call, found, Address::tags);
        Ok(found.and_then(|address| Some(ec2::identity(call, &ResourceType::ElasticIp, address.allocation_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, AllocationId>>> {
        let Some(address) = describe(call, &identity.id).await? else {
            return Ok(None);
        };
        let group = address
            .network_border_group()
            .map_or_else(|| call.world.region.to_string(), str::to_owned);
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::ElasticIp, &identity.id),
            spec: Self {
                network_border_group: group.into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(address.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<AllocationId>> {
        let request = call
            .world
            .ec2
            .allocate_address()
            .domain(DomainType::Vpc)
            .network_border_group(self.network_border_group.get()?)
            .tag_specifications(ec2::tagged(call, ResourceType::ElasticIp));
        let attempt = || {
            let request = request.clone().customize().config_override(ec2::sent_once());
            ask(call, "ec2:AllocateAddress", request.send())
        };
        let answer = made_once(call, attempt, || self.find(call)).await?;
        let id = answer
            .allocation_id()
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:AllocateAddress", "allocation id"))?;
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::ElasticIp, id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        have: &Observed<Self, AllocationId>,
        _fields: &[&'static str],
    ) -> Result<AllocationId> {
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        let released = retry_while(call, &ADDRESS_HELD, || {
            let request = call.world.ec2.release_address().allocation_id(id);
            ask(call, "ec2:ReleaseAddress", request.send())
        });
        match released.await {
            Err(error) if (ADDRESS_HELD.is)(&error) => {
                let held = describe(call, id).await.ok().flatten();
                let holder = held
                    .as_ref()
                    .and_then(|address| address.network_interface_id())
                    .unwrap_or("something");
                Err(engine::Error {
                    kind: ErrorKind::Conflict,
                    message: format!("{}. {id} is held by {holder}", error.message.trim_end_matches('.')),
                    ..error
                }
                .with_remedy("Take the address away from what has it, and destroy again."))
            }
            other => unless_absent(other).map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;
    use aws::testing::{Answer, Asked, Stage};

    fn wanted() -> ElasticIp {
        ElasticIp {
            network_border_group: "us-east-1".into(),
        }
    }

    fn identity() -> Identity {
        Identity {
            id: "eipalloc-1".into(),
            arn: None,
        }
    }

    fn held(_: &Asked) -> Answer {
        Answer::refused_ec2(
            "AuthFailure",
            "You do not have permission to access the specified resource.",
        )
    }

    fn described() -> Answer {
        Answer::xml(
            "<DescribeAddressesResponse><addressesSet><item><allocationId>eipalloc-1</allocationId>\
             <networkInterfaceId>eni-1</networkInterfaceId></item></addressesSet></DescribeAddressesResponse>",
        )
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_released_once_the_nat_gateway_has_let_go() {
        let refusals = AtomicU32::new(0);
        let stage = Stage::answering(move |asked| {
            if refusals.fetch_add(1, SeqCst) < 3 {
                return held(asked);
            }
            Answer::xml("<ReleaseAddressResponse><return>true</return></ReleaseAddressResponse>")
        });
        wanted().delete(&stage.call(), &identity()).await.unwrap();
        assert_eq!(stage.operations().len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_stays_held_is_reported_with_who_holds_it() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "DescribeAddresses" => described(),
            _ => held(asked),
        });
        let error = wanted().delete(&stage.call(), &identity()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.message.contains("eni-1"), "{}", error.message);
    }

    #[tokio::test]
    async fn an_address_that_tells_no_border_group_is_the_regions() {
        use engine::Spec;
        let stage = Stage::answering(|_| described());
        let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted().compare(&have.spec).different(), [""; 0]);
    }

    #[tokio::test]
    async fn a_used_up_quota_is_told() {
        let stage = Stage::answering(|_| {
            Answer::refused_ec2(
                "AddressLimitExceeded",
                "The maximum number of addresses has been reached.",
            )
        });
        let error = wanted().create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LimitExceeded);
        assert!(error.remedy.unwrap().contains("quota"));
    }
}
