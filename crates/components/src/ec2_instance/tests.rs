//! Tests of the single instance.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec;

const PROFILE: &str = "arn:aws:iam::123456789012:instance-profile/demo-bastion";
const SCRIPT: &str = "#!/bin/bash\nmount /mnt/efs/fs1\n";

fn wanted() -> Ec2Instance {
    Ec2Instance {
        name: "demo-bastion".into(),
        image_id: ImageId::from("ami-1").into(),
        instance_type: "t2.micro".into(),
        key_name: None.into(),
        subnet: SubnetId::from("subnet-1").into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
        associate_public_ip: true.into(),
        instance_profile: InstanceProfileArn::from(PROFILE).into(),
        user_data: SCRIPT.into(),
        volume: RootVolume {
            device_name: "/dev/xvda".into(),
            size_gib: 8,
            encrypted: true,
            kms_key_id: None,
            volume_type: "gp3".into(),
        }
        .into(),
        metadata: InstanceMetadata::GUARDED.into(),
        state: InstanceState::Running.into(),
    }
}

fn instance(state: &str) -> String {
    format!(
        "<item><instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><name>{state}</name></instanceState>\
         <instanceType>t2.micro</instanceType><subnetId>subnet-1</subnetId>\
         <privateIpAddress>10.0.0.5</privateIpAddress><ipAddress>203.0.113.9</ipAddress>\
         <groupSet><item><groupId>sg-1</groupId></item></groupSet>\
         <networkInterfaceSet><item><association><ipOwnerId>amazon</ipOwnerId><publicIp>203.0.113.9</publicIp>\
         </association></item></networkInterfaceSet>\
         <iamInstanceProfile><arn>{PROFILE}</arn></iamInstanceProfile>\
         <rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName>\
         <ebs><volumeId>vol-1</volumeId></ebs></item></blockDeviceMapping>\
         <metadataOptions><httpTokens>required</httpTokens><httpPutResponseHopLimit>1</httpPutResponseHopLimit>\
         </metadataOptions><stateReason><code>Client.InternalError</code>\
         <message>Client.InternalError: Client error on launch</message></stateReason>\
         <tagSet><item><key>Name</key><value>demo-bastion</value></item>\
         <item><key>thatdot:deployment</key><value>demo</value></item>\
         <item><key>thatdot:component</key><value>part</value></item></tagSet></item>"
    )
}

fn answered(asked: &Asked, instances: &str) -> Answer {
    let body = match asked.operation.as_str() {
        "DescribeInstances" => {
            format!("<reservationSet><item><instancesSet>{instances}</instancesSet></item></reservationSet>")
        }
        "RunInstances" => format!("<instancesSet>{}</instancesSet>", instance("pending")),
        "DescribeInstanceAttribute" => {
            let script = aws::host::encoded(SCRIPT);
            format!("<instanceId>i-1</instanceId><userData><value>{script}</value></userData>")
        }
        "DescribeVolumes" => "<volumeSet><item><volumeId>vol-1</volumeId><size>8</size><encrypted>true</encrypted>\
             <kmsKeyId>arn:aws:kms:us-east-1:123456789012:key/default</kmsKeyId><volumeType>gp3</volumeType>\
             <attachmentSet><item><instanceId>i-1</instanceId></item></attachmentSet></item>\
             </volumeSet>"
            .to_owned(),
        _ => String::new(),
    };
    let operation = &asked.operation;
    Answer::xml(format!("<{operation}Response>{body}</{operation}Response>"))
}

