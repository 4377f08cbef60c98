//! An image that a pipeline deploys, past Terraform.

use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;

use super::view::{ADDRESS, NAME, deployment, service, task_definition};
use crate::ecs;
use crate::harness::{Sandbox, Wait};

/// Registers a copy of the revision that runs, with one change; answers its ARN.
pub fn revision(
    sandbox: &Sandbox,
    change: impl Fn(RegisterTaskDefinitionFluentBuilder) -> RegisterTaskDefinitionFluentBuilder,
) -> String {
    ecs::revision(sandbox, task_definition(sandbox), change)
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
