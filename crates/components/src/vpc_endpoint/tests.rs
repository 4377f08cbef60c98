use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use aws::ids::{RouteTableId, SecurityGroupId, SubnetId, VpcId};
use aws::testing::{Answer, Asked, Stage};
use engine::{Component, Spec};

fn to_s3() -> VpcGatewayEndpoint {
    VpcGatewayEndpoint {
        vpc_id: VpcId::from("vpc-1").into(),
        service: "com.amazonaws.us-east-1.s3".into(),
        route_table_ids: BTreeSet::from([RouteTableId::from("rtb-1"), "rtb-2".into()]).into(),
        policy: EndpointPolicy::FullAccess.into(),
    }
}

fn to_logs() -> VpcInterfaceEndpoint {
    VpcInterfaceEndpoint {
        vpc_id: VpcId::from("vpc-1").into(),
        service: "com.amazonaws.us-east-1.logs".into(),
        subnet_ids: BTreeSet::from([SubnetId::from("subnet-1")]).into(),
        security_group_ids: BTreeSet::from([SecurityGroupId::from("sg-1")]).into(),
        private_dns: true.into(),
        policy: EndpointPolicy::FullAccess.into(),
    }
}

fn at(id: &str) -> Identity {
    Identity {
        id: id.into(),
        arn: None,
    }
}

const FULL: &str = r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#;

/// EC2 with an endpoint in that state, with that policy.
fn ec2(asked: &Asked, state: &str, policy: &str) -> Answer {
    let policy = policy.replace('"', "&quot;");
    let service = if asked.body.contains("s3") { "s3" } else { "logs" };
    let id = if asked.body.contains("vpce-s3") {
        "vpce-s3"
    } else {
        "vpce-1"
    };
    let endpoint = format!(
        "<vpcEndpointId>{id}</vpcEndpointId><vpcId>vpc-1</vpcId><state>{state}</state>\
         <serviceName>com.amazonaws.us-east-1.{service}</serviceName><policyDocument>{policy}</policyDocument>\
         <routeTableIdSet><item>rtb-1</item><item>rtb-3</item></routeTableIdSet>\
         <subnetIdSet><item>subnet-1</item></subnetIdSet>\
         <groupSet><item><groupId>sg-1</groupId></item></groupSet><privateDnsEnabled>false</privateDnsEnabled>"
    );
    let result = match asked.operation.as_str() {
        "DescribeVpcEndpoints" => format!("<vpcEndpointSet><item>{endpoint}</item></vpcEndpointSet>"),
        "CreateVpcEndpoint" => format!("<vpcEndpoint>{endpoint}</vpcEndpoint>"),
        "DeleteVpcEndpoints" => "<unsuccessful/>".to_owned(),
        _ => "<return>true</return>".to_owned(),
    };
    Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
}

#[test]
fn the_policy_that_an_endpoint_is_made_with_is_full_access_however_it_is_written() {
    let versioned =
        r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
    assert_eq!(EndpointPolicy::of(FULL), EndpointPolicy::FullAccess);
    assert_eq!(EndpointPolicy::of(versioned), EndpointPolicy::FullAccess);
    let narrow = FULL.replace(r#""Action":"*""#, r#""Action":"logs:PutLogEvents""#);
    assert_eq!(EndpointPolicy::of(&narrow), EndpointPolicy::Other(narrow.clone()));
    let deny = FULL.replace("Allow", "Deny");
    assert_eq!(EndpointPolicy::of(&deny), EndpointPolicy::Other(deny.clone()));
}

#[tokio::test(start_paused = true)]
async fn it_is_made_once_the_service_can_be_reached() {
    let asked_so_far = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        let state = if asked_so_far.fetch_add(1, SeqCst) < 3 {
            "pending"
        } else {
            "available"
        };
        ec2(asked, state, FULL)
    });
    Box::pin(to_logs().create(&stage.call())).await.unwrap();
    assert_eq!(stage.operations().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_an_older_endpoint_still_has_is_waited_for() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "CreateVpcEndpoint" && refusals.fetch_add(1, SeqCst) < 2 {
            return Answer::refused_ec2(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for \
                 logs.us-east-1.amazonaws.com in the VPC vpc-1",
            );
        }
        ec2(asked, "available", FULL)
    });
    Box::pin(to_logs().create(&stage.call())).await.unwrap();
}

