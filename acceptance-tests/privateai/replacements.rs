//! What cannot change is made anew, and what stands before or behind it goes over to the new one.

use super::view::{ADDRESS, LICENSED, deployment, id_of, not_ready};
use crate::harness::{Attributes, Sandbox, Wait};

#[test]
fn a_bastion_and_a_load_balancer_of_another_kind_take_the_place_of_the_old_ones() {
    let mut sandbox = Sandbox::new();
    let key = sandbox.aws.ec2.create_key_pair().key_name("theirs");
    key.send().wait().unwrap();
    sandbox.take_as_found();
    let public = sandbox.vpc.public_subnet_ids[1].clone();
    let bastion = format!(
        "bastion {{\n    instance_type = \"t3.micro\"\n    key_name = \"theirs\"\n    subnet_id = \"{public}\"\n  }}"
    );
    let facing = "load_balancer {\n    scheme = \"internet-facing\"\n    ingress_cidr_blocks = [\"0.0.0.0/0\"]\n  }";
    let internal = "load_balancer {}\n  api_gateway { authorization = \"AWS_IAM\" }";
    let on_efs = LICENSED.replace("= 1\n", "= 1\n    on = \"efs\"\n");
    let text = |balancer: &str, bastion: &str| deployment(&sandbox, &format!("{on_efs}\n  {balancer}\n  {bastion}"));
    sandbox.apply(&text(internal, "bastion {}"));
    let mut before = sandbox.state(ADDRESS);
    // The next one has the name, or the address, of the one before, which therefore goes first.
    for (balancer, bastion, anew, order) in [
        (
            internal,
            bastion.as_str(),
            "ec2_instance_bastion",
            ["ec2:TerminateInstances", "ec2:RunInstances"],
        ),
        (
            facing,
            bastion.as_str(),
            "load_balancer",
            ["elbv2:DeleteLoadBalancer", "elbv2:CreateLoadBalancer"],
        ),
        (
            internal,
            "bastion {}",
            "load_balancer",
            ["elbv2:DeleteLoadBalancer", "elbv2:CreateLoadBalancer"],
        ),
    ] {
        sandbox.configure(&text(balancer, bastion));
        let change = sandbox.plan().change(ADDRESS);
        assert_eq!(change.actions, ["update"], "the deployment stays");
        assert_eq!(change.unknown.at("components")[anew]["id"], true, "{anew} is made anew");
        sandbox.stand_in.forget_calls();
        sandbox.apply(&text(balancer, bastion));
        let changes = sandbox.stand_in.changes();
        let at = |action: &str| changes.iter().position(|change| change == action);
        assert!(
            at(order[0]).is_some() && at(order[0]) < at(order[1]),
            "{order:?} in {changes:?}"
        );
        let after = sandbox.state(ADDRESS);
        assert!(not_ready(&after).is_empty(), "{:?}", not_ready(&after));
        let arn = |state: &Attributes| state.at("components")[anew]["arn"].clone();
        assert_ne!((id_of(&after, anew), arn(&after)), (id_of(&before, anew), arn(&before)));
        for stays in ["ecs_service", "efs_file_system", "secret_license", "auto_scaling_group"] {
            assert_eq!(id_of(&after, stays), id_of(&before, stays), "{stays} was to stay");
        }
        before = after;
    }
    sandbox.destroy();
}
