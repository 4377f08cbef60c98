//! What a user sees of a load balancer.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec as _;

const ARN: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/demo/50dc6c495c0c9188";

fn spec() -> LoadBalancer {
    LoadBalancer {
        name: "demo".into(),
        scheme: Scheme::Internal.into(),
        subnets: BTreeSet::from(["subnet-1".into(), "subnet-2".into()]).into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
        idle_timeout: 120.into(),
        deletion_protection: true.into(),
        access_logs: Some(AccessLogs {
            bucket: "logs".to_owned(),
            prefix: "alb".to_owned(),
        })
        .into(),
        drop_invalid_headers: true.into(),
    }
}

fn identity() -> Identity {
    Identity {
        id: "demo".to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

fn members(state: &str) -> String {
    format!(
        "<LoadBalancers><member><LoadBalancerArn>{ARN}</LoadBalancerArn><DNSName>internal-demo-1.us-east-1.elb.amazonaws.com</DNSName>\
         <CanonicalHostedZoneId>Z35SXDOTRQ7X7K</CanonicalHostedZoneId><LoadBalancerName>demo</LoadBalancerName>\
         <Scheme>internal</Scheme><VpcId>vpc-1</VpcId><State><Code>{state}</Code></State><Type>application</Type>\
         <AvailabilityZones><member><ZoneName>us-east-1a</ZoneName><SubnetId>subnet-1</SubnetId></member>\
         <member><ZoneName>us-east-1b</ZoneName><SubnetId>subnet-2</SubnetId></member></AvailabilityZones>\
         <SecurityGroups><member>sg-1</member></SecurityGroups></member></LoadBalancers>"
    )
}

fn answer(operation: &str, result: &str) -> Answer {
    Answer::xml(format!(
        r#"<{operation}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><{operation}Result>{result}</{operation}Result></{operation}Response>"#
    ))
}

const ATTRIBUTES: [(&str, &str); 7] = [
    ("access_logs.s3.enabled", "true"),
    ("access_logs.s3.bucket", "logs"),
    ("access_logs.s3.prefix", "alb"),
    ("idle_timeout.timeout_seconds", "120"),
    ("deletion_protection.enabled", "true"),
    ("routing.http.drop_invalid_header_fields.enabled", "true"),
    ("routing.http2.enabled", "true"),
];

fn attributes(pairs: &[(&str, &str)]) -> String {
    let members: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("<member><Key>{key}</Key><Value>{value}</Value></member>"))
        .collect();
    let members = members.concat();
    format!("<Attributes>{members}</Attributes>")
}

/// The load balancer as it stands when it was made by [`spec`].
fn cloud(asked: &Asked) -> Answer {
    let operation = asked.operation.as_str();
    let result = match operation {
        "DescribeLoadBalancers" => members("active"),
        "DescribeLoadBalancerAttributes" => attributes(&ATTRIBUTES),
        "DescribeTags" => format!(
            "<TagDescriptions><member><ResourceArn>{ARN}</ResourceArn><Tags><member><Key>a</Key><Value>b</Value></member>\
             </Tags></member></TagDescriptions>"
        ),
        "DescribeNetworkInterfaces" => {
            return Answer::xml(
                "<DescribeNetworkInterfacesResponse><networkInterfaceSet/></DescribeNetworkInterfacesResponse>",
            );
        }
        _ => String::new(),
    };
    answer(operation, &result)
}

fn absent() -> Answer {
    Answer::refused_xml("LoadBalancerNotFound", "Load balancers '[demo]' not found")
}

async fn observed(stage: &Stage) -> Observed<LoadBalancer, LoadBalancerOutput> {
    Box::pin(spec().read(&stage.call(), &identity()))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn it_is_made_with_its_settings_and_awaited_until_it_takes_requests() {
    let looks = AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeLoadBalancers" => match looks.fetch_add(1, Ordering::Relaxed) {
            0 => absent(),
            1 => answer("DescribeLoadBalancers", &members("provisioning")),
            _ => answer("DescribeLoadBalancers", &members("active")),
        },
        "CreateLoadBalancer" => answer("CreateLoadBalancer", &members("provisioning")),
        _ => cloud(asked),
    });
    let made = Box::pin(spec().create(&stage.call())).await.unwrap();
    assert_eq!(made.output.dns_name, "internal-demo-1.us-east-1.elb.amazonaws.com");
    assert_eq!(made.output.zone_id, "Z35SXDOTRQ7X7K");
    assert_eq!(
        stage.operations(),
        [
            "DescribeLoadBalancers",
            "CreateServiceLinkedRole",
            "CreateLoadBalancer",
            "ModifyLoadBalancerAttributes",
            "DescribeLoadBalancers",
            "DescribeLoadBalancers"
        ]
    );
    let asked = stage.asked();
    assert!(asked[2].body.contains("Scheme=internal") && asked[2].body.contains("Type=application"));
    for wanted in [
        "idle_timeout.timeout_seconds",
        "Value=120",
        "access_logs.s3.bucket",
        "Value=logs",
        "Value=alb",
    ] {
        assert!(asked[3].body.contains(wanted), "{wanted}: {}", asked[3].body);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_before_aws_answers_with_that_one() {
    let stage = Stage::answering(cloud);
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
    assert!(error.message.contains(ARN));
    assert_eq!(stage.operations(), ["DescribeLoadBalancers"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_set_up_says_awss_reason() {
    let looks = AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeLoadBalancers" if looks.fetch_add(1, Ordering::Relaxed) == 0 => absent(),
        "DescribeLoadBalancers" => {
            let failed = members("failed").replace("</Code>", "</Code><Reason>Insufficient addresses</Reason>");
            answer("DescribeLoadBalancers", &failed)
        }
        "CreateLoadBalancer" => answer("CreateLoadBalancer", &members("provisioning")),
        _ => cloud(asked),
    });
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert!(error.message.contains("Insufficient addresses"), "{error}");
}

#[tokio::test]
async fn what_was_made_compares_as_the_same() {
    let observed = observed(&Stage::answering(cloud)).await;
    assert_eq!(spec().compare(&observed.spec).different(), [""; 0]);
    assert_eq!(observed.tags.unwrap()["a"], "b");
}

#[tokio::test]
async fn each_setting_that_somebody_changed_shows_by_its_name() {
    let changes = [
        ("<Scheme>internal<", "<Scheme>internet-facing<", "scheme"),
        ("<SubnetId>subnet-2<", "<SubnetId>subnet-3<", "subnets"),
        ("<member>sg-1<", "<member>sg-2<", "security_groups"),
        ("<Value>120<", "<Value>60<", "idle_timeout"),
        (
            "<Key>deletion_protection.enabled</Key><Value>true<",
            "<Key>deletion_protection.enabled</Key><Value>false<",
            "deletion_protection",
        ),
        (
            "<Key>access_logs.s3.enabled</Key><Value>true<",
            "<Key>access_logs.s3.enabled</Key><Value>false<",
            "access_logs",
        ),
        ("<Value>alb<", "<Value>other<", "access_logs"),
        (
            "fields.enabled</Key><Value>true<",
            "fields.enabled</Key><Value>false<",
            "drop_invalid_headers",
        ),
    ];
    for (from, to, field) in changes {
        let stage = Stage::answering(move |asked| match cloud(asked) {
            Answer::Told(status, form, body) => Answer::Told(status, form, body.replace(from, to)),
            other => other,
        });
        assert_eq!(
            spec().compare(&observed(&stage).await.spec).different(),
            [field],
            "{from}"
        );
    }
}

#[tokio::test]
async fn an_update_sends_what_differs_and_no_more() {
    let stage = Stage::answering(cloud);
    let have = observed(&stage).await;
    let before = stage.operations().len();
    let update = spec();
    Box::pin(update.update(&stage.call(), &have, &["subnets", "idle_timeout"]))
        .await
        .unwrap();
    let asked = stage.asked().split_off(before);
    let operations: Vec<_> = asked.iter().map(|asked| asked.operation.as_str()).collect();
    assert_eq!(
        operations,
        ["SetSubnets", "ModifyLoadBalancerAttributes", "DescribeLoadBalancers"]
    );
    assert!(!asked[1].body.contains("deletion_protection"));
}

#[tokio::test]
async fn a_bucket_that_cannot_be_written_to_says_what_its_policy_needs() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "ModifyLoadBalancerAttributes" => Answer::refused_xml(
            "InvalidConfigurationRequest",
            "Access Denied for bucket: logs. Please check S3bucket permission",
        ),
        _ => cloud(asked),
    });
    let have = observed(&stage).await;
    let update = spec();
    let error = Box::pin(update.update(&stage.call(), &have, &["access_logs"]))
        .await
        .unwrap_err();
    assert!(error.remedy.unwrap().contains("policy"));
}