#[tokio::test]
async fn a_zone_that_the_service_is_not_in_says_what_to_leave_out() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2(
            "InvalidParameter",
            "The VPC endpoint service com.amazonaws.us-east-1.logs does not support the availability zone of the subnet: \
             subnet-1.",
        )
    });
    let error = Box::pin(to_logs().create(&stage.call())).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("availability_zones"));
}

#[tokio::test]
async fn every_field_that_others_changed_differs_and_one_call_brings_it_back() {
    let narrow = FULL.replace("Allow", "Deny");
    let stage = Stage::answering(move |asked| ec2(asked, "available", &narrow));
    let (interface, gateway) = (to_logs(), to_s3());
    let have = interface.read(&stage.call(), &at("vpce-1")).await.unwrap().unwrap();
    let fields = interface.compare(&have.spec).different();
    assert_eq!(fields, ["private_dns", "policy"]);
    interface.update(&stage.call(), &have, &fields).await.unwrap();
    let have = gateway.read(&stage.call(), &at("vpce-s3")).await.unwrap().unwrap();
    let fields = gateway.compare(&have.spec).different();
    assert_eq!(fields, ["route_table_ids", "policy"]);
    gateway.update(&stage.call(), &have, &fields).await.unwrap();
    let writes: Vec<_> = stage
        .asked()
        .into_iter()
        .filter(|asked| asked.operation == "ModifyVpcEndpoint")
        .map(|asked| asked.body)
        .collect();
    assert_eq!(writes.len(), 2);
    assert!(
        writes[0].contains("PrivateDnsEnabled=true") && writes[0].contains("ResetPolicy=true"),
        "{}",
        writes[0]
    );
    assert!(
        writes[1].contains("AddRouteTableId.1=rtb-2") && writes[1].contains("RemoveRouteTableId.1=rtb-3"),
        "{}",
        writes[1]
    );
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_until_nothing_is_reported_any_more() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeVpcEndpoints" if looks.fetch_add(1, SeqCst) == 2 => Answer::refused_ec2(
            "InvalidVpcEndpointId.NotFound",
            "The Vpc Endpoint Id 'vpce-1' does not exist",
        ),
        _ => ec2(asked, "deleting", FULL),
    });
    to_logs().delete(&stage.call(), &at("vpce-1")).await.unwrap();
    assert_eq!(stage.operations().len(), 4);
}

#[tokio::test]
async fn a_refusal_that_comes_with_a_success_is_a_refusal() {
    let refused = |code: &'static str| {
        Stage::answering(move |_| {
            Answer::xml(format!(
                "<DeleteVpcEndpointsResponse><unsuccessful><item><resourceId>vpce-1</resourceId><error>\
                 <code>{code}</code><message>no</message></error></item></unsuccessful></DeleteVpcEndpointsResponse>"
            ))
        })
    };
    let stage = refused("OperationNotPermitted");
    let error = to_s3().delete(&stage.call(), &at("vpce-1")).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("OperationNotPermitted"));
    let stage = refused("InvalidVpcEndpoint.NotFound");
    to_s3().delete(&stage.call(), &at("vpce-1")).await.unwrap();
}

#[tokio::test]
async fn one_that_goes_is_gone_for_reading() {
    let stage = Stage::answering(|asked| ec2(asked, "deleting", FULL));
    assert!(to_s3().read(&stage.call(), &at("vpce-s3")).await.unwrap().is_none());
    assert_eq!(to_logs().find(&stage.call()).await.unwrap(), None);
}