async fn seen(instances: String) -> Observed<Ec2Instance, Ec2InstanceOutput> {
    let stage = Stage::answering(move |asked| answered(asked, &instances));
    let identity = wanted().find(&stage.call()).await.unwrap().unwrap();
    wanted().read(&stage.call(), &identity).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_was_made_reads_back_as_it_was() {
    let have = seen(instance("running")).await;
    assert_eq!(wanted().compare(&have.spec).different(), [""; 0], "{:?}", have.spec);
    assert_eq!(have.output.public_ip.as_deref(), Some("203.0.113.9"));
    assert_eq!(
        have.identity.arn.as_deref(),
        Some("arn:aws:ec2:us-east-1:123456789012:instance/i-1")
    );
}

#[tokio::test]
async fn whatever_is_otherwise_shows() {
    for (from, to, field) in [
        ("<value>demo-bastion", "<value>theirs", "name"),
        ("ami-1", "ami-2", "image_id"),
        ("t2.micro", "t3.micro", "instance_type"),
        ("<subnetId>", "<keyName>theirs</keyName><subnetId>", "key_name"),
        ("subnet-1", "subnet-2", "subnet"),
        ("sg-1", "sg-2", "security_groups"),
        (
            "instance-profile/demo-bastion",
            "instance-profile/other",
            "instance_profile",
        ),
        ("required", "optional", "metadata"),
        ("<name>running", "<name>stopped", "state"),
        ("<name>running", "<name>stopping", "state"),
        ("<rootDeviceName>/dev/xvda", "<rootDeviceName>/dev/sda1", "volume"),
    ] {
        let told = instance("running");
        assert!(told.contains(from), "{from}");
        let have = seen(told.replacen(from, to, 1)).await;
        assert_eq!(wanted().compare(&have.spec).different(), [field], "{from} → {to}");
    }
}

#[tokio::test]
async fn an_elastic_address_that_somebody_lent_it_is_no_reason_to_replace_it() {
    let lent = instance("running").replace("<ipOwnerId>amazon", "<ipOwnerId>123456789012");
    let private = Ec2Instance {
        associate_public_ip: false.into(),
        ..wanted()
    };
    let stage = Stage::answering(move |asked| answered(asked, &lent));
    let identity = identity(&stage.call(), "i-1");
    let have = private.read(&stage.call(), &identity).await.unwrap().unwrap();
    assert_eq!(private.compare(&have.spec).different(), [""; 0]);
    let stage = Stage::answering(|asked| answered(asked, &instance("running")));
    let have = private.read(&stage.call(), &identity).await.unwrap().unwrap();
    assert_eq!(private.compare(&have.spec).different(), ["associate_public_ip"]);
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_is_not_known_yet_is_waited_for_with_a_token_for_each_attempt() {
    let (attempts, looks) = (AtomicU32::new(0), AtomicU32::new(0));
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "RunInstances" => match attempts.fetch_add(1, SeqCst) {
            0 => Answer::refused_ec2(
                "InvalidParameterValue",
                "Value (demo-bastion) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
            ),
            1 => Answer::refused_ec2(
                "InvalidParameterValue",
                "IAM Instance Profile 'demo-bastion' has no associated IAM Roles",
            ),
            _ => answered(asked, ""),
        },
        _ => match looks.fetch_add(1, SeqCst) {
            0 => Answer::refused_ec2("InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist"),
            1 => answered(asked, &instance("pending")),
            _ => answered(asked, &instance("running")),
        },
    });
    let made = wanted().create(&stage.call()).await.unwrap();
    assert_eq!(made.output.id.as_str(), "i-1");
    assert_eq!(made.output.private_ip.as_deref(), Some("10.0.0.5"));
    let asked = stage.asked();
    let runs: Vec<_> = asked.iter().filter(|asked| asked.operation == "RunInstances").collect();
    let token = |asked: &&Asked| {
        let pair = asked.body.split('&').find(|pair| pair.starts_with("ClientToken="));
        pair.map(str::to_owned)
    };
    let tokens: BTreeSet<_> = runs.iter().filter_map(token).collect();
    assert_eq!(tokens.len(), 3);
    for part in [
        "NetworkInterface.1.AssociatePublicIpAddress=true",
        "MetadataOptions.HttpTokens=required",
        "TagSpecification.1.ResourceType=instance",
        "TagSpecification.2.ResourceType=volume",
        "TagSpecification.3.ResourceType=network-interface",
        "Key=Name",
    ] {
        assert!(runs[0].body.contains(part), "{part} is not in {}", runs[0].body);
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_ends_before_it_runs_is_explained() {
    let stage = Stage::answering(|asked| answered(asked, &instance("terminated")));
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("Client.InternalError"));
    assert!(error.message.contains("Client error on launch"), "{}", error.message);
    assert!(error.remedy.unwrap().contains("key"));
}

#[tokio::test(start_paused = true)]
async fn one_that_somebody_stops_is_started_again_once_it_has_stopped() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        let state = match looks.load(SeqCst) {
            0 | 1 => "stopping",
            2 => "stopped",
            3 => "pending",
            _ => "running",
        };
        if asked.operation == "DescribeInstances" {
            looks.fetch_add(1, SeqCst);
        }
        answered(asked, &instance(state))
    });
    let identity = identity(&stage.call(), "i-1");
    let have = wanted().read(&stage.call(), &identity).await.unwrap().unwrap();
    let before = stage.operations().len();
    wanted().update(&stage.call(), &have, &["state"]).await.unwrap();
    assert_eq!(
        stage.operations()[before..],
        [
            "DescribeInstances",
            "DescribeInstances",
            "StartInstances",
            "DescribeInstances",
            "DescribeInstances"
        ]
    );
}

#[tokio::test]
async fn name_groups_and_the_guard_of_the_metadata_change_in_place() {
    let stage = Stage::answering(|asked| answered(asked, &instance("running")));
    let identity = identity(&stage.call(), "i-1");
    let have = wanted().read(&stage.call(), &identity).await.unwrap().unwrap();
    let before = stage.operations().len();
    let fields = ["name", "security_groups", "metadata"];
    wanted().update(&stage.call(), &have, &fields).await.unwrap();
    assert_eq!(
        stage.operations()[before..],
        [
            "CreateTags",
            "ModifyInstanceAttribute",
            "ModifyInstanceMetadataOptions",
            "DescribeInstances"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_until_it_is_terminated() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "TerminateInstances" => answered(asked, ""),
        _ if looks.fetch_add(1, SeqCst) < 3 => answered(asked, &instance("shutting-down")),
        _ => answered(asked, &instance("terminated")),
    });
    let identity = identity(&stage.call(), "i-1");
    wanted().delete(&stage.call(), &identity).await.unwrap();
    assert_eq!(stage.operations().len(), 5);
    assert_eq!(
        wanted().find(&stage.call()).await.unwrap(),
        None,
        "a terminated one lingers"
    );
}

#[tokio::test]
async fn termination_protection_says_how_to_go_on() {
    let stage = Stage::answering(|_| {
        Answer::refused_ec2(
            "OperationNotPermitted",
            "The instance 'i-1' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
        )
    });
    let identity = identity(&stage.call(), "i-1");
    let error = wanted().delete(&stage.call(), &identity).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("termination protection"));
}
