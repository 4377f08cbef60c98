use super::*;
use crate::ask::ask;
use crate::testing::{Answer, Asked, Stage};

/// A subnet that is never deleted, with one interface in it.
fn held_by(interface: &'static str) -> Stage {
    Stage::answering(move |asked: &Asked| match asked.operation.as_str() {
        "DescribeNetworkInterfaces" => Answer::xml(format!(
            "<DescribeNetworkInterfacesResponse><networkInterfaceSet>{interface}</networkInterfaceSet>\
             </DescribeNetworkInterfacesResponse>"
        )),
        _ => Answer::refused_ec2(
            "DependencyViolation",
            "The subnet 'subnet-1' has dependencies and cannot be deleted.",
        ),
    })
}

async fn vacate(stage: &Stage) -> (Error, Duration) {
    let call = stage.call();
    let begun = Instant::now();
    let deleted = once_vacant(&call, Place::Subnet("subnet-1"), || {
        ask(
            &call,
            "ec2:DeleteSubnet",
            call.world.ec2.delete_subnet().subnet_id("subnet-1").send(),
        )
    });
    (deleted.await.unwrap_err(), begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn what_somebody_put_there_is_named_without_a_long_wait() {
    let stage = held_by(
        "<item><networkInterfaceId>eni-1</networkInterfaceId><requesterManaged>false</requesterManaged>\
         <attachment><instanceId>i-1</instanceId></attachment></item>",
    );
    let (error, waited) = vacate(&stage).await;
    assert!(
        error
            .message
            .contains("subnet-1 is held by the network interface eni-1 of the instance i-1"),
        "{}",
        error.message
    );
    assert_eq!(error.code.as_deref(), Some("DependencyViolation"));
    assert!(error.remedy.unwrap().contains("destroy again"));
    assert!(waited < Duration::from_secs(10), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn what_goes_by_itself_is_waited_for() {
    let stage = held_by(
        "<item><networkInterfaceId>eni-1</networkInterfaceId><requesterManaged>true</requesterManaged>\
         <description>ELB app/demo</description></item>",
    );
    let (error, waited) = vacate(&stage).await;
    assert!(error.message.contains("eni-1 (ELB app/demo)"), "{}", error.message);
    assert!(waited > Duration::from_mins(9), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_with_nothing_behind_it_says_where_to_look() {
    let (error, waited) = vacate(&held_by("")).await;
    assert!(error.remedy.unwrap().contains("VPC console"));
    assert!(waited.abs_diff(UNSEEN) < Duration::from_millis(5), "{waited:?}");
}

#[tokio::test]
async fn what_is_gone_already_is_a_success() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2("InvalidSubnetID.NotFound", "The subnet ID 'subnet-1' does not exist")
    });
    let call = stage.call();
    let deleted = once_vacant(&call, Place::Subnet("subnet-1"), || {
        ask(
            &call,
            "ec2:DeleteSubnet",
            call.world.ec2.delete_subnet().subnet_id("subnet-1").send(),
        )
    });
    assert_eq!(deleted.await, Ok(()));
}
