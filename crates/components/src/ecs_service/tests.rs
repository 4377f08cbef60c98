//! Tests of the service.

mod ending;
mod refusals;

use serde_json::{Value, json};

use super::*;
use aws::CapacityProviderShare;
use aws::testing::{Answer, Stage};
use engine::Spec;

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:service/demo/demo";
const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
const DEFINITION: &str = "arn:aws:ecs:us-east-1:123456789012:task-definition/demo:1";
const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/demo/0123456789abcdef";

fn on_fargate() -> EcsService {
    EcsService {
        name: "demo".into(),
        cluster: ClusterArn::from(CLUSTER).into(),
        task_definition: TaskDefinitionArn::from(DEFINITION).into(),
        desired_count: DesiredCount::Fixed(1).into(),
        launch: Launch::Fargate.into(),
        platform_version: Some("1.4.0".to_owned()).into(),
        subnets: Unordered::from_iter(["subnet-1".into(), "subnet-2".into()]).into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
        assign_public_ip: false.into(),
        placement_strategy: Vec::new().into(),
        load_balancers: BTreeSet::new().into(),
        health_check_grace_period: None.into(),
        rollout: Rollout {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            circuit_breaker: CircuitBreaker {
                enable: true,
                rollback: true,
            },
        }
        .into(),
        enable_execute_command: false.into(),
        force_new_deployment: false.into(),
        wait_for_steady_state: false.into(),
        shutdown: None.into(),
    }
}

/// The second guide's service: on hosts, behind a load balancer.
fn on_hosts() -> EcsService {
    let share = CapacityProviderShare {
        provider: "demo".into(),
        weight: 1,
        base: 0,
    };
    let target = LoadBalancerTarget {
        target_group: GROUP.into(),
        container: "deid".to_owned(),
        port: 8080,
    };
    EcsService {
        launch: Launch::CapacityProviders([share].into()).into(),
        platform_version: None.into(),
        placement_strategy: vec![
            PlacementStrategy::new(PlacementKind::Spread, Some("attribute:ecs.availability-zone")),
            PlacementStrategy::new(PlacementKind::Binpack, Some("memory")),
        ]
        .into(),
        load_balancers: BTreeSet::from([target]).into(),
        health_check_grace_period: Some(120).into(),
        ..on_fargate()
    }
}

/// What AWS reports of a service that a request made or changed.
fn service(request: &Value) -> Value {
    let mut service = request.clone();
    service["serviceArn"] = json!(ARN);
    service["clusterArn"] = json!(CLUSTER);
    service["serviceName"] = json!("demo");
    service["status"] = json!("ACTIVE");
    service["tags"] = json!([]);
    service
}

/// A stage on which what is asked for is what there is.
fn obliging() -> Stage {
    Stage::answering(|asked| {
        let request = serde_json::from_str(&asked.body).unwrap();
        Answer::json(json!({"service": service(&request)}).to_string())
    })
}

/// The request that made or changed the service.
fn sent(stage: &Stage) -> Value {
    let asked = stage.asked();
    let last = asked
        .iter()
        .rfind(|asked| ["CreateService", "UpdateService"].contains(&asked.operation.as_str()));
    serde_json::from_str(&last.unwrap().body).unwrap()
}

async fn created(spec: &EcsService) -> Value {
    let stage = obliging();
    Box::pin(spec.create(&stage.call())).await.unwrap();
    sent(&stage)
}

async fn read(spec: &EcsService, reported: Value) -> Observed<EcsService, EcsServiceOutput> {
    let stage = Stage::answering(move |_| Answer::json(json!({"services": [reported]}).to_string()));
    let identity = Identity {
        id: "demo".to_owned(),
        arn: Some(ARN.to_owned()),
    };
    spec.read(&stage.call(), &identity).await.unwrap().unwrap()
}

