//! Tests of the launch template.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::{ErrorKind, Spec};

const PROFILE: &str = "arn:aws:iam::123456789012:instance-profile/demo-hosts";
const SCRIPT: &str = "#!/bin/bash\necho ECS_CLUSTER=demo >> /etc/ecs/ecs.config\n";

fn wanted() -> LaunchTemplate {
    LaunchTemplate {
        name: "demo".into(),
        image_id: ImageId::from("ami-1").into(),
        instance_type: "m5zn.xlarge".into(),
        key_name: None.into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
        instance_profile: InstanceProfileArn::from(PROFILE).into(),
        volume: RootVolume {
            device_name: "/dev/xvda".into(),
            size_gib: 50,
            encrypted: true,
            kms_key_id: None,
            volume_type: "gp3".into(),
        }
        .into(),
        metadata: InstanceMetadata::GUARDED.into(),
        user_data: SCRIPT.into(),
        monitoring: true.into(),
        spot: false.into(),
        instance_tags: Tags::from([("team".to_owned(), "a".to_owned())]).into(),
    }
}

fn tagged(kind: &str, value: &str) -> String {
    format!(
        "<item><resourceType>{kind}</resourceType><tagSet><item><key>team</key><value>{value}</value></item></tagSet></item>"
    )
}

/// What the wanted version holds, as EC2 tells it.
fn data() -> String {
    format!(
        "<imageId>ami-1</imageId><instanceType>m5zn.xlarge</instanceType>\
         <iamInstanceProfile><arn>{PROFILE}</arn></iamInstanceProfile>\
         <securityGroupIdSet><item>sg-1</item></securityGroupIdSet>\
         <blockDeviceMappingSet><item><deviceName>/dev/xvda</deviceName><ebs><encrypted>true</encrypted>\
         <volumeSize>50</volumeSize><volumeType>gp3</volumeType></ebs></item></blockDeviceMappingSet>\
         <metadataOptions><httpTokens>required</httpTokens><httpPutResponseHopLimit>1</httpPutResponseHopLimit>\
         </metadataOptions><monitoring><enabled>true</enabled></monitoring><userData>{}</userData>\
         <tagSpecificationSet>{}{}{}</tagSpecificationSet>",
        aws::host::encoded(SCRIPT),
        tagged("instance", "a"),
        tagged("volume", "a"),
        tagged("network-interface", "a"),
    )
}

fn version(number: i64, description: &str, data: &str) -> String {
    format!(
        "<item><launchTemplateId>lt-1</launchTemplateId><versionNumber>{number}</versionNumber>\
         <versionDescription>{description}</versionDescription><launchTemplateData>{data}</launchTemplateData></item>"
    )
}

/// A template whose third version, of that data, is the default one; somebody else made the second.
fn ec2(asked: &Asked, data: &str) -> Answer {
    let body = match asked.operation.as_str() {
        "DescribeLaunchTemplates" => "<launchTemplates><item><launchTemplateId>lt-1</launchTemplateId>\
             <launchTemplateName>demo</launchTemplateName><defaultVersionNumber>3</defaultVersionNumber>\
             <tagSet><item><key>a</key><value>b</value></item></tagSet></item></launchTemplates>"
            .to_owned(),
        "DescribeLaunchTemplateVersions" if asked.body.contains("Default") => {
            format!(
                "<launchTemplateVersionSet>{}</launchTemplateVersionSet>",
                version(3, OURS, data)
            )
        }
        "DescribeLaunchTemplateVersions" if asked.body.contains("NextToken=more") => format!(
            "<launchTemplateVersionSet>{}{}</launchTemplateVersionSet>",
            version(2, "by hand", ""),
            version(1, OURS, "")
        ),
        "DescribeLaunchTemplateVersions" => format!(
            "<launchTemplateVersionSet>{}{}</launchTemplateVersionSet><nextToken>more</nextToken>",
            version(4, OURS, ""),
            version(3, OURS, "")
        ),
        "CreateLaunchTemplateVersion" => {
            "<launchTemplateVersion><versionNumber>4</versionNumber></launchTemplateVersion>".to_owned()
        }
        "CreateLaunchTemplate" => "<launchTemplate><launchTemplateId>lt-1</launchTemplateId>\
             <defaultVersionNumber>1</defaultVersionNumber></launchTemplate>"
            .to_owned(),
        _ => String::new(),
    };
    let operation = &asked.operation;
    Answer::xml(format!("<{operation}Response>{body}</{operation}Response>"))
}

async fn observed(stage: &Stage) -> Observed<LaunchTemplate, LaunchTemplateOutput> {
    let identity = wanted().find(&stage.call()).await.unwrap().unwrap();
    wanted().read(&stage.call(), &identity).await.unwrap().unwrap()
}

/// What differs where the default version holds other data.
async fn differences(from: &str, to: &str) -> Vec<&'static str> {
    let data = data();
    assert!(data.contains(from), "{from}");
    let data = data.replacen(from, to, 1);
    let stage = Stage::answering(move |asked| ec2(asked, &data));
    wanted().compare(&observed(&stage).await.spec).different()
}

#[tokio::test]
async fn what_was_made_reads_back_as_it_was() {
    let stage = Stage::answering(|asked| ec2(asked, &data()));
    let have = observed(&stage).await;
    assert_eq!(wanted().compare(&have.spec).different(), [""; 0], "{:?}", have.spec);
    assert_eq!(have.output.version, 3);
    assert_eq!(
        have.identity.arn.as_deref(),
        Some("arn:aws:ec2:us-east-1:123456789012:launch-template/lt-1")
    );
    assert_eq!(have.tags.unwrap().get("a").map(String::as_str), Some("b"));
}

