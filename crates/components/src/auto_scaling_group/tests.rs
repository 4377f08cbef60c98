//! Tests of the auto scaling group.

mod going;

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec;

const ARN: &str = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1f2e:autoScalingGroupName/demo";
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:hosts";

fn wanted() -> AutoScalingGroup {
    AutoScalingGroup {
        name: "demo".into(),
        launch_template: LaunchTemplateId::from("lt-1").into(),
        launch_template_version: 3.into(),
        subnets: BTreeSet::from(["subnet-1".into(), "subnet-2".into()]).into(),
        min_size: 0.into(),
        max_size: 2.into(),
        instance_warmup: Some(120).into(),
        group_metrics: true.into(),
        protect_from_scale_in: true.into(),
        notification_topic: Some(TOPIC.to_owned()).into(),
        instance_refresh: false.into(),
    }
}

/// What EC2 Auto Scaling tells of the wanted group, with its hosts.
fn group(hosts: &str) -> String {
    let metrics = [
        "MinSize",
        "MaxSize",
        "DesiredCapacity",
        "InServiceInstances",
        "PendingInstances",
    ]
    .into_iter()
    .chain(["StandbyInstances", "TerminatingInstances", "TotalInstances"])
    .map(|name| format!("<member><Metric>Group{name}</Metric><Granularity>1Minute</Granularity></member>"))
    .collect::<Vec<_>>()
    .concat();
    format!(
        "<member><AutoScalingGroupName>demo</AutoScalingGroupName><AutoScalingGroupARN>{ARN}</AutoScalingGroupARN>\
         <LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>demo</LaunchTemplateName>\
         <Version>3</Version></LaunchTemplate><MinSize>0</MinSize><MaxSize>2</MaxSize>\
         <DesiredCapacity>1</DesiredCapacity><VPCZoneIdentifier>subnet-2,subnet-1</VPCZoneIdentifier>\
         <DefaultInstanceWarmup>120</DefaultInstanceWarmup><EnabledMetrics>{metrics}</EnabledMetrics>\
         <NewInstancesProtectedFromScaleIn>true</NewInstancesProtectedFromScaleIn><Instances>{hosts}</Instances>\
         <Tags><member><Key>AmazonECSManaged</Key><Value></Value><PropagateAtLaunch>true</PropagateAtLaunch></member>\
         </Tags></member>"
    )
}

fn host(number: usize, state: &str, protected: bool) -> String {
    format!(
        "<member><InstanceId>i-{number}</InstanceId><LifecycleState>{state}</LifecycleState>\
         <ProtectedFromScaleIn>{protected}</ProtectedFromScaleIn></member>"
    )
}

fn notices(topic: &str, kinds: &[&str]) -> String {
    kinds
        .iter()
        .map(|kind| {
            format!(
                "<member><AutoScalingGroupName>demo</AutoScalingGroupName><TopicARN>{topic}</TopicARN>\
                 <NotificationType>autoscaling:EC2_INSTANCE_{kind}</NotificationType></member>"
            )
        })
        .collect::<Vec<_>>()
        .concat()
}

const ALL_NEWS: [&str; 4] = ["LAUNCH", "LAUNCH_ERROR", "TERMINATE", "TERMINATE_ERROR"];

fn answered(asked: &Asked, groups: &str, notices: &str) -> Answer {
    let body = match asked.operation.as_str() {
        "DescribeAutoScalingGroups" => format!("<AutoScalingGroups>{groups}</AutoScalingGroups>"),
        "DescribeNotificationConfigurations" => {
            format!("<NotificationConfigurations>{notices}</NotificationConfigurations>")
        }
        "StartInstanceRefresh" => "<InstanceRefreshId>refresh-1</InstanceRefreshId>".to_owned(),
        _ => String::new(),
    };
    let operation = &asked.operation;
    Answer::xml(format!(
        "<{operation}Response><{operation}Result>{body}</{operation}Result></{operation}Response>"
    ))
}

fn standing_group(asked: &Asked) -> Answer {
    answered(asked, &group(""), &notices(TOPIC, &ALL_NEWS))
}

