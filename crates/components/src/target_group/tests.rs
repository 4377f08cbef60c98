//! What a user sees of a target group.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::{ErrorKind, Spec as _};

const ARNS: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup";

fn spec() -> TargetGroup {
    TargetGroup {
        name_prefix: "de-mo".into(),
        vpc_id: VpcId::from("vpc-1").into(),
        port: 8080.into(),
        health_check: HealthCheck {
            path: "/healthz".to_owned(),
            interval: 30,
            timeout: 5,
            healthy: 5,
            unhealthy: 2,
            matcher: "200".to_owned(),
        }
        .into(),
        deregistration_delay: 30.into(),
    }
}

fn identity() -> Identity {
    Identity {
        id: "de-mo-0123abcd".to_owned(),
        arn: Some(format!("{ARNS}/de-mo-0123abcd/73e2")),
    }
}

fn group(name: &str, port: i32) -> String {
    format!(
        "<member><TargetGroupArn>{ARNS}/{name}/73e2</TargetGroupArn><TargetGroupName>{name}</TargetGroupName>\
         <Protocol>HTTP</Protocol><Port>{port}</Port><VpcId>vpc-1</VpcId><HealthCheckPath>/healthz</HealthCheckPath>\
         <HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPort>traffic-port</HealthCheckPort>\
         <HealthCheckEnabled>true</HealthCheckEnabled><HealthCheckIntervalSeconds>30</HealthCheckIntervalSeconds><HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds>\
         <HealthyThresholdCount>5</HealthyThresholdCount><UnhealthyThresholdCount>2</UnhealthyThresholdCount>\
         <Matcher><HttpCode>200</HttpCode></Matcher><TargetType>ip</TargetType></member>"
    )
}

fn answer(operation: &str, result: &str) -> Answer {
    Answer::xml(format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    ))
}

fn groups(members: &str) -> String {
    format!("<TargetGroups>{members}</TargetGroups>")
}

fn tagged(name: &str, component: &str) -> String {
    format!(
        "<member><ResourceArn>{ARNS}/{name}/73e2</ResourceArn><Tags>\
         <member><Key>thatdot:deployment</Key><Value>demo</Value></member>\
         <member><Key>thatdot:component</Key><Value>{component}</Value></member></Tags></member>"
    )
}

/// The group as it stands when it was made by [`spec`].
fn cloud(asked: &Asked) -> Answer {
    let operation = asked.operation.as_str();
    let result = match operation {
        "DescribeTargetGroups" | "CreateTargetGroup" => groups(&group("de-mo-0123abcd", 8080)),
        "DescribeTargetGroupAttributes" => {
            "<Attributes><member><Key>deregistration_delay.timeout_seconds</Key><Value>30</Value></member></Attributes>"
                .to_owned()
        }
        "DescribeTags" => format!(
            "<TagDescriptions>{}</TagDescriptions>",
            tagged("de-mo-0123abcd", "part")
        ),
        _ => String::new(),
    };
    answer(operation, &result)
}

#[tokio::test]
async fn each_is_made_under_a_name_of_its_own() {
    let stage = Stage::answering(cloud);
    for _ in 0..2 {
        Box::pin(spec().create(&stage.call())).await.unwrap();
    }
    let names: Vec<String> = stage
        .asked()
        .iter()
        .filter(|asked| asked.operation == "CreateTargetGroup")
        .filter_map(|asked| Some(asked.body.split("Name=de-mo-").nth(1)?.split('&').next()?.to_owned()))
        .collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
    assert!(names.iter().all(|name| name.len() == 8), "{names:?}");
    let body = &stage.asked()[0].body;
    for wanted in [
        "TargetType=ip",
        "Protocol=HTTP",
        "ProtocolVersion=HTTP1",
        "HealthCheckPath=%2Fhealthz",
    ] {
        assert!(body.contains(wanted), "{wanted}: {body}");
    }
    assert!(stage.asked()[1].body.contains("Value=30"));
}