/// The request by which a service becomes another one, in a cluster with those capacity providers.
async fn updated_in(providers: &[&str], spec: &EcsService, before: &EcsService, fields: &[&'static str]) -> Value {
    let have = read(before, service(&created(before).await)).await;
    let cluster = json!({"clusters": [{"clusterArn": CLUSTER, "capacityProviders": providers}]}).to_string();
    let stage = Stage::answering(move |asked| {
        let request = serde_json::from_str(&asked.body).unwrap();
        match asked.operation.as_str() {
            "DescribeClusters" => Answer::json(cluster.clone()),
            _ => Answer::json(json!({"service": service(&request)}).to_string()),
        }
    });
    Box::pin(spec.update(&stage.call(), &have, fields)).await.unwrap();
    sent(&stage)
}

async fn updated(spec: &EcsService, before: &EcsService, fields: &[&'static str]) -> Value {
    updated_in(&[], spec, before, fields).await
}

#[tokio::test]
async fn on_fargate_nothing_is_said_of_hosts_or_load_balancers() {
    let request = created(&on_fargate()).await;
    assert_eq!(request["launchType"], "FARGATE");
    assert_eq!(request["platformVersion"], "1.4.0");
    for absent in [
        "capacityProviderStrategy",
        "placementStrategy",
        "loadBalancers",
        "healthCheckGracePeriodSeconds",
    ] {
        assert_eq!(request[absent], Value::Null, "{absent}");
    }
}

#[tokio::test]
async fn on_hosts_the_strategy_stands_in_place_of_the_launch_type() {
    let request = created(&on_hosts()).await;
    assert_eq!(request["launchType"], Value::Null);
    assert_eq!(request["platformVersion"], Value::Null);
    assert_eq!(
        request["capacityProviderStrategy"],
        json!([{"capacityProvider": "demo", "weight": 1, "base": 0}])
    );
    assert_eq!(
        request["placementStrategy"],
        json!([{"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "binpack", "field": "memory"}])
    );
    assert_eq!(
        request["loadBalancers"],
        json!([{"targetGroupArn": GROUP, "containerName": "deid", "containerPort": 8080}])
    );
    assert_eq!(request["healthCheckGracePeriodSeconds"], 120);
    assert_eq!(request["availabilityZoneRebalancing"], "ENABLED");
    assert_eq!(
        request["deploymentConfiguration"]["deploymentCircuitBreaker"],
        json!({"enable": true, "rollback": true})
    );
}

#[tokio::test]
async fn what_was_made_compares_equal() {
    for spec in [on_fargate(), on_hosts()] {
        let found = read(&spec, service(&created(&spec).await)).await;
        assert_eq!(spec.compare(&found.spec).different(), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn every_field_of_a_service_on_hosts_shows_its_drift() {
    let mut reported = service(&created(&on_hosts()).await);
    reported["desiredCount"] = json!(3);
    reported["capacityProviderStrategy"][0]["weight"] = json!(2);
    reported["placementStrategy"] = json!([]);
    reported["loadBalancers"][0]["containerPort"] = json!(8081);
    reported["healthCheckGracePeriodSeconds"] = json!(0);
    reported["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] = json!(false);
    let found = read(&on_hosts(), reported).await;
    assert_eq!(
        on_hosts().compare(&found.spec).different(),
        [
            "desired_count",
            "launch",
            "placement_strategy",
            "load_balancers",
            "health_check_grace_period",
            "rollout"
        ]
    );
}

#[tokio::test]
async fn a_service_moves_to_hosts_in_place_with_a_new_deployment() {
    let request = updated(
        &on_hosts(),
        &on_fargate(),
        &["launch", "platform_version", "load_balancers"],
    )
    .await;
    assert_eq!(request["capacityProviderStrategy"][0]["capacityProvider"], "demo");
    assert_eq!(request["forceNewDeployment"], true);
    assert_eq!(request["platformVersion"], Value::Null);
    assert_eq!(request["loadBalancers"][0]["targetGroupArn"], GROUP);

    let request = updated(
        &on_fargate(),
        &on_hosts(),
        &["launch", "placement_strategy", "load_balancers"],
    )
    .await;
    // An empty list is AWS's word for the launch type, for no strategy and for no load balancer.
    for emptied in ["capacityProviderStrategy", "placementStrategy", "loadBalancers"] {
        assert_eq!(request[emptied], json!([]), "{emptied}");
    }
    assert_eq!(request["forceNewDeployment"], true);
    assert_eq!(request["healthCheckGracePeriodSeconds"], 0);
}

#[tokio::test]
async fn a_service_moves_to_fargate_by_fargates_provider_where_the_cluster_has_it() {
    let request = updated_in(&["demo", "FARGATE"], &on_fargate(), &on_hosts(), &["launch"]).await;
    assert_eq!(
        request["capacityProviderStrategy"],
        json!([{"capacityProvider": "FARGATE", "weight": 1, "base": 0}])
    );
    assert_eq!(request["platformVersion"], "1.4.0");
    let found = read(&on_fargate(), service(&request)).await;
    let different = on_fargate().compare(&found.spec).different();
    assert!(!different.contains(&"launch"), "{different:?}");
}

#[tokio::test]
async fn what_has_not_changed_and_is_not_taken_everywhere_is_not_said_again() {
    let request = updated(&on_hosts(), &on_hosts(), &["rollout"]).await;
    for absent in ["capacityProviderStrategy", "placementStrategy", "loadBalancers"] {
        assert_eq!(request[absent], Value::Null, "{absent}");
    }
    assert_eq!(request["forceNewDeployment"], false);
}

#[tokio::test]
async fn a_count_that_others_scale_is_given_once() {
    let scaled = EcsService {
        desired_count: DesiredCount::Initial(2).into(),
        ..on_hosts()
    };
    let mut reported = service(&created(&scaled).await);
    assert_eq!(reported["desiredCount"], 2);
    reported["desiredCount"] = json!(9);
    let found = read(&scaled, reported).await;
    assert!(scaled.compare(&found.spec).changes.is_empty());
    let request = updated(&scaled, &scaled, &["rollout"]).await;
    assert_eq!(request["desiredCount"], Value::Null);
}

#[tokio::test]
async fn a_platform_that_moves_on_is_no_drift_of_the_latest() {
    let latest = EcsService {
        platform_version: Some("LATEST".to_owned()).into(),
        ..on_fargate()
    };
    let mut reported = service(&created(&latest).await);
    reported["platformVersion"] = json!("1.4.0");
    let found = read(&latest, reported).await;
    assert!(latest.compare(&found.spec).changes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_capacity_provider_that_was_just_associated_is_waited_for() {
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| {
        if attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2 {
            return Answer::refused(
                "InvalidParameterException",
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated with \
                 the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.",
            );
        }
        let request = serde_json::from_str(&asked.body).unwrap();
        Answer::json(json!({"service": service(&request)}).to_string())
    });
    Box::pin(on_hosts().create(&stage.call())).await.unwrap();
    assert_eq!(stage.asked().len(), 3);
}

fn at() -> Identity {
    Identity {
        id: "demo".to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

/// What is asked of ECS before a service that has a shutdown is deleted.
async fn asked_before_its_end(seen: Option<&EcsServiceOutput>) -> Vec<String> {
    let stage = Stage::answering(|_| Answer::json(r#"{"taskArns": []}"#));
    let shutdown = Shutdown {
        port: 9,
        path: "/end",
        limit: std::time::Duration::from_secs(1),
    };
    let spec = EcsService {
        shutdown: Some(shutdown).into(),
        ..on_fargate()
    };
    Box::pin(spec.before_delete(&stage.call(), &at(), seen)).await;
    stage.operations()
}

#[tokio::test]
async fn whose_task_was_just_seen_is_not_asked_for_it_before_its_end() {
    let seen = |private_ip: Option<&str>| EcsServiceOutput {
        arn: ARN.into(),
        public_ip: None,
        private_ip: private_ip.map(str::to_owned),
    };
    assert_eq!(asked_before_its_end(Some(&seen(Some("127.0.0.1")))).await, [""; 0]);
    assert_eq!(asked_before_its_end(Some(&seen(None))).await, ["ListTasks"]);
    assert_eq!(asked_before_its_end(None).await, ["ListTasks"]);
}
