//! Tests of the task definition, on the one that the vendor's second guide shows.

use std::collections::BTreeMap;

use serde_json::{Deserializer, Value, json};

use super::*;
use aws::testing::{Answer, Stage};
use engine::Spec;

/// The guide, as it was published.
const GUIDE: &str = include_str!("../../../../acceptance-tests/guides/private-ai-ecs-manual-deployment-guide.txt");

/// The JSON document behind the line that announces it.
fn sample() -> Value {
    let (_, rest) = GUIDE
        .split_once("This is a sample of the container definition.")
        .unwrap();
    let document = &rest[rest.find('{').unwrap()..];
    Deserializer::from_str(document).into_iter().next().unwrap().unwrap()
}

/// What the guide's sample says, in our words.
fn guides() -> EcsTaskDefinition {
    let mount = Mount {
        volume: "ecsdocs-volume".to_owned(),
        read_only: true,
    };
    let container = Container {
        port_mappings: vec![PortMapping {
            name: Some("ecsdocs-8080-tcp".to_owned()),
            container_port: 8080,
            app_protocol: Some(AppProtocol::Http),
        }],
        mounts: BTreeMap::from([("/app/license".to_owned(), mount)]),
        health_check: Some(HealthCheck {
            command: vec![
                "CMD-SHELL".to_owned(),
                "curl -f http://localhost:8080/healthz || exit 1".to_owned(),
            ],
            interval: 30,
            timeout: 5,
            retries: 3,
            start_period: 60,
        }),
        logs: Some(Logs {
            group: "/ecs/".into(),
            region: "us-east-1".to_owned(),
            stream_prefix: "ecsdocs".to_owned(),
        }),
        ..Container::new(
            "ecsdocs",
            "807274709480.dkr.ecr.us-east-1.amazonaws.com/ecsdocs:3.3.2-cpu",
        )
    };
    let role = RoleArn::from("arn:aws:iam::807274709480:role/ecsTaskExecutionRole");
    EcsTaskDefinition {
        family: "ecsdocs-task".into(),
        compatibility: Compatibility::Ec2.into(),
        architecture: Some(Architecture::X86_64).into(),
        cpu: 1024.into(),
        memory: 14336.into(),
        ephemeral_storage_gib: None.into(),
        task_role: role.clone().into(),
        execution_role: role.into(),
        containers: vec![container].into(),
        volumes: vec![Volume::Efs(EfsVolume {
            name: "ecsdocs-volume".to_owned(),
            file_system: "fs-0be40ac32875f47b4".into(),
            root_directory: "/".to_owned(),
            access_point: None,
            iam: false,
        })]
        .into(),
    }
}

/// Everything that a container and a revision can say beyond the guide's sample.
fn rich() -> EcsTaskDefinition {
    let words = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
    let mut spec = guides();
    let mut main = spec.containers.known().unwrap()[0].clone();
    main.depends_on = BTreeMap::from([("license".to_owned(), Condition::Success)]);
    main.gpus = Some(1);
    main.stop_timeout = Some(30);
    main.environment = BTreeMap::from([("PAI_LOG_LEVEL".to_owned(), "info".to_owned())]);
    let init = Container {
        essential: false,
        entry_point: words(&["/bin/sh", "-c"]),
        command: words(&["printenv LICENSE > /app/license/license.json"]),
        user: Some("0:0".to_owned()),
        secrets: BTreeMap::from([(
            "LICENSE".to_owned(),
            "arn:aws:secretsmanager:…:secret:l-AbCdEf".to_owned(),
        )]),
        ..Container::new("license", "image")
    };
    spec.containers = vec![init, main].into();
    spec.volumes = vec![Volume::Task("license".to_owned())].into();
    spec.architecture = Some(Architecture::Arm64).into();
    spec
}