async fn observed(stage: &Stage) -> Observed<AutoScalingGroup, AutoScalingGroupOutput> {
    let identity = wanted().find(&stage.call()).await.unwrap().unwrap();
    wanted().read(&stage.call(), &identity).await.unwrap().unwrap()
}

#[tokio::test]
async fn neither_the_desired_capacity_nor_the_tag_of_ecs_is_a_difference() {
    let stage = Stage::answering(standing_group);
    let have = observed(&stage).await;
    assert_eq!(wanted().compare(&have.spec).different(), [""; 0], "{:?}", have.spec);
    assert_eq!(have.output.arn.as_str(), ARN);
    assert!(have.tags.unwrap().contains_key("AmazonECSManaged"));
}

#[tokio::test]
async fn whatever_is_otherwise_shows() {
    for (from, to, field) in [
        ("lt-1", "lt-2", "launch_template"),
        ("<Version>3", "<Version>$Latest", "launch_template_version"),
        ("subnet-2,subnet-1", "subnet-1", "subnets"),
        ("<MinSize>0", "<MinSize>1", "min_size"),
        ("<MaxSize>2", "<MaxSize>9", "max_size"),
        (
            "<DefaultInstanceWarmup>120",
            "<DefaultInstanceWarmup>-1",
            "instance_warmup",
        ),
        ("GroupMinSize", "WarmPoolMinSize", "group_metrics"),
        ("ScaleIn>true", "ScaleIn>false", "protect_from_scale_in"),
    ] {
        let groups = group("");
        assert!(groups.contains(from), "{from}");
        let groups = groups.replacen(from, to, 1);
        let stage = Stage::answering(move |asked| answered(asked, &groups, &notices(TOPIC, &ALL_NEWS)));
        let have = observed(&stage).await;
        assert_eq!(wanted().compare(&have.spec).different(), [field], "{from} → {to}");
    }
    for heard in [
        notices(TOPIC, &ALL_NEWS[..3]),
        notices("arn:aws:sns:us-east-1:123456789012:other", &ALL_NEWS),
        notices(TOPIC, &ALL_NEWS) + &notices("arn:aws:sns:us-east-1:123456789012:other", &ALL_NEWS),
        String::new(),
    ] {
        let stage = Stage::answering(move |asked| answered(asked, &group(""), &heard));
        let have = observed(&stage).await;
        assert_eq!(wanted().compare(&have.spec).different(), ["notification_topic"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_is_not_known_yet_is_waited_for() {
    let attempts = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "CreateAutoScalingGroup" {
            match attempts.fetch_add(1, SeqCst) {
                0 => {
                    let text = "You must use a valid fully-formed launch template. Value (demo-hosts) for parameter \
                                iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name";
                    return Answer::refused_xml("ValidationError", text);
                }
                1 => {
                    let text = "The specified launch template, with template ID lt-1, does not exist.";
                    return Answer::refused_xml("ValidationError", text);
                }
                _ => {}
            }
        }
        standing_group(asked)
    });
    let made = wanted().create(&stage.call()).await.unwrap();
    assert_eq!(made.identity.arn.as_deref(), Some(ARN));
    let mut operations = stage.operations();
    // These two run at once.
    operations[4..6].sort();
    assert_eq!(
        operations,
        [
            "CreateServiceLinkedRole",
            "CreateAutoScalingGroup",
            "CreateAutoScalingGroup",
            "CreateAutoScalingGroup",
            "EnableMetricsCollection",
            "PutNotificationConfiguration",
            "DescribeAutoScalingGroups"
        ]
    );
    let body = &stage.asked()[1].body;
    assert!(!body.contains("DesiredCapacity"), "managed scaling owns it: {body}");
    assert!(body.contains("Tags.member.1.PropagateAtLaunch=true"), "{body}");
    assert!(body.contains("LaunchTemplate.Version=3"), "{body}");
}

#[tokio::test]
async fn a_template_that_no_host_can_be_made_of_is_refused_at_once() {
    let stage = Stage::answering(|_| {
        let text = "You must use a valid fully-formed launch template. The image id '[ami-1]' does not exist";
        Answer::refused_xml("ValidationError", text)
    });
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert_eq!(
        stage.operations(),
        ["CreateServiceLinkedRole", "CreateAutoScalingGroup"]
    );
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| {
        Answer::refused_xml(
            "AlreadyExists",
            "AutoScalingGroup by this name already exists - A group with the name demo already exists",
        )
    });
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}

#[tokio::test(start_paused = true)]
async fn a_new_version_is_rolled_out_only_where_that_is_asked_for() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "StartInstanceRefresh" && refusals.fetch_add(1, SeqCst) < 2 {
            let text = "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
            return Answer::refused_xml("InstanceRefreshInProgress", text);
        }
        standing_group(asked)
    });
    let have = observed(&stage).await;
    let before = stage.operations().len();
    wanted()
        .update(&stage.call(), &have, &["launch_template_version"])
        .await
        .unwrap();
    assert_eq!(stage.operations()[before..], ["UpdateAutoScalingGroup"]);

    let refreshing = AutoScalingGroup {
        instance_refresh: true.into(),
        ..wanted()
    };
    refreshing
        .update(&stage.call(), &have, &["instance_refresh"])
        .await
        .unwrap();
    assert_eq!(stage.operations().len(), before + 1, "the wish alone changes nothing");
    refreshing
        .update(&stage.call(), &have, &["launch_template_version"])
        .await
        .unwrap();
    assert_eq!(
        stage.operations()[before + 1..],
        [
            "UpdateAutoScalingGroup",
            "StartInstanceRefresh",
            "CancelInstanceRefresh",
            "StartInstanceRefresh",
            "StartInstanceRefresh"
        ]
    );
    let asked = stage.asked();
    let body = &asked.last().unwrap().body;
    assert!(
        body.contains("ScaleInProtectedInstances=Refresh") && body.contains("MinHealthyPercentage=100"),
        "{body}"
    );
}

