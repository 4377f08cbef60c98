//! Moving to other subnets: what stands in the old ones goes when nothing needs it any more.

use super::view::{ADDRESS, deployment, listed, parts, service};
use crate::harness::Sandbox;

/// Applies a deployment with a volume in those subnets.
fn stands_in(sandbox: &Sandbox, subnets: &[&String]) {
    let text = deployment(sandbox, "  persistence {}");
    sandbox.apply(&text.replace(&listed(&sandbox.vpc.private_subnet_ids), &listed(subnets)));
    let service = service(sandbox);
    let network = service.network_configuration().unwrap().awsvpc_configuration().unwrap();
    assert_eq!(
        network.subnets(),
        subnets.iter().map(|id| (*id).clone()).collect::<Vec<_>>()
    );
    let state = sandbox.state(ADDRESS);
    let mut targets: Vec<_> = subnets.iter().map(|id| format!("efs_mount_target_{id}")).collect();
    targets.sort();
    let parts = parts(&state);
    let standing: Vec<_> = parts.keys().filter(|key| key.starts_with("efs_mount_target")).collect();
    assert_eq!(standing, targets.iter().collect::<Vec<_>>());
}

/// Of what the last apply did: changes of mount targets, and of the service.
fn moves(sandbox: &Sandbox) -> Vec<String> {
    let writes = sandbox.stand_in.writes().into_iter();
    writes
        .filter_map(|write| Some(write.split_once(':')?.1.to_owned()))
        .filter(|action| ["CreateMountTarget", "DeleteMountTarget", "UpdateService"].contains(&action.as_str()))
        .collect()
}

#[test]
fn a_subnet_of_another_zone_takes_over_before_the_old_one_goes() {
    let sandbox = Sandbox::new();
    let [first, second] = &sandbox.vpc.private_subnet_ids[..] else {
        panic!("two subnets")
    };
    stands_in(&sandbox, &[first]);
    let volume = sandbox.state(ADDRESS).text("file_system_id").to_owned();
    sandbox.stand_in.forget_calls();
    stands_in(&sandbox, &[second]);
    assert_eq!(
        moves(&sandbox),
        ["CreateMountTarget", "UpdateService", "DeleteMountTarget"]
    );
    assert_eq!(sandbox.state(ADDRESS).text("file_system_id"), volume);
    sandbox.destroy();
}

#[test]
fn a_subnet_of_the_same_zone_gets_the_zones_one_mount_target_before_the_service_moves() {
    let sandbox = Sandbox::new();
    let (private, public) = (&sandbox.vpc.private_subnet_ids, &sandbox.vpc.public_subnet_ids);
    stands_in(&sandbox, &[&private[0], &private[1]]);
    let zones = sandbox.state(ADDRESS).at("availability_zones").clone();
    sandbox.stand_in.forget_calls();
    stands_in(&sandbox, &[&private[0], &public[1]]);
    assert_eq!(
        moves(&sandbox),
        ["DeleteMountTarget", "CreateMountTarget", "UpdateService"]
    );
    assert_eq!(sandbox.state(ADDRESS).at("availability_zones"), &zones);
    sandbox.destroy();
}
