//! What Amazon ECS runs of a deployment, whose cluster, service and task definition have its name.

use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;
use aws_sdk_ecs::types::{DesiredStatus, Service, ServiceField, TaskDefinition};

use crate::harness::{Sandbox, Wait, wait_until};

/// The service.
pub fn service(sandbox: &Sandbox, name: &str) -> Service {
    let request = sandbox.aws.ecs.describe_services().cluster(name).services(name);
    let answer = request.include(ServiceField::Tags).send().wait();
    answer.unwrap().services().first().expect("a service").clone()
}

/// The task definition that the service runs.
pub fn task_definition(sandbox: &Sandbox, name: &str) -> TaskDefinition {
    let service = service(sandbox, name);
    let arn = service.task_definition().expect("a task definition");
    let request = sandbox.aws.ecs.describe_task_definition().task_definition(arn);
    let answer = request.send().wait().unwrap();
    answer.task_definition().expect("a task definition").clone()
}

/// Registers a copy of a revision with one change; answers its ARN.
pub fn revision(
    sandbox: &Sandbox,
    is: TaskDefinition,
    change: impl Fn(RegisterTaskDefinitionFluentBuilder) -> RegisterTaskDefinitionFluentBuilder,
) -> String {
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
    let registered = registered.task_definition().unwrap();
    registered.task_definition_arn().unwrap().to_owned()
}

/// Deletes the service, and waits until it and its tasks are gone.
pub fn delete_service(sandbox: &Sandbox, name: &str) {
    let ecs = &sandbox.aws.ecs;
    let request = ecs.delete_service().cluster(name).service(name).force(true);
    request.send().wait().unwrap();
    wait_until("the service is gone", || {
        let answer = ecs.describe_services().cluster(name).services(name).send().wait();
        let inactive = |service: &Service| service.status() == Some("INACTIVE");
        let running = ecs.list_tasks().cluster(name).desired_status(DesiredStatus::Running);
        let running = running.send().wait().unwrap();
        answer.unwrap().services().iter().all(inactive) && running.task_arns().is_empty()
    });
}

/// Deletes a role with what is attached to it.
pub fn delete_role(sandbox: &Sandbox, role: &str) {
    let iam = &sandbox.aws.iam;
    let attached = iam.list_attached_role_policies().role_name(role).send().wait().unwrap();
    for policy in attached.attached_policies() {
        let request = iam.detach_role_policy().role_name(role);
        request.policy_arn(policy.policy_arn().unwrap()).send().wait().unwrap();
    }
    let inline = iam.list_role_policies().role_name(role).send().wait().unwrap();
    for policy in inline.policy_names() {
        let request = iam.delete_role_policy().role_name(role).policy_name(policy);
        request.send().wait().unwrap();
    }
    iam.delete_role().role_name(role).send().wait().unwrap();
}

/// Deletes a log group behind Terraform's back.
pub fn delete_log_group(sandbox: &Sandbox, name: &str) {
    let request = sandbox.aws.logs.delete_log_group().log_group_name(name);
    request.send().wait().unwrap();
}
