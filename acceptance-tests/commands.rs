//! The commands by which one looks at what Terraform knows: `console`, `graph`, `show -json`. On every resource at once.

use crate::container_image::{SOURCE, World};
use crate::harness::TestImage;

/// Every resource, of which two refer to others.
fn everything(world: &World) -> String {
    let head = world.copying("1", "");
    format!(
        r#"{head}
resource "thatdot_network" "main" {{
  name = "demo"
}}

resource "thatdot_detector_deployment" "fraud" {{
  name       = "fraud"
  vpc_id     = thatdot_network.main.vpc_id
  subnet_ids = thatdot_network.main.private_subnet_ids
}}

resource "thatdot_privateai_deployment" "deid" {{
  name               = "deid"
  vpc_id             = thatdot_network.main.vpc_id
  private_subnet_ids = thatdot_network.main.private_subnet_ids
  image              = thatdot_container_image.this.uri
  fargate {{}}
  license {{
    content_wo         = "{{}}"
    content_wo_version = 1
  }}
}}

resource "thatdot_operator" "admin" {{
  name = "admin"
}}
"#
    )
}

const ADDRESSES: [&str; 5] = [
    "thatdot_container_image.this",
    "thatdot_detector_deployment.fraud",
    "thatdot_network.main",
    "thatdot_operator.admin",
    "thatdot_privateai_deployment.deid",
];

#[test]
fn console_graph_and_show_work_on_every_resource() {
    let world = World::new();
    let (sandbox, terraform) = (&world.sandbox, &world.sandbox.terraform);
    world.source.push(SOURCE, "1", &TestImage::new(&[1], 10_000));
    sandbox.configure(&everything(&world));

    // Before anything stands.
    let plan = sandbox.plan();
    for address in ADDRESSES {
        assert_eq!(plan.change(address).actions, ["create"], "{address}");
    }
    let graph = terraform.run(&["graph"]).succeeded().output;
    for address in ADDRESSES {
        assert!(graph.contains(address), "{address} is not in {graph}");
    }
    // OpenTofu writes more around the addresses than Terraform.
    let mut edges = graph.lines().filter_map(|line| line.split_once("->"));
    assert!(
        edges.any(|(from, to)| from.contains(ADDRESSES[1]) && to.contains(ADDRESSES[2])),
        "the deployment is in the network, which {graph} does not tell"
    );
    assert_eq!(
        terraform.evaluated("provider::thatdot::fargate_size(1, 14).cpu"),
        "2048"
    );

    terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    for address in ADDRESSES {
        let parts = sandbox.state(address).keys("components").len();
        assert_eq!(
            terraform.evaluated(&format!("length({address}.components)")),
            parts.to_string()
        );
        let asked = format!("alltrue([for part in {address}.components : part.status == \"ready\"])");
        assert_eq!(terraform.evaluated(&asked), "true", "{address}");
    }
    sandbox.destroy();
}