#[tokio::test]
async fn what_was_made_compares_as_the_same_and_tells_its_names() {
    let stage = Stage::answering(cloud);
    let observed = Box::pin(spec().read(&stage.call(), &identity()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(spec().compare(&observed.spec).different(), [""; 0]);
    assert_eq!(observed.output.full_name, "targetgroup/de-mo-0123abcd/73e2");
    assert_eq!(observed.output.name, "de-mo-0123abcd");
}

#[tokio::test]
async fn each_setting_that_somebody_changed_shows_by_its_name() {
    let changes = [
        ("/healthz<", "/<", "health_check"),
        (
            "<HealthCheckProtocol>HTTP<",
            "<HealthCheckProtocol>HTTPS<",
            "health_check",
        ),
        (">traffic-port<", ">9090<", "health_check"),
        (
            "<HealthCheckEnabled>true<",
            "<HealthCheckEnabled>false<",
            "health_check",
        ),
        ("IntervalSeconds>30<", "IntervalSeconds>31<", "health_check"),
        ("TimeoutSeconds>5<", "TimeoutSeconds>6<", "health_check"),
        ("<HealthyThresholdCount>5<", "<HealthyThresholdCount>6<", "health_check"),
        (
            "<UnhealthyThresholdCount>2<",
            "<UnhealthyThresholdCount>3<",
            "health_check",
        ),
        ("<HttpCode>200<", "<HttpCode>200-299<", "health_check"),
        ("<Value>30<", "<Value>300<", "deregistration_delay"),
    ];
    for (from, to, field) in changes {
        let stage = Stage::answering(move |asked| match cloud(asked) {
            Answer::Told(status, form, body) => Answer::Told(status, form, body.replace(from, to)),
            other => other,
        });
        let observed = Box::pin(spec().read(&stage.call(), &identity()))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(spec().compare(&observed.spec).different(), [field], "{from}");
    }
}

#[tokio::test]
async fn while_one_takes_the_place_of_another_the_new_one_is_found_on_whatever_page() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "DescribeTargetGroups" if asked.body.contains("Marker=") => {
            answer("DescribeTargetGroups", &groups(&group("de-mo-22222222", 8080)))
        }
        "DescribeTargetGroups" => {
            let first = group("de-mo-11111111", 80) + &group("de-mo-33333333", 8080);
            answer(
                "DescribeTargetGroups",
                &(groups(&first) + "<NextMarker>more</NextMarker>"),
            )
        }
        _ => {
            let tags = tagged("de-mo-11111111", "part")
                + &tagged("de-mo-22222222", "part")
                + &tagged("de-mo-33333333", "other");
            answer("DescribeTags", &format!("<TagDescriptions>{tags}</TagDescriptions>"))
        }
    });
    let found = Box::pin(spec().find(&stage.call())).await.unwrap().unwrap();
    assert_eq!(found.id, "de-mo-22222222");
}

#[tokio::test(start_paused = true)]
async fn deleting_tries_again_while_a_listener_still_counts() {
    let attempts = AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match attempts.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Answer::refused_xml(
            "ResourceInUse",
            "Target group 'arn' is currently in use by a listener or a rule",
        ),
        _ => cloud(asked),
    });
    assert_eq!(spec().delete(&stage.call(), &identity()).await, Ok(()));
    assert_eq!(stage.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_listener_of_somebody_elses_is_named_in_the_end() {
    let stage = Stage::answering(|_| {
        Answer::refused_xml(
            "ResourceInUse",
            "Target group 'arn' is currently in use by a listener or a rule",
        )
    });
    let error = spec().delete(&stage.call(), &identity()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(
        error
            .remedy
            .unwrap()
            .contains("listener or a rule that this deployment did not make")
    );
}

#[tokio::test]
async fn one_that_is_gone_is_read_as_nothing_and_is_deleted() {
    let stage = Stage::answering(|_| Answer::refused_xml("TargetGroupNotFound", "One or more target groups not found"));
    assert!(
        Box::pin(spec().read(&stage.call(), &identity()))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(spec().delete(&stage.call(), &identity()).await, Ok(()));
}
