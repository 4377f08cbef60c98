//! How often and how long something is tried, and what becomes of two that want the same name.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::WORLDS;
use super::condition::Condition;
use super::fault::Fault;
use super::scenario::{SCENARIOS, parts};
use super::terraform::Terraform;
use super::wire::{Strike, Wire};
use super::world::World;

/// So many retries that, whatever the chance in their pauses, the time is up first.
const MANY: u32 = 100;

/// A detector without a volume, in a VPC of its own, that was never applied.
fn fresh() -> (Arc<Wire>, Terraform) {
    never_applied("detector-without-persistence")
}

fn never_applied(name: &str) -> (Arc<Wire>, Terraform) {
    let wire = Wire::to(WORLDS.empty().world());
    let mut vpc = wire.world().vpc();
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name);
    let scenario = scenario.expect("a scenario");
    (scenario.brings)(wire.world(), &mut vpc);
    let terraform = Terraform::new(wire.clone(), scenario.type_name, (scenario.written)(&vpc));
    (wire, terraform)
}

fn strike(wire: &Wire, operation: &str, fault: Fault) {
    wire.expect(Some(Strike {
        operation: operation.to_owned(),
        nth: 0,
        fault,
    }));
}

/// Fails the test, with what was told, unless an operation took its time to the second.
fn to_the_second(took: Duration, wanted: Duration, told: &str) {
    assert!(took.abs_diff(wanted) < Duration::from_secs(1), "{took:?}: {told}");
}

#[test]
fn a_call_is_tried_again_as_often_as_max_retries_says() {
    for retries in [1, 3] {
        let (wire, mut terraform) = fresh();
        terraform.provider["max_retries"] = json!(retries);
        strike(&wire, "ecs:CreateCluster", Fault::Throttled);
        let ran = terraform.apply();
        assert!(!ran.succeeded());
        assert_eq!(wire.struck(), retries + 1, "{}", ran.text());
    }
}

#[test]
fn what_a_create_may_take_it_takes_to_the_second_and_then_undoes_its_parts() {
    for fault in [
        Fault::Throttled,
        Fault::Silence,
        Fault::Lasting(Condition::ServiceDraining),
    ] {
        let (wire, mut terraform) = fresh();
        let found = wire.inventory();
        terraform.written["timeouts"] = json!({"create": "90s"});
        terraform.provider["max_retries"] = json!(MANY);
        strike(&wire, "ecs:CreateService", fault);
        let ran = terraform.apply();
        assert!(wire.struck() > 0 && !ran.succeeded(), "{fault:?}: {}", ran.text());
        let calls = wire.calls();
        let begun = calls.iter().find(|call| call.writes()).expect("a part was made").at;
        let undone = calls
            .iter()
            .find(|call| call.operation.contains(":Delete"))
            .unwrap_or_else(|| panic!("{fault:?}: nothing was undone: {}", ran.text()));
        let took = undone.at.saturating_sub(begun);
        to_the_second(took, Duration::from_secs(90), &format!("{fault:?}: {}", ran.text()));
        assert_eq!(wire.inventory(), found, "{fault:?}: {}", ran.text());
    }
}

#[test]
fn what_a_destroy_may_take_it_takes_to_the_second() {
    for fault in [
        Fault::Throttled,
        Fault::Silence,
        Fault::Lasting(Condition::DependencyViolation),
    ] {
        let (wire, mut terraform) = fresh();
        let found = wire.inventory();
        terraform.written["timeouts"] = json!({"delete": "3m"});
        terraform.provider["max_retries"] = json!(MANY);
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{}", ran.text());
        strike(&wire, "ec2:DeleteSecurityGroup", fault);
        let ran = terraform.destroy_as_read();
        assert!(wire.struck() > 0 && !ran.succeeded(), "{fault:?}: {}", ran.text());
        to_the_second(ran.took, Duration::from_mins(3), &format!("{fault:?}: {}", ran.text()));
        wire.expect(None);
        let ran = terraform.destroy();
        assert!(ran.succeeded(), "{fault:?}: {}", ran.text());
        assert_eq!(wire.inventory(), found);
    }
}

#[test]
fn what_an_update_may_take_it_takes_to_the_second_and_what_it_left_is_still_to_be_done() {
    for fault in [
        Fault::Throttled,
        Fault::Silence,
        Fault::Lasting(Condition::RoleNotAssumable),
    ] {
        let (wire, mut terraform) = fresh();
        let found = wire.inventory();
        terraform.written["timeouts"] = json!({"update": "90s"});
        terraform.provider["max_retries"] = json!(MANY);
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{}", ran.text());
        terraform.written["cpu"] = json!(1024);
        terraform.written["memory"] = json!(4096);
        strike(&wire, "ecs:UpdateService", fault);
        let ran = terraform.apply_as_read();
        assert!(wire.struck() > 0 && !ran.succeeded(), "{fault:?}: {}", ran.text());
        to_the_second(ran.took, Duration::from_secs(90), &format!("{fault:?}: {}", ran.text()));
        wire.expect(None);
        let ran = terraform.apply();
        assert!(ran.succeeded() && ran.applied, "{fault:?}: {}", ran.text());
        let ran = terraform.destroy();
        assert!(ran.succeeded(), "{fault:?}: {}", ran.text());
        assert_eq!(wire.inventory(), found);
    }
}

