//! An image that a pipeline deploys, past Terraform.

use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;

use super::view::{ADDRESS, NAME, deployment, service, task_definition};
use crate::harness::{Sandbox, Wait};

/// Registers a copy of the revision that runs, with one change; answers its ARN.
pub fn revision(
    sandbox: &Sandbox,
    change: impl Fn(RegisterTaskDefinitionFluentBuilder) -> RegisterTaskDefinitionFluentBuilder,
) -> String {
    let is = task_definition(sandbox);
    let copy = sandbox
        .aws
        .ecs
        .register_task_definition()
        .family(is.family().unwrap())
        .set_container_definitions(is.container_definitions)
        .set_volumes(is.volumes)
        .set_requires_compatibilities(is.requires_compatibilities)
        .set_network_mode(is.network_mode)
        .set_cpu(is.cpu)
        .set_memory(is.memory)
        .set_task_role_arn(is.task_role_arn)
        .set_execution_role_arn(is.execution_role_arn)
        .set_runtime_platform(is.runtime_platform);
    let registered = change(copy).send().wait().unwrap();
    registered
        .task_definition()
        .unwrap()
        .task_definition_arn()
        .unwrap()
        .to_owned()
}

/// What a pipeline does: registers a revision with another image and makes the service run it.
pub fn pipeline_deploys(sandbox: &Sandbox, image: &str) {
    let mut containers = task_definition(sandbox).container_definitions().to_vec();
    containers[0].image = Some(image.to_owned());
    let arn = revision(sandbox, |request| {
        request.set_container_definitions(Some(containers.clone()))
    });
    let update = sandbox
        .aws
        .ecs
        .update_service()
        .cluster(NAME)
        .service(NAME)
        .task_definition(arn);
    update.send().wait().unwrap();
}

fn image(sandbox: &Sandbox) -> String {
    task_definition(sandbox).container_definitions()[0]
        .image()
        .unwrap()
        .to_owned()
}

/// A deployment whose image is left to the pipeline.
pub const IGNORED: &str =
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
