//! How a load balancer goes: past its protection where that is ours, and until nothing of it is left in the VPC.

use aws_sdk_ec2::types::Filter;

use super::attribute;
use super::attributes::{self, DELETION_PROTECTION};
use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::LoadBalancerArn;
use aws::retry::{LOAD_BALANCER_IN_USE, retry_while};
use aws::wait::{Pace, wait_until};
use engine::{Call, Error, ErrorKind, Result};

/// Deletes the load balancer. Protection is taken off first where it is `ours`.
pub(super) async fn delete(call: &Call<'_, Aws>, arn: &str, ours: bool) -> Result<()> {
    match attempt(call, arn).await {
        Err(error) if is_protected(&error) && ours => {
            attributes::write(call, arn, vec![attribute(DELETION_PROTECTION, "false")]).await?;
            attempt(call, arn).await
        }
        Err(error) if is_protected(&error) => Err(error.with_remedy(
            "Somebody else put deletion protection on it. If it is to go nevertheless, turn that off \
             (`deletion_protection.enabled`) and destroy again.",
        )),
        Err(error) if (LOAD_BALANCER_IN_USE.is)(&error) => Err(error.with_remedy(
            "Something that this deployment did not make leads to the load balancer: an endpoint service, another API's VPC \
             link. Take it away and destroy again.",
        )),
        other => other,
    }
}

async fn attempt(call: &Call<'_, Aws>, arn: &str) -> Result<()> {
    let request = call.world.elbv2.delete_load_balancer().load_balancer_arn(arn);
    let deleted = retry_while(call, &LOAD_BALANCER_IN_USE, || {
        ask(call, "elasticloadbalancing:DeleteLoadBalancer", request.clone().send())
    });
    unless_absent(deleted.await).map(drop)
}

fn is_protected(error: &Error) -> bool {
    error.code.as_deref() == Some("OperationNotPermitted")
}

/// Waits until its network interfaces, which outlive it, hold its security groups and subnets no more. Who may not look
/// at them goes on: deleting a group waits too. Source: Elastic Load Balancing user guide, *Delete an Application Load
/// Balancer*; the interfaces' description is `ELB app/NAME/ID`.
pub(super) async fn interfaces_gone(call: &Call<'_, Aws>, arn: &LoadBalancerArn) -> Result<()> {
    let description = format!("ELB {}", arn.full_name());
    let filter = Filter::builder().name("description").values(description).build();
    let request = call.world.ec2.describe_network_interfaces().filters(filter);
    let waited = wait_until(
        call,
        Pace::Seconds,
        "the load balancer's network interfaces are gone",
        || async {
            let answer = ask(call, "ec2:DescribeNetworkInterfaces", request.clone().send()).await?;
            // A page may be empty and still be followed by another.
            let gone = answer.network_interfaces().is_empty() && answer.next_token().is_none();
            Ok(gone.then_some(()))
        },
    );
    match waited.await {
        Err(error) if error.kind == ErrorKind::Denied => Ok(()),
        other => other,
    }
}
