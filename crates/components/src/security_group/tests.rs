use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use aws::Peer;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec;

fn from_vpc() -> Rule {
    Rule::tcp(8080, Peer::range("10.0.3.4/16".parse().unwrap()), "from the VPC")
}

fn from_group() -> Rule {
    Rule::tcp(2049, Peer::Group("sg-2".into()), "")
}

fn wanted(ingress: impl IntoIterator<Item = Rule>) -> SecurityGroup {
    SecurityGroup {
        name: "demo".into(),
        description: "of demo".into(),
        vpc_id: VpcId::from("vpc-1").into(),
        ingress: ingress.into_iter().collect::<BTreeSet<_>>().into(),
        egress: Some(BTreeSet::from([Rule::all(Peer::anywhere(), "")])).into(),
    }
}

fn identity() -> Identity {
    Identity {
        id: "sg-1".into(),
        arn: None,
    }
}

/// EC2 with one group, which has the rules `from_vpc` (undescribed) and one of somebody else's.
fn ec2(asked: &Asked) -> Answer {
    let result = match asked.operation.as_str() {
        "DescribeSecurityGroups" => {
            "<securityGroupInfo><item><groupId>sg-1</groupId><groupName>demo</groupName><vpcId>vpc-1</vpcId>\
             <groupDescription>of demo</groupDescription>\
             <ipPermissions>\
               <item><ipProtocol>tcp</ipProtocol><fromPort>8080</fromPort><toPort>8080</toPort>\
                 <ipRanges><item><cidrIp>10.0.0.0/16</cidrIp></item></ipRanges>\
                 <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6><description>theirs</description></item></ipv6Ranges></item>\
             </ipPermissions>\
             <ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort>\
               <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>\
             </item></securityGroupInfo>"
        }
        "CreateSecurityGroup" => "<groupId>sg-1</groupId>",
        "DescribeNetworkInterfaces" => {
            "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
             <description>EFS mount target for fs-1</description></item></networkInterfaceSet>"
        }
        _ => "<return>true</return>",
    };
    Answer::xml(format!("<{0}Response>{result}</{0}Response>", asked.operation))
}

#[tokio::test]
async fn a_rule_of_somebody_else_is_a_difference() {
    let stage = Stage::answering(ec2);
    let have = wanted([]).read(&stage.call(), &identity()).await.unwrap().unwrap();
    let undescribed = Rule::tcp(8080, Peer::range("10.0.0.0/16".parse().unwrap()), "");
    assert_eq!(
        wanted([undescribed.clone()]).compare(&have.spec).different(),
        ["ingress"]
    );
    let theirs = wanted([undescribed]);
    let mut both = theirs.ingress.get().unwrap().clone();
    both.extend(have.spec.ingress.get().unwrap().iter().cloned());
    assert_eq!(wanted(both).compare(&have.spec).different(), [""; 0]);
}

#[tokio::test]
async fn rules_are_changed_with_the_least_calls_and_allowed_before_taken_away() {
    let stage = Stage::answering(ec2);
    let spec = wanted([from_vpc(), from_group()]);
    let have = spec.read(&stage.call(), &identity()).await.unwrap().unwrap();
    spec.update(&stage.call(), &have, &["ingress", "egress"]).await.unwrap();
    assert_eq!(
        stage.operations()[2..],
        [
            "AuthorizeSecurityGroupIngress",
            "UpdateSecurityGroupRuleDescriptionsIngress",
            "RevokeSecurityGroupIngress"
        ]
    );
    let asked = stage.asked();
    assert!(
        asked[2].body.contains("GroupId=sg-2") && !asked[2].body.contains("8080"),
        "{}",
        asked[2].body
    );
    assert!(
        asked[3].body.contains("from+the+VPC") || asked[3].body.contains("from%20the%20VPC"),
        "{}",
        asked[3].body
    );
    assert!(
        asked[4].body.contains("CidrIpv6") && !asked[4].body.contains("CidrIp="),
        "{}",
        asked[4].body
    );
}

