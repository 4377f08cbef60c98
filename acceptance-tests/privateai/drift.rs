//! What others change behind Terraform's back: every field that somebody can change of every part that there is.

use super::drift_of_data::{bastion, data};
use super::drift_of_front::{api, balancer};
use super::drift_of_hosts::{another_revision_without_balancer, hosts, roles, scaling, service};
use super::view::ADDRESS;
use super::whole::Whole;
use crate::drift::{Changes, Subject};

/// The deployment. Platform version and public addresses are for Fargate alone; how many tasks run is up to the scaling.
pub const PRIVATE_AI: Subject = Subject {
    address: ADDRESS,
    fixed: &["assign_public_ip", "desired_count", "platform_version"],
};

#[test]
fn whatever_others_change_of_any_part_is_shown_and_repaired_in_place() {
    let whole = Whole::new();
    let mut changes = Changes::of(&PRIVATE_AI, &whole.sandbox);
    roles(&whole, &mut changes);
    hosts(&whole, &mut changes);
    scaling(&whole, &mut changes);
    service(&whole, &mut changes);
    balancer(&whole, &mut changes);
    api(&whole, &mut changes);
    data(&whole, &mut changes);
    bastion(&whole, &mut changes);
    changes.are_all_there_are_shown_and_repaired(&[
        // An association is there, or it is missing.
        "cluster_capacity_provider",
        // By the next step.
        "ecs_task_definition",
    ]);
    another_revision_without_balancer(&whole);
    whole.sandbox.destroy();
}
