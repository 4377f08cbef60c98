//! An image that a pipeline deploys, past Terraform.

use super::view::{ADDRESS, NAME, deployment, service, task_definition};
use crate::harness::{Sandbox, Wait};

/// What a pipeline does: registers a revision with another image and makes the service run it.
fn pipeline_deploys(sandbox: &Sandbox, image: &str) {
    let definition = task_definition(sandbox);
    let mut containers = definition.container_definitions().to_vec();
    containers[0].image = Some(image.to_owned());
    let ecs = &sandbox.aws.ecs;
    let registered = ecs
        .register_task_definition()
        .family(definition.family().unwrap())
        .set_container_definitions(Some(containers))
        .set_volumes(Some(definition.volumes().to_vec()))
        .set_requires_compatibilities(Some(definition.requires_compatibilities().to_vec()))
        .set_network_mode(definition.network_mode().cloned())
        .set_cpu(definition.cpu().map(str::to_owned))
        .set_memory(definition.memory().map(str::to_owned))
        .set_task_role_arn(definition.task_role_arn().map(str::to_owned))
        .set_execution_role_arn(definition.execution_role_arn().map(str::to_owned))
        .set_runtime_platform(definition.runtime_platform().cloned())
        .send()
        .wait()
        .unwrap();
    let arn = registered
        .task_definition()
        .unwrap()
        .task_definition_arn()
        .unwrap()
        .to_owned();
    ecs.update_service()
        .cluster(NAME)
        .service(NAME)
        .task_definition(arn)
        .send()
        .wait()
        .unwrap();
}

fn image(sandbox: &Sandbox) -> String {
    task_definition(sandbox).container_definitions()[0]
        .image()
        .unwrap()
        .to_owned()
}

const IGNORED: &str =
    "  persistence {}\n  image = \"example.com/novelty:v1\"\n  lifecycle {\n    ignore_changes = [image]\n  }";

#[test]
fn an_image_that_a_pipeline_deployed_is_left_alone_where_changes_are_ignored() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, IGNORED));
    pipeline_deploys(&sandbox, "example.com/novelty:v2");
    sandbox.assert_settled();

    sandbox.apply(&deployment(&sandbox, &format!("{IGNORED}\n  memory = 8192")));
    assert_eq!(
        image(&sandbox),
        "example.com/novelty:v2",
        "another change keeps the pipeline's image"
    );
    assert_eq!(task_definition(&sandbox).memory(), Some("8192"));
    sandbox.destroy();
}

#[test]
fn without_that_the_plan_shows_the_image_and_puts_it_back() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  image = \"example.com/novelty:v1\""));
    pipeline_deploys(&sandbox, "example.com/novelty:v2");
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    assert_eq!(change.before.text("image"), "example.com/novelty:v2");
    assert_eq!(change.after.text("image"), "example.com/novelty:v1");
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(image(&sandbox), "example.com/novelty:v1");
    assert_eq!(service(&sandbox).running_count(), 1);
    sandbox.destroy();
}
