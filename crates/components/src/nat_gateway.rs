//! A public NAT gateway. Sources: Amazon EC2 API, `CreateNatGateway`, `DescribeNatGateways`, `DeleteNatGateway`; Amazon VPC
//! user guide, *Troubleshoot NAT gateways*. It takes a minute or two to come up, and one that fails says so only then.

use aws_sdk_ec2::types::{ConnectivityType, NatGateway as Described, NatGatewayState, ResourceType};

use aws::Aws;
use aws::ask::ask;
use aws::ec2;
use aws::error::{lacking, unless_absent};
use aws::ids::{AllocationId, NatGatewayId, SubnetId, is_told};
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::{ADDRESS_TAKEN, UNKNOWN_YET};
use aws::tags;
use aws::wait::{Pace, wait_until};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A NAT gateway.
    pub struct NatGateway {
        /// The public subnet that it is in.
        replace subnet_id: SubnetId,
        /// Its public address.
        replace allocation_id: AllocationId,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatGatewayOutput {
    /// The id.
    pub id: NatGatewayId,
    /// The address that the world sees, where it is up.
    pub public_ip: Option<String>,
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    call.world.reads.ec2.nat_gateways.seen(call, id).await
}

/// Whether it is up or coming up. One that failed or goes is still reported for about an hour.
fn stands(gateway: &Described) -> bool {
    matches!(
        gateway.state(),
        Some(NatGatewayState::Available | NatGatewayState::Pending)
    )
}

fn output(id: &str, gateway: &Described) -> NatGatewayOutput {
    let address = gateway
        .nat_gateway_addresses()
        .iter()
        .find_map(|address| address.public_ip());
    NatGatewayOutput {
        id: id.into(),
        public_ip: address.map(str::to_owned),
    }
}

/// Waits until traffic can go through it. One that fails is cleared away, so that its address is free again.
async fn available(call: &Call<'_, Aws>, id: &str) -> Result<NatGatewayOutput> {
    let seen = wait_until(call, Pace::Minutes, "the NAT gateway is available", || async {
        let Some(gateway) = describe(call, id).await? else {
            return Ok(None);
        };
        Ok(match gateway.state() {
            Some(NatGatewayState::Available) => Some(Ok(output(id, &gateway))),
            Some(NatGatewayState::Failed | NatGatewayState::Deleting | NatGatewayState::Deleted) => {
                Some(Err(failed(id, &gateway)))
            }
            _ => None,
        })
    })
    .await?;
    if seen.is_err()
        && let Err(error) = gone(call, id).await
    {
        tracing::warn!(component = %call.key, %error, "the failed NAT gateway {id} could not be cleared away");
    }
    seen
}

/// Why it did not come up, in AWS's words, with AWS's remedy for the code.
fn failed(id: &str, gateway: &Described) -> Error {
    let code = gateway.failure_code().unwrap_or_default();
    let reason = gateway.failure_message().unwrap_or("AWS gave no reason");
    let kind = match code {
        "InsufficientFreeAddressesInSubnet" => ErrorKind::LimitExceeded,
        "" | "InternalError" => ErrorKind::Other,
        _ => ErrorKind::Conflict,
    };
    let message = format!("the NAT gateway {id} did not come up: {reason}");
    let mut error = Error::new(kind, "ec2:CreateNatGateway", message);
    error.code = Some(code.to_owned()).filter(|code| !code.is_empty());
    error.with_remedy(match code {
        "InsufficientFreeAddressesInSubnet" => {
            "The public subnet has no free address. Delete what is not needed in it, and apply again."
        }
        "Gateway.NotAttached" => {
            "Somebody detached the VPC's internet gateway. Apply again: it is then attached again."
        }
        "Resource.AlreadyAssociated" => {
            "Somebody gave the address to something else. Take it away from there, and apply again."
        }
        _ => "Apply again; if it fails again, look at the AWS Health Dashboard.",
    })
}

/// What to do about a zone in which AWS makes no NAT gateways.
fn nowhere(error: Error) -> Error {
    if error.code.as_deref() != Some("NotAvailableInZone") {
        return error;
    }
    error.with_remedy("AWS makes no NAT gateways in that zone: choose other availability zones, and apply again.")
}

/// Deletes it and waits until its interface and its hold on the address are gone.
async fn gone(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    let request = call.world.ec2.delete_nat_gateway().nat_gateway_id(id);
    if unless_absent(ask(call, "ec2:DeleteNatGateway", request.send()).await)?.is_none() {
        return Ok(());
    }
    wait_until(call, Pace::Minutes, "the NAT gateway is gone", || async {
        let state = describe(call, id).await?.and_then(|gateway| gateway.state);
        let is_gone = matches!(state, None | Some(NatGatewayState::Deleted));
        Ok(is_gone.then_some(()))
    })
    .await
}

impl NatGateway {
    async fn make(&self, call: &Call<'_, Aws>) -> Result<NatGatewayOutput> {
        let request = call
            .world
            .ec2
            .create_nat_gateway()
            .connectivity_type(ConnectivityType::Public)
            .subnet_id(self.subnet_id.get()?)
            .allocation_id(self.allocation_id.get()?)
            .client_token(chance::client_token())
            .tag_specifications(ec2::tagged(call, ResourceType::Natgateway));
        let answer = retry_while(call, &UNKNOWN_YET, || {
            ask(call, "ec2:CreateNatGateway", request.clone().send())
        })
        .await
        .map_err(nowhere)?;
        let id = answer
            .nat_gateway()
            .and_then(Described::nat_gateway_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateNatGateway", "NAT gateway id"))?;
        available(call, id).await
    }
}

impl Component<Aws> for NatGateway {
    const TYPE: &'static str = "nat_gateway";
    /// An address can be with one at a time.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = NatGatewayOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateNatGateway", ["natgateway"]),
            site.ec2_named("elastic-ip", &self.allocation_id)
                .behind(["ec2:CreateNatGateway"]),
            site.ec2_named("subnet", &self.subnet_id)
                .and(site.ec2("vpc"))
                .behind(["ec2:CreateNatGateway"]),
            site.ec2("natgateway").ours().called(["ec2:DeleteNatGateway"]),
            site.anywhere().called(["ec2:DescribeNatGateways"]),
            site.ec2_retagged("natgateway"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let mut found = call.world.reads.ec2.nat_gateways.tagged(call).await?;
        found.retain(stands);
        let found = ec2::ours_or_first(call, found, Described::tags);
        Ok(found.and_then(|gateway| {
            Some(ec2::identity(
                call,
                &ResourceType::Natgateway,
                gateway.nat_gateway_id()?,
            ))
        }))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, NatGatewayOutput>>> {
        let id = identity.id.as_str();
        let Some(gateway) = describe(call, id).await?.filter(stands) else {
            return Ok(None);
        };
        let allocation = gateway
            .nat_gateway_addresses()
            .iter()
            .find_map(|address| address.allocation_id());
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::Natgateway, id),
            spec: Self {
                subnet_id: SubnetId::from(gateway.subnet_id().unwrap_or_default()).into(),
                allocation_id: AllocationId::from(allocation.unwrap_or_default()).into(),
            },
            output: output(id, &gateway),
            tags: Some(tags::from_ec2(gateway.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<NatGatewayOutput>> {
        let output = retry_while(call, &ADDRESS_TAKEN, || self.make(call)).await?;
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::Natgateway, output.id.as_str()),
            output,
        })
    }

    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        have: &Observed<Self, NatGatewayOutput>,
        _fields: &[&'static str],
    ) -> Result<NatGatewayOutput> {
        Ok(have.output.clone())
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await.map(drop)
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        gone(call, &identity.id).await
    }
}

#[cfg(test)]
mod tests;
