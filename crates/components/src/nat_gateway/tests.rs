use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use aws::testing::{Answer, Asked, Stage};

fn wanted() -> NatGateway {
    NatGateway {
        subnet_id: SubnetId::from("subnet-1").into(),
        allocation_id: AllocationId::from("eipalloc-1").into(),
    }
}

fn identity() -> Identity {
    Identity {
        id: "nat-1".into(),
        arn: None,
    }
}

/// EC2 with a gateway in that state.
fn ec2(asked: &Asked, state: &str) -> Answer {
    let gateway = format!(
        "<natGatewayId>nat-1</natGatewayId><subnetId>subnet-1</subnetId>{state}\
         <natGatewayAddressSet><item><allocationId>eipalloc-1</allocationId><publicIp>198.51.100.1</publicIp></item>\
         </natGatewayAddressSet>"
    );
    let result = match asked.operation.as_str() {
        "DescribeNatGateways" => format!("<natGatewaySet><item>{gateway}</item></natGatewaySet>"),
        "CreateNatGateway" => format!("<natGateway>{gateway}</natGateway>"),
        _ => "<natGatewayId>nat-1</natGatewayId>".to_owned(),
    };
    Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
}

fn looks(stage: &Stage) -> usize {
    let operations = stage.operations();
    operations.iter().filter(|name| *name == "DescribeNatGateways").count()
}

#[tokio::test(start_paused = true)]
async fn it_is_made_once_traffic_can_go_through_it() {
    let asked_so_far = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        let state = if asked_so_far.fetch_add(1, SeqCst) < 3 {
            "pending"
        } else {
            "available"
        };
        ec2(asked, &format!("<state>{state}</state>"))
    });
    let made = Box::pin(wanted().create(&stage.call())).await.unwrap();
    assert_eq!(made.output.public_ip.as_deref(), Some("198.51.100.1"));
    assert_eq!(looks(&stage), 3);
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_says_why_and_is_cleared_away() {
    let deleted = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "DeleteNatGateway" {
            deleted.store(1, SeqCst);
        }
        let state = if deleted.load(SeqCst) == 1 { "deleted" } else { "failed" };
        ec2(
            asked,
            &format!(
                "<state>{state}</state><failureCode>Gateway.NotAttached</failureCode>\
                 <failureMessage>Network vpc-1 has no Internet gateway attached</failureMessage>"
            ),
        )
    });
    let error = Box::pin(wanted().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("Gateway.NotAttached"));
    assert!(
        error.message.contains("Network vpc-1 has no Internet gateway attached"),
        "{}",
        error.message
    );
    assert!(error.remedy.unwrap().contains("attached again"));
    assert_eq!(
        stage.operations(),
        [
            "CreateNatGateway",
            "DescribeNatGateways",
            "DeleteNatGateway",
            "DescribeNatGateways"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_address_that_an_older_gateway_still_has_is_waited_for_with_a_token_of_its_own() {
    let (creates, deleted) = (AtomicU32::new(0), AtomicU32::new(0));
    let stage = Stage::answering(move |asked| {
        match asked.operation.as_str() {
            "CreateNatGateway" => {
                creates.fetch_add(1, SeqCst);
                deleted.store(0, SeqCst);
            }
            "DeleteNatGateway" => deleted.store(1, SeqCst),
            _ => {}
        }
        let state = match (creates.load(SeqCst), deleted.load(SeqCst)) {
            (2, _) => "<state>available</state>",
            (_, 1) => "<state>deleted</state>",
            _ => {
                "<state>failed</state><failureCode>Resource.AlreadyAssociated</failureCode>\
                 <failureMessage>Elastic IP address [eipalloc-1] is already associated</failureMessage>"
            }
        };
        ec2(asked, state)
    });
    Box::pin(wanted().create(&stage.call())).await.unwrap();
    let tokens: Vec<String> = stage
        .asked()
        .iter()
        .filter(|asked| asked.operation == "CreateNatGateway")
        .filter_map(|asked| {
            asked
                .body
                .split('&')
                .find(|pair| pair.starts_with("ClientToken="))
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn one_that_goes_or_failed_is_gone_for_reading() {
    for state in ["deleting", "deleted", "failed"] {
        let stage = Stage::answering(move |asked| ec2(asked, &format!("<state>{state}</state>")));
        assert!(
            wanted().read(&stage.call(), &identity()).await.unwrap().is_none(),
            "{state}"
        );
        assert_eq!(wanted().find(&stage.call()).await.unwrap(), None, "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_until_it_lets_go_of_its_address() {
    let looks_so_far = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        let state = match asked.operation.as_str() {
            "DescribeNatGateways" if looks_so_far.fetch_add(1, SeqCst) == 2 => "deleted",
            _ => "deleting",
        };
        ec2(asked, &format!("<state>{state}</state>"))
    });
    wanted().delete(&stage.call(), &identity()).await.unwrap();
    assert_eq!(looks(&stage), 3);
}

#[tokio::test]
async fn a_missing_gateway_is_absent() {
    let stage = Stage::answering(|_| Answer::refused_ec2("NatGatewayNotFound", "NAT gateway nat-1 was not found"));
    assert!(wanted().read(&stage.call(), &identity()).await.unwrap().is_none());
    wanted().delete(&stage.call(), &identity()).await.unwrap();
}

#[tokio::test]
async fn a_zone_without_nat_gateways_says_what_to_do() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2(
            "NotAvailableInZone",
            "Nat Gateway is not available in this availability zone",
        )
    });
    let error = Box::pin(wanted().create(&stage.call())).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("other availability zones"));
}