fn protected() -> Answer {
    Answer::refused_xml(
        "OperationNotPermitted",
        &format!("Load balancer '{ARN}' cannot be deleted because deletion protection is enabled"),
    )
}

#[tokio::test]
async fn protection_that_is_ours_goes_with_it() {
    let attempts = AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DeleteLoadBalancer" if attempts.fetch_add(1, Ordering::Relaxed) == 0 => protected(),
        _ => cloud(asked),
    });
    assert_eq!(Box::pin(spec().delete(&stage.call(), &identity())).await, Ok(()));
    assert_eq!(
        stage.operations(),
        [
            "DeleteLoadBalancer",
            "ModifyLoadBalancerAttributes",
            "DeleteLoadBalancer",
            "DescribeNetworkInterfaces"
        ]
    );
}

#[tokio::test]
async fn protection_that_somebody_else_put_on_stays() {
    let stage = Stage::answering(|_| protected());
    let unprotected = LoadBalancer {
        deletion_protection: false.into(),
        ..spec()
    };
    let error = Box::pin(unprotected.delete(&stage.call(), &identity()))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.remedy.unwrap().contains("deletion_protection.enabled"));
    assert_eq!(stage.operations(), ["DeleteLoadBalancer"]);
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_for_the_vpc_link_and_for_the_interfaces() {
    let calls = AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => Answer::refused_xml(
            "ResourceInUse",
            "Load balancer cannot be deleted because it is currently associated with another service",
        ),
        2 => Answer::xml(
            "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
             </item></networkInterfaceSet></DescribeNetworkInterfacesResponse>",
        ),
        _ => cloud(asked),
    });
    assert_eq!(Box::pin(spec().delete(&stage.call(), &identity())).await, Ok(()));
    assert_eq!(
        stage.operations(),
        [
            "DeleteLoadBalancer",
            "DeleteLoadBalancer",
            "DescribeNetworkInterfaces",
            "DescribeNetworkInterfaces"
        ]
    );
    assert!(
        stage.asked()[2].body.contains("ELB%20app%2Fdemo%2F50dc6c495c0c9188"),
        "{}",
        stage.asked()[2].body
    );
}

#[tokio::test]
async fn one_that_is_gone_is_read_as_nothing() {
    let stage = Stage::answering(|_| absent());
    assert!(
        Box::pin(spec().read(&stage.call(), &identity()))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(spec().find(&stage.call()).await, Ok(None));
}