#[tokio::test]
async fn settings_that_are_wanted_no_more_are_taken_back() {
    let stage = Stage::answering(standing_group);
    let have = observed(&stage).await;
    let before = stage.operations().len();
    let bare = AutoScalingGroup {
        instance_warmup: None.into(),
        group_metrics: false.into(),
        notification_topic: None.into(),
        ..wanted()
    };
    let fields = bare.compare(&have.spec).different();
    assert_eq!(fields, ["instance_warmup", "group_metrics", "notification_topic"]);
    bare.update(&stage.call(), &have, &fields).await.unwrap();
    assert_eq!(
        stage.operations()[before..],
        [
            "UpdateAutoScalingGroup",
            "DisableMetricsCollection",
            "DescribeNotificationConfigurations",
            "DeleteNotificationConfiguration"
        ]
    );
    assert!(stage.asked()[before].body.contains("DefaultInstanceWarmup=-1"));
}

#[tokio::test]
async fn hosts_that_run_already_lose_their_protection_fifty_at_a_time() {
    let hosts: String = (0..120)
        .map(|number| host(number, if number == 7 { "Terminating" } else { "InService" }, true))
        .collect();
    let stage = Stage::answering(move |asked| answered(asked, &group(&hosts), &notices(TOPIC, &ALL_NEWS)));
    let have = observed(&stage).await;
    let open = AutoScalingGroup {
        protect_from_scale_in: false.into(),
        ..wanted()
    };
    open.update(&stage.call(), &have, &["protect_from_scale_in"])
        .await
        .unwrap();
    let asked = stage.asked();
    let calls: Vec<_> = asked
        .iter()
        .filter(|asked| asked.operation == "SetInstanceProtection")
        .map(|asked| asked.body.matches("InstanceIds.member.").count())
        .collect();
    assert_eq!(calls, [50, 50, 19]);
    assert!(
        !asked
            .iter()
            .any(|asked| asked.body.ends_with("=i-7") || asked.body.contains("=i-7&"))
    );
}