#[test]
fn what_a_read_may_take_it_takes_to_the_second_and_the_state_stays() {
    for fault in [Fault::Throttled, Fault::Silence] {
        let (wire, mut terraform) = fresh();
        terraform.written["timeouts"] = json!({"read": "45s"});
        terraform.provider["max_retries"] = json!(MANY);
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{}", ran.text());
        let before = terraform.remembered();
        strike(&wire, "ecs:DescribeServices", fault);
        let ran = terraform.read();
        assert!(wire.struck() > 0 && !ran.succeeded(), "{fault:?}: {}", ran.text());
        to_the_second(ran.took, Duration::from_secs(45), &format!("{fault:?}: {}", ran.text()));
        assert_eq!(terraform.remembered(), before);
    }
}

#[test]
fn a_service_whose_tasks_never_start_ends_a_create_to_the_second_and_stays_as_evidence() {
    let (wire, mut terraform) = fresh();
    let found = wire.inventory();
    // Hosts of an image without the ECS agent never join the cluster, so that the tasks wait for ever.
    terraform.written["capacity"] = json!({"ami_id": image_without_agent(wire.world())});
    terraform.written["timeouts"] = json!({"create": "4m"});
    wire.expect(None);
    let ran = terraform.apply();
    let told = ran.text();
    assert!(!ran.succeeded(), "{told}");
    for words in [
        "the tasks did not come up in the time for this operation",
        "Tasks that have not come up",
        "The service's last events",
        "hosts that have not joined the cluster",
        "The hosts run but do not join the cluster.",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let calls = wire.calls();
    let begun = calls.iter().find(|call| call.writes()).expect("a part was made").at;
    let ended = calls.last().expect("a call").at;
    let took = ended.saturating_sub(begun);
    to_the_second(took, Duration::from_mins(4), &told);
    assert!(
        parts(&terraform).iter().any(|part| part.kind == "ecs_service"),
        "the service is not in the state: {told}"
    );
    let ran = terraform.destroy();
    assert!(ran.succeeded(), "{}", ran.text());
    assert_eq!(wire.inventory(), found);
}

/// A plain Amazon Linux.
fn image_without_agent(world: &World) -> String {
    let form = "Action=DescribeImages&Version=2016-11-15&Owner.1=amazon&Filter.1.Name=name\
                &Filter.1.Value.1=al2023-ami-2023*-x86_64";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let told = world.asked("ec2", &headers, form);
    let image = told.split_once("<imageId>").and_then(|(_, rest)| rest.split_once('<'));
    let (image, _) = image.unwrap_or_else(|| panic!("no image: {told}"));
    image.to_owned()
}

#[test]
fn of_two_creates_of_one_name_at_once_one_wins_and_the_other_touches_none_of_its_parts() {
    let (wire, one) = fresh();
    one_wins(&wire, one);
}

#[test]
fn so_does_one_of_two_whose_parts_are_all_there_but_for_the_task() {
    let (wire, mut one) = never_applied("detector-of-existing-parts");
    one.written["run_as"] = json!("task");
    one_wins(&wire, one);
}

fn one_wins(wire: &Wire, mut one: Terraform) {
    let found = wire.inventory();
    let mut two = one.clone();
    let [first, second] = Terraform::at_once([&mut one, &mut two]);
    let told = format!("{}\n===\n{}", first.text(), second.text());
    assert_ne!(first.succeeded(), second.succeeded(), "{told}");
    let (winner, mut loser, lost) = if first.succeeded() {
        (one, two, second)
    } else {
        (two, one, first)
    };
    assert!(lost.text().contains("belongs to another deployment"), "{told}");
    whole_in_spite_of(winner, &mut loser);
    assert_eq!(wire.inventory(), found);
}

#[test]
fn a_replacement_that_is_made_before_the_old_one_goes_says_that_the_name_is_taken() {
    let (wire, mut old) = fresh();
    let found = wire.inventory();
    let mut new = old.clone();
    let ran = old.apply();
    assert!(ran.succeeded(), "{}", ran.text());
    let lost = new.apply();
    assert!(!lost.succeeded());
    assert!(lost.text().contains("belongs to another deployment"), "{}", lost.text());
    whole_in_spite_of(old, &mut new);
    assert_eq!(wire.inventory(), found);
}

/// One deployment is whole, before and after the other, which has lost its name to it, is destroyed; then it goes too.
fn whole_in_spite_of(mut winner: Terraform, loser: &mut Terraform) {
    assert!(parts(&winner).len() > parts(loser).len());
    for _ in 0..2 {
        let (ran, settled) = winner.plan();
        assert!(settled, "{}", ran.text());
        let ran = loser.destroy();
        assert!(ran.succeeded(), "{}", ran.text());
    }
    let ran = winner.destroy();
    assert!(ran.succeeded(), "{}", ran.text());
}