#[tokio::test]
async fn a_rule_whose_answer_was_lost_is_not_taken_for_a_failure() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "AuthorizeSecurityGroupIngress" && refusals.fetch_add(1, SeqCst) == 0 {
            return Answer::refused_ec2("InvalidPermission.Duplicate", "the specified rule already exists");
        }
        ec2(asked)
    });
    wanted([from_group()]).create(&stage.call()).await.unwrap();
    let operations = stage.operations();
    let refused = operations
        .iter()
        .position(|name| name == "AuthorizeSecurityGroupIngress");
    let looked_after = operations[refused.unwrap()..].contains(&"DescribeSecurityGroups".to_owned());
    assert!(looked_after, "{operations:?}");
}

#[tokio::test]
async fn a_new_group_keeps_no_way_out_that_nobody_asked_for() {
    // As in a VPC with IPv6 addresses.
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "DescribeSecurityGroups" => Answer::xml(
            "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissionsEgress>\
             <item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
             <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges></item>\
             </ipPermissionsEgress></item></securityGroupInfo></DescribeSecurityGroupsResponse>"
                .to_owned(),
        ),
        _ => ec2(asked),
    });
    let mut spec = wanted([from_group()]);
    spec.egress = Some(BTreeSet::from([from_group()])).into();
    spec.create(&stage.call()).await.unwrap();
    let bodies = |operation: &str| {
        let asked = stage.asked().into_iter();
        let asked = asked.filter(|asked| asked.operation == operation);
        asked.map(|asked| asked.body).collect::<Vec<_>>()
    };
    let mut revoked = bodies("RevokeSecurityGroupEgress");
    revoked.sort_by_key(|body| body.contains("CidrIpv6"));
    assert_eq!(revoked.len(), 2);
    assert!(revoked[0].contains("0.0.0.0"), "{}", revoked[0]);
    assert!(
        revoked[1].contains("CidrIpv6") && !revoked[1].contains("CidrIp="),
        "{}",
        revoked[1]
    );
    assert_eq!(bodies("AuthorizeSecurityGroupEgress").len(), 1);
    assert_eq!(bodies("AuthorizeSecurityGroupIngress").len(), 1);
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2(
            "InvalidGroup.Duplicate",
            "The security group 'demo' already exists for VPC 'vpc-1'",
        )
    });
    assert_eq!(
        wanted([]).create(&stage.call()).await.unwrap_err().kind,
        ErrorKind::AlreadyExists
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_in_use_is_deleted_once_its_interfaces_are_gone() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "DeleteSecurityGroup" && refusals.fetch_add(1, SeqCst) < 4 {
            return Answer::refused_ec2("DependencyViolation", "resource sg-1 has a dependent object");
        }
        ec2(asked)
    });
    wanted([]).delete(&stage.call(), &identity()).await.unwrap();
    assert_eq!(
        stage
            .operations()
            .iter()
            .filter(|operation| *operation == "DeleteSecurityGroup")
            .count(),
        5
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_that_stays_in_use_is_reported_with_who_holds_it() {
    let stage = Stage::answering(|asked| {
        if asked.operation == "DeleteSecurityGroup" {
            return Answer::refused_ec2("DependencyViolation", "resource sg-1 has a dependent object");
        }
        ec2(asked)
    });
    let error = wanted([]).delete(&stage.call(), &identity()).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("DependencyViolation"));
    assert!(
        error.message.contains("eni-1 (EFS mount target for fs-1)"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_missing_group_is_absent() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "DescribeSecurityGroups" => Answer::xml("<DescribeSecurityGroupsResponse/>"),
        _ => Answer::refused_ec2("InvalidGroup.NotFound", "The security group 'sg-1' does not exist"),
    });
    assert!(wanted([]).read(&stage.call(), &identity()).await.unwrap().is_none());
    wanted([]).delete(&stage.call(), &identity()).await.unwrap();
}