#[tokio::test]
async fn whatever_the_default_version_says_otherwise_shows() {
    for (from, to, field) in [
        ("ami-1", "ami-2", "image_id"),
        ("m5zn.xlarge", "m5.large", "instance_type"),
        ("<imageId>", "<keyName>theirs</keyName><imageId>", "key_name"),
        ("sg-1", "sg-2", "security_groups"),
        (
            "instance-profile/demo-hosts",
            "instance-profile/other",
            "instance_profile",
        ),
        ("<volumeSize>50", "<volumeSize>30", "volume"),
        ("<volumeType>gp3", "<volumeType>gp2", "volume"),
        ("<encrypted>true", "<encrypted>false", "volume"),
        ("<encrypted>", "<kmsKeyId>alias/theirs</kmsKeyId><encrypted>", "volume"),
        (
            "</blockDeviceMappingSet>",
            "<item><deviceName>/dev/xvdb</deviceName></item></blockDeviceMappingSet>",
            "volume",
        ),
        ("required", "optional", "metadata"),
        ("<httpPutResponseHopLimit>1", "<httpPutResponseHopLimit>2", "metadata"),
        ("<userData>", "<userData>AAAA", "user_data"),
        ("<enabled>true", "<enabled>false", "monitoring"),
        (
            "<imageId>",
            "<instanceMarketOptions><marketType>spot</marketType></instanceMarketOptions><imageId>",
            "spot",
        ),
        (
            "<resourceType>volume",
            "<resourceType>spot-instances-request",
            "instance_tags",
        ),
    ] {
        assert_eq!(differences(from, to).await, [field], "{from} → {to}");
    }
}

#[tokio::test]
async fn the_script_and_the_guard_of_the_metadata_are_sent_as_the_api_wants_them() {
    let stage = Stage::answering(|asked| ec2(asked, &data()));
    let made = wanted().create(&stage.call()).await.unwrap();
    assert_eq!(made.output.version, 1);
    assert_eq!(stage.operations(), ["CreateLaunchTemplate"]);
    let body = &stage.asked()[0].body;
    for part in [
        "LaunchTemplateData.UserData=IyEvYmluL2Jhc2gKZWNobyBFQ1NfQ0xVU1RFUj1kZW1vI",
        "LaunchTemplateData.MetadataOptions.HttpTokens=required",
        "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit=1",
        "LaunchTemplateData.TagSpecification.2.ResourceType=volume",
        "LaunchTemplateData.TagSpecification.3.ResourceType=network-interface",
        "TagSpecification.1.ResourceType=launch-template",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(!body.contains("InstanceMarketOptions"));
}

#[tokio::test]
async fn spot_hosts_have_the_role_of_their_service_seen_to() {
    let stage = Stage::answering(|asked| {
        if asked.operation == "CreateServiceLinkedRole" {
            return Answer::refused_xml(
                "InvalidInput",
                "Service role name AWSServiceRoleForEC2Spot has been taken",
            );
        }
        ec2(asked, &data())
    });
    let spot = LaunchTemplate {
        spot: true.into(),
        ..wanted()
    };
    spot.create(&stage.call()).await.unwrap();
    assert_eq!(stage.operations(), ["CreateServiceLinkedRole", "CreateLaunchTemplate"]);
    assert!(stage.asked()[0].body.contains("spot.amazonaws.com"));
    assert!(stage.asked()[1].body.contains("InstanceMarketOptions.MarketType=spot"));
}

#[tokio::test(start_paused = true)]
async fn a_change_makes_a_version_the_default_and_forgets_those_before_the_last() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "ModifyLaunchTemplate" && refusals.fetch_add(1, SeqCst) == 0 {
            return Answer::refused_ec2(
                "InvalidLaunchTemplateId.VersionNotFound",
                "Could not find the specified version 4 for the launch template with ID lt-1.",
            );
        }
        ec2(asked, &data())
    });
    let have = observed(&stage).await;
    let before = stage.operations().len();
    let output = wanted().update(&stage.call(), &have, &["image_id"]).await.unwrap();
    assert_eq!(output.version, 4);
    assert_eq!(
        stage.operations()[before..],
        [
            "CreateLaunchTemplateVersion",
            "ModifyLaunchTemplate",
            "ModifyLaunchTemplate",
            "DescribeLaunchTemplateVersions",
            "DescribeLaunchTemplateVersions",
            "DeleteLaunchTemplateVersions"
        ]
    );
    let asked = stage.asked();
    assert!(asked[before + 2].body.contains("SetDefaultVersion=4"));
    let deleted = &asked.last().unwrap().body;
    assert!(deleted.contains("LaunchTemplateVersion.1=1"), "{deleted}");
    assert!(
        !deleted.contains("LaunchTemplateVersion.2"),
        "the last one and somebody else's stay: {deleted}"
    );
}

#[tokio::test]
async fn a_template_that_is_gone_is_absent_and_deleted() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2(
            "InvalidLaunchTemplateId.NotFound",
            "The specified launch template, lt-1, does not exist.",
        )
    });
    let identity = identity(&stage.call(), "lt-1");
    assert!(wanted().read(&stage.call(), &identity).await.unwrap().is_none());
    wanted().delete(&stage.call(), &identity).await.unwrap();
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2(
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use.",
        )
    });
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}
