//! What tasks run on changes under a service that goes on.

use super::view::{ADDRESS, LICENSED, NAME, deployment, id_of};
use crate::ecs;
use crate::harness::{Sandbox, Wait};

fn providers(sandbox: &Sandbox) -> Vec<String> {
    let service = ecs::service(sandbox, NAME);
    let shares = service.capacity_provider_strategy().iter();
    shares.map(|share| share.capacity_provider().to_owned()).collect()
}

#[test]
fn a_service_moves_from_hosts_to_fargate_to_spare_capacity_and_back() {
    let sandbox = Sandbox::new();
    let text = |body: &str| deployment(&sandbox, &format!("{LICENSED}\n  load_balancer {{}}\n  {body}"));
    sandbox.apply(&text(""));
    let before = sandbox.state(ADDRESS);
    let hosts = id_of(&before, "capacity_provider");
    for (body, provider) in [
        ("fargate {}", "FARGATE"),
        ("fargate { spot = true }", "FARGATE_SPOT"),
        ("capacity { max_size = 2 }", ""),
    ] {
        sandbox.apply(&text(body));
        let state = sandbox.state(ADDRESS);
        assert_eq!(state.text("service_arn"), before.text("service_arn"), "{body}");
        let on_hosts = provider.is_empty();
        assert_eq!(
            state.keys("components").contains(&"auto_scaling_group"),
            on_hosts,
            "{body}"
        );
        let expected = if on_hosts {
            id_of(&state, "capacity_provider")
        } else {
            provider.to_owned()
        };
        assert_eq!(providers(&sandbox), [expected], "{body}");
        assert_eq!(ecs::service(&sandbox, NAME).running_count(), 1, "{body}");
    }
    let request = sandbox.aws.ecs.describe_clusters().clusters(NAME);
    let cluster = request.send().wait().unwrap();
    assert!(
        !cluster.clusters()[0].capacity_providers().contains(&hosts),
        "the first hosts' provider has left"
    );
    sandbox.destroy();
}