async fn registered(spec: &EcsTaskDefinition) -> Value {
    let stage = Stage::answering(|_| {
        Answer::json(r#"{"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:us-east-1:1:task-definition/f:1"}}"#)
    });
    spec.create(&stage.call()).await.unwrap();
    serde_json::from_str(&stage.asked()[0].body).unwrap()
}

async fn read(spec: &EcsTaskDefinition, mut definition: Value) -> EcsTaskDefinition {
    definition["status"] = json!("ACTIVE");
    definition["taskDefinitionArn"] = json!("arn:aws:ecs:us-east-1:1:task-definition/ecsdocs-task:1");
    let stage = Stage::answering(move |_| Answer::json(json!({"taskDefinition": definition}).to_string()));
    let identity = identity("arn:aws:ecs:us-east-1:1:task-definition/ecsdocs-task:1");
    spec.read(&stage.call(), &identity).await.unwrap().unwrap().spec
}

/// Takes out of a document what another one says too, at any depth; what is left differs.
fn without(document: &Value, said: &Value) -> Value {
    match (document, said) {
        (Value::Object(fields), Value::Object(said)) => {
            let left = fields.iter().filter_map(|(name, value)| {
                let rest = said
                    .get(name)
                    .map_or_else(|| value.clone(), |said| without(value, said));
                let nothing = rest.is_null() || rest == json!([]) || rest == json!({});
                (!nothing).then(|| (name.clone(), rest))
            });
            Value::Object(left.collect())
        }
        (Value::Array(items), Value::Array(said)) if items.len() == said.len() => {
            let left: Vec<_> = items.iter().zip(said).map(|(item, said)| without(item, said)).collect();
            let nothing = left
                .iter()
                .all(|item| item.is_null() || *item == json!({}) || *item == json!([]));
            if nothing { json!([]) } else { Value::Array(left) }
        }
        (a, b) if a == b => Value::Null,
        (a, _) => a.clone(),
    }
}

#[tokio::test]
async fn the_guides_sample_read_back_is_what_we_would_register() {
    let found = read(&guides(), sample()).await;
    assert_eq!(guides().compare(&found).different(), Vec::<&str>::new());
}

#[tokio::test]
async fn what_we_register_differs_from_the_guides_sample_only_where_we_say_why() {
    let (ours, theirs) = (registered(&guides()).await, sample());
    // Ours alone: the tags; and an EFS volume is always encrypted in transit.
    assert_eq!(
        without(&ours, &theirs),
        json!({
            "tags": ours["tags"],
            "volumes": [{"efsVolumeConfiguration": {
                "transitEncryption": "ENABLED", "authorizationConfig": {"iam": "DISABLED"},
            }}],
        })
    );
    // The guide's alone: what AWS adds to every answer, and a log group that the driver is to make, where we have made it.
    let mut left = without(&theirs, &ours);
    for answered in [
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
    ] {
        assert!(left.as_object_mut().unwrap().remove(answered).is_some(), "{answered}");
    }
    assert_eq!(
        left,
        json!({"containerDefinitions": [
            {"logConfiguration": {"options": {"awslogs-create-group": "true"}}},
        ]})
    );
}

#[tokio::test]
async fn what_was_registered_compares_equal() {
    for spec in [guides(), rich()] {
        let found = read(&spec, registered(&spec).await).await;
        assert_eq!(spec.compare(&found).different(), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn an_init_container_ends_without_ending_the_task_and_the_main_one_waits_for_it() {
    let request = registered(&rich()).await;
    let [init, main] = request["containerDefinitions"].as_array().unwrap().as_slice() else {
        panic!("two containers")
    };
    assert_eq!(
        (&init["essential"], &init["user"], &init["entryPoint"]),
        (&json!(false), &json!("0:0"), &json!(["/bin/sh", "-c"]))
    );
    assert_eq!(
        main["dependsOn"],
        json!([{"containerName": "license", "condition": "SUCCESS"}])
    );
    assert_eq!(main["resourceRequirements"], json!([{"type": "GPU", "value": "1"}]));
    assert_eq!(request["volumes"], json!([{"name": "license", "host": {}}]));
    assert_eq!(
        request["runtimePlatform"],
        json!({"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"})
    );
}

#[tokio::test]
async fn each_word_of_a_container_counts() {
    type Change = fn(&mut Container);
    let changes: [(&str, Change); 8] = [
        ("essential", |c| c.essential = true),
        ("entry point", |c| c.entry_point = None),
        ("command", |c| c.command = None),
        ("user", |c| c.user = None),
        ("ports", |c| c.port_mappings = vec![PortMapping::tcp(8080)]),
        ("dependency", |c| {
            c.depends_on.insert("other".to_owned(), Condition::Start);
        }),
        ("health check", |c| {
            c.health_check = Some(HealthCheck {
                command: vec!["CMD".to_owned(), "true".to_owned()],
                interval: 30,
                timeout: 5,
                retries: 3,
                start_period: 0,
            });
        }),
        ("GPUs", |c| c.gpus = Some(2)),
    ];
    for (what, change) in changes {
        let mut other = rich();
        let mut containers = other.containers.known().unwrap().clone();
        change(&mut containers[0]);
        other.containers = containers.into();
        let found = read(&rich(), registered(&other).await).await;
        assert_eq!(rich().compare(&found).different(), ["containers"], "{what}");
    }
}

#[tokio::test]
async fn the_defaults_of_a_health_check_are_what_aws_says_they_are() {
    let mut document = sample();
    document["containerDefinitions"][0]["healthCheck"] = json!({"command": ["CMD", "true"]});
    let found = read(&guides(), document).await;
    let check = found.containers.known().unwrap()[0].health_check.clone().unwrap();
    assert_eq!(
        (check.interval, check.timeout, check.retries, check.start_period),
        (30, 5, 3, 0)
    );
}

#[tokio::test]
async fn an_architecture_that_nobody_asked_for_is_the_one_fargate_has_anyway() {
    let mut spec = guides();
    spec.architecture = None.into();
    assert_eq!(registered(&spec).await["runtimePlatform"], Value::Null);
    let found = read(&spec, sample()).await;
    assert_eq!(spec.compare(&found).different(), Vec::<&str>::new());
    let mut arm = sample();
    arm["runtimePlatform"]["cpuArchitecture"] = json!("ARM64");
    assert_eq!(spec.compare(&read(&spec, arm).await).different(), ["architecture"]);
    let mut windows = sample();
    windows["runtimePlatform"]["operatingSystemFamily"] = json!("WINDOWS_SERVER_2022_CORE");
    assert_eq!(
        guides().compare(&read(&guides(), windows).await).different(),
        ["architecture"]
    );
}

#[tokio::test]
async fn a_disk_of_its_own_is_asked_for_on_fargate_alone() {
    let mut spec = guides();
    spec.ephemeral_storage_gib = Some(50).into();
    assert_eq!(registered(&spec).await["ephemeralStorage"], Value::Null);
    spec.compatibility = Compatibility::Fargate.into();
    assert_eq!(registered(&spec).await["ephemeralStorage"], json!({"sizeInGiB": 50}));
}

#[tokio::test]
async fn volumes_of_other_kinds_are_not_taken_for_ours() {
    let mut document = sample();
    document["volumes"] = json!([
        {"name": "a", "dockerVolumeConfiguration": {"scope": "task"}},
        {"name": "b", "host": {"sourcePath": "/var/b"}},
        {"name": "c", "configuredAtLaunch": true},
        {"name": "d", "host": {}},
        {"name": "e"},
    ]);
    let found = read(&guides(), document).await;
    let task = |name: &str| Volume::Task(name.to_owned());
    assert_eq!(found.volumes.known().unwrap(), &[task("d"), task("e")]);
}
