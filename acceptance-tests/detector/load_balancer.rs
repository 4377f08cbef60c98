//! Behind a load balancer.

use super::updates::{Change, InPlace};
use super::view::{ADDRESS, deployment, from_the_vpc, id_of, ingress, listed, not_ready, service};
use crate::harness::{Sandbox, Wait};

const BALANCED: &str = "  load_balancer {}";

fn attribute(sandbox: &Sandbox, name: &str) -> Option<String> {
    let state = sandbox.state(ADDRESS);
    let balancers = &sandbox.aws.elbv2;
    let told = balancers
        .describe_load_balancer_attributes()
        .load_balancer_arn(state.text("load_balancer_arn"))
        .send()
        .wait()
        .unwrap();
    let attribute = told
        .attributes()
        .iter()
        .find(|attribute| attribute.key() == Some(name))?;
    attribute.value().map(str::to_owned)
}

#[test]
fn a_load_balancer_is_added_in_front_of_the_tasks_changed_and_taken_away_again() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    let before = sandbox.state(ADDRESS);
    let tasks = id_of(&before, "security_group_service");
    assert_eq!(ingress(&sandbox, &tasks), from_the_vpc(8080));

    sandbox.apply(&deployment(&sandbox, BALANCED));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    assert_eq!(
        state.text("url"),
        format!("http://{}", state.text("load_balancer_dns_name"))
    );
    assert_eq!(state.text("docs_url"), format!("{}/docs", state.text("url")));
    let balancer = id_of(&state, "security_group_load_balancer");
    assert_eq!(
        ingress(&sandbox, &tasks),
        [format!("8080 from {balancer}")],
        "nobody else reaches the tasks"
    );
    assert_eq!(ingress(&sandbox, &balancer), from_the_vpc(80));
    let targets = &sandbox.aws.elbv2;
    let groups = targets
        .describe_target_groups()
        .target_group_arns(state.text("target_group_arn"));
    let group = groups.send().wait().unwrap().target_groups()[0].clone();
    assert_eq!((group.health_check_path(), group.port()), (Some("/"), Some(8080)));
    assert_eq!(service(&sandbox).health_check_grace_period_seconds(), Some(120));

    let changes: [&dyn InPlace; 2] = [
        &Change {
            set: "health_check_grace_period_seconds = 300",
            shown: |sandbox| service(sandbox).health_check_grace_period_seconds(),
            with: Some(300),
            without: Some(120),
        },
        &Change {
            set: "ingress { cidr_blocks = [\"203.0.113.0/24\"] }",
            shown: |sandbox| ingress(sandbox, &id_of(&sandbox.state(ADDRESS), "security_group_service")).len(),
            with: 2,
            without: 1,
        },
    ];
    for change in changes {
        change.comes_and_goes(&sandbox, BALANCED);
    }
    let narrow = "  load_balancer {\n    idle_timeout = 90\n    ingress_cidr_blocks = [\"203.0.113.0/24\"]\n  }";
    sandbox.apply(&deployment(&sandbox, narrow));
    assert_eq!(
        attribute(&sandbox, "idle_timeout.timeout_seconds").as_deref(),
        Some("90")
    );
    assert_eq!(ingress(&sandbox, &balancer), ["80 from 203.0.113.0/24"]);
    sandbox.apply(&deployment(&sandbox, BALANCED));
    assert_eq!(
        attribute(&sandbox, "idle_timeout.timeout_seconds").as_deref(),
        Some("60")
    );

    sandbox.apply(&deployment(&sandbox, ""));
    let after = sandbox.state(ADDRESS);
    assert_eq!(before.keys("components"), after.keys("components"));
    assert_eq!(id_of(&before, "ecs_service"), id_of(&after, "ecs_service"));
    assert!(after.at("load_balancer_dns_name").is_null());
    assert_eq!(ingress(&sandbox, &tasks), from_the_vpc(8080));
    sandbox.destroy();
}

#[test]
fn the_internet_reaches_a_detector_on_hosts_through_its_load_balancer_alone() {
    let sandbox = Sandbox::new();
    let body = format!(
        "  capacity {{}}\n  load_balancer {{\n    scheme = \"internet-facing\"\n    subnet_ids = {}\n    ingress_cidr_blocks = [\"0.0.0.0/0\"]\n  }}",
        listed(&sandbox.vpc.public_subnet_ids)
    );
    sandbox.apply(&deployment(&sandbox, &body));
    let state = sandbox.state(ADDRESS);
    let balancer = id_of(&state, "security_group_load_balancer");
    assert_eq!(ingress(&sandbox, &balancer), ["80 from 0.0.0.0/0"]);
    assert_eq!(
        ingress(&sandbox, &id_of(&state, "security_group_service")),
        [format!("8080 from {balancer}")]
    );
    let health = sandbox.aws.elbv2.describe_target_health();
    let health = health
        .target_group_arn(state.text("target_group_arn"))
        .send()
        .wait()
        .unwrap();
    let states = health.target_health_descriptions().iter();
    let states: Vec<_> = states
        .filter_map(|target| target.target_health()?.state().map(|state| state.as_str().to_owned()))
        .collect();
    assert_eq!(states, ["healthy"]);
    sandbox.destroy();
}
