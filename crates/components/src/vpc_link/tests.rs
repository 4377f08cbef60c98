//! What a user sees of a VPC link.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec as _;

fn spec() -> VpcLink {
    VpcLink {
        name: "demo".into(),
        subnets: BTreeSet::from(["subnet-1".into(), "subnet-2".into()]).into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
    }
}

fn link(id: &str, status: &str) -> String {
    format!(
        r#"{{"vpcLinkId": "{id}", "name": "demo", "subnetIds": ["subnet-2", "subnet-1"], "securityGroupIds": ["sg-1"],
            "vpcLinkStatus": "{status}", "vpcLinkStatusMessage": "no free address in subnet-1", "vpcLinkVersion": "V2",
            "tags": {{"thatdot:deployment": "demo", "thatdot:component": "part"}}}}"#
    )
}

fn absent() -> Answer {
    Answer::Told(
        404,
        "application/json",
        r#"{"__type": "NotFoundException", "message": "no such link"}"#.to_owned(),
    )
}

fn referenced() -> Answer {
    Answer::refused(
        "BadRequestException",
        "Cannot delete vpc link. Vpc link 'l1', is referenced in [GET:a1:b2] in format of [Method:Resource:Stage].",
    )
}

#[tokio::test(start_paused = true)]
async fn it_is_made_and_awaited_until_requests_can_pass() {
    let looks = AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "POST /v2/vpclinks" => Answer::json(link("l1", "PENDING")),
        "GET /v2/vpclinks/l1" if looks.fetch_add(1, Ordering::Relaxed) < 2 => Answer::json(link("l1", "PENDING")),
        "GET /v2/vpclinks/l1" => Answer::json(link("l1", "AVAILABLE")),
        _ => Answer::refused_xml("InvalidInput", "Service role name has been taken"),
    });
    let made = Box::pin(spec().create(&stage.call())).await.unwrap();
    assert_eq!(made.output, VpcLinkOutput { id: "l1".into() });
    assert_eq!(
        made.identity.arn.as_deref(),
        Some("arn:aws:apigateway:us-east-1::/vpclinks/l1")
    );
    assert_eq!(stage.asked().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn one_that_failed_says_why_and_is_taken_away() {
    let deleted = std::sync::Arc::new(AtomicUsize::new(0));
    let gone = deleted.clone();
    let cloud = move |asked: &Asked| match asked.operation.as_str() {
        "POST /v2/vpclinks" => Answer::json(link("l1", "PENDING")),
        "GET /v2/vpclinks/l1" if gone.load(Ordering::Relaxed) == 0 => Answer::json(link("l1", "FAILED")),
        "GET /v2/vpclinks/l1" => absent(),
        "DELETE /v2/vpclinks/l1" => {
            gone.fetch_add(1, Ordering::Relaxed);
            Answer::Told(202, "application/json", "{}".to_owned())
        }
        _ => Answer::refused_xml("InvalidInput", "Service role name has been taken"),
    };
    let stage = Stage::answering(cloud.clone());
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert!(error.message.contains("no free address in subnet-1"), "{error}");
    assert!(error.remedy.unwrap().contains("service-linked role"));
    assert_eq!(deleted.load(Ordering::Relaxed), 1);

    // So does one that a run before left to its fate.
    deleted.store(0, Ordering::Relaxed);
    let stage = Stage::answering(cloud);
    let call = stage.call();
    let error = Box::pin(spec().settle(&call, &identity(&call, "l1")))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert_eq!(deleted.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_was_made_compares_as_the_same_and_each_change_shows() {
    for (from, to, fields) in [
        ("PENDING", "AVAILABLE", vec![]),
        ("PENDING", "INACTIVE", vec![]),
        (r#""name": "demo""#, r#""name": "other""#, vec!["name"]),
        ("subnet-2", "subnet-3", vec!["subnets"]),
        ("sg-1", "sg-2", vec!["security_groups"]),
    ] {
        let stage = Stage::answering(move |_| Answer::json(link("l1", "PENDING").replace(from, to)));
        let call = stage.call();
        let identity = identity(&call, "l1");
        let observed = Box::pin(spec().read(&call, &identity)).await.unwrap().unwrap();
        assert_eq!(spec().compare(&observed.spec).different(), fields, "{to}");
    }
}

#[tokio::test]
async fn while_one_takes_the_place_of_another_the_new_one_is_found() {
    let stage = Stage::answering(|_| {
        let old = link("l1", "AVAILABLE").replace("sg-1", "sg-9");
        let leaving = link("l3", "DELETING");
        Answer::json(format!(r#"{{"items": [{leaving}, {old}, {}]}}"#, link("l2", "PENDING")))
    });
    let found = Box::pin(spec().find(&stage.call())).await.unwrap().unwrap();
    assert_eq!(found.id, "l2");
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_for_the_integration_and_then_until_it_is_gone() {
    let calls = AtomicUsize::new(0);
    let stage = Stage::answering(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => referenced(),
        1 => Answer::Told(202, "application/json", "{}".to_owned()),
        2 => Answer::json(link("l1", "DELETING")),
        _ => absent(),
    });
    let call = stage.call();
    assert_eq!(Box::pin(spec().delete(&call, &identity(&call, "l1"))).await, Ok(()));
    assert_eq!(stage.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_integration_of_somebody_elses_is_named_in_the_end() {
    let stage = Stage::answering(|_| referenced());
    let call = stage.call();
    let error = Box::pin(spec().delete(&call, &identity(&call, "l1")))
        .await
        .unwrap_err();
    assert!(
        error
            .remedy
            .unwrap()
            .contains("integration that this deployment did not make")
    );
}

#[tokio::test(start_paused = true)]
async fn a_link_whose_answer_was_lost_is_not_made_twice() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "POST /v2/vpclinks" => Answer::Lost,
        _ => Answer::json(format!(r#"{{"items": [{}]}}"#, link("l1", "AVAILABLE"))),
    });
    spec().create(&stage.call()).await.unwrap_err();
    let asked = stage.operations();
    let made = asked.iter().filter(|operation| *operation == "POST /v2/vpclinks");
    assert_eq!(made.count(), 1, "{asked:?}");
}
