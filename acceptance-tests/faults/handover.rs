//! What a plan hands to its apply in private state, and an apply that is handed nothing.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::WORLDS;
use super::deployments::{detector, privateai};
use super::terraform::Terraform;
use super::wire::Wire;

/// Calls of a plan that a part never makes.
const LOOKS: [&str; 3] = ["ec2:DescribeInstanceTypes", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

/// How often they were called.
fn looks(wire: &Arc<Wire>) -> Vec<usize> {
    let calls = wire.calls();
    let count = |look: &&str| calls.iter().filter(|call| call.operation == **look).count();
    LOOKS.iter().map(count).collect()
}

#[test]
fn an_apply_takes_what_its_plan_has_seen_and_looks_itself_where_that_is_lost() {
    let hosts = json!({"capacity": {"update_ami": true}});
    let bastion = json!({"capacity": {}, "bastion": {}});
    let write = |vpc: &Json| {
        [
            ("thatdot_detector_deployment", detector(vpc, &hosts)),
            ("thatdot_privateai_deployment", privateai(vpc, &bastion)),
        ]
    };
    for n in 0..2 {
        let counts = [false, true].map(|loses_private| {
            let wire = Wire::to(WORLDS.empty().world());
            let (type_name, written) = write(&wire.world().vpc())[n].clone();
            let mut terraform = Terraform::new(wire.clone(), type_name, written);
            terraform.loses_private = loses_private;
            wire.expect(None);
            let ran = terraform.apply();
            assert!(ran.succeeded(), "{type_name}: {}", ran.text());
            let looked = looks(&wire);
            let (ran, settled) = terraform.plan();
            assert!(settled, "{type_name}: {}", ran.text());
            looked
        });
        let [handed, lost] = counts;
        assert!(handed.iter().all(|count| *count > 0), "the plan looks: {handed:?}");
        let twice: Vec<usize> = handed.iter().map(|count| 2 * count).collect();
        assert_eq!(lost, twice, "handed nothing, the apply looks as much as the plan");
    }
}
