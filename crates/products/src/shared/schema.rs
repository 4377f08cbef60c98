//! Attributes that more than one resource has, each described once.

use std::time::Duration;

use crate::{checks, parts};
use framework::validators::{Validator, arn, custom, each, iam_path, keys, non_empty, one_of, range, unique};
use framework::{Attribute, Block, Type};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);

/// How long logs are kept where nothing else is said, in days. The guides say nothing of it; a month is ours.
pub const LOG_RETENTION: i64 = 30;

/// `name`
pub fn name() -> Attribute {
    Attribute::string(
        "name",
        "The deployment's name, from which the name of every AWS object in it is derived: 1 to 32 letters, digits \
         and hyphens. One AWS account and region holds one deployment of a name. Changing it makes a new deployment.",
    )
    .required()
    .replaces()
    .validate(custom(
        "1 to 32 letters, digits and hyphens, starting with a letter and not ending with a hyphen (the longest name \
         derived from it, of a role, has room for no more)",
        checks::is_deployment_name,
    ))
}

/// `vpc_id`
pub fn vpc_id() -> Attribute {
    Attribute::string("vpc_id", "The VPC to run in. Changing it makes a new deployment.")
        .required()
        .replaces()
        .validate(custom("a VPC id such as vpc-0123456789abcdef0", |s| {
            checks::is_id(s, "vpc")
        }))
}

/// A list of subnets, each in a zone of its own.
pub fn subnet_ids(name: &'static str, description: &'static str) -> Attribute {
    Attribute::list(name, Type::String, description)
        .validate(non_empty())
        .validate(unique())
        .validate(each(custom("a subnet id such as subnet-0123456789abcdef0", |s| {
            checks::is_id(s, "subnet")
        })))
}

/// A list or set of security groups.
pub fn security_group_ids(description: &'static str) -> Attribute {
    Attribute::set("security_group_ids", Type::String, description)
        .optional()
        .validate(each(custom("a security group id such as sg-0123456789abcdef0", |s| {
            checks::is_id(s, "sg")
        })))
}

/// `environment`, whose names pass the validator, and `secrets`.
pub fn environment(description: &'static str, names: impl Validator + 'static) -> [Attribute; 2] {
    [
        Attribute::map("environment", Type::String, description)
            .optional()
            .validate(keys(names)),
        Attribute::map(
            "secrets",
            Type::String,
            "Environment variables whose values ECS fetches at start: name to the ARN of a Secrets Manager secret or an \
             SSM parameter. The execution role is allowed to read just these.",
        )
        .optional()
        .validate(keys(variable_name()))
        .validate(each(custom("the ARN of a secret or of a parameter", checks::is_secret_arn))),
    ]
}

/// A name that a variable can have.
pub fn variable_name() -> impl Validator {
    custom(
        "letters, digits and underscores, not starting with a digit",
        checks::is_variable_name,
    )
}

/// `stop_timeout`
pub fn stop_timeout(description: &'static str, default: i64) -> Attribute {
    Attribute::number("stop_timeout", description)
        .default(default)
        .validate(range(1..=120))
}

/// `permissions_boundary`. `bounded` completes "a policy that bounds".
pub fn permissions_boundary(bounded: &str) -> Attribute {
    Attribute::string(
        "permissions_boundary",
        format!("The ARN of a policy that bounds {bounded}"),
    )
    .optional()
    .validate(arn("iam"))
}

/// How a deployment is watched and bounded: `log_retention_in_days`, `enable_execute_command`, `container_insights`,
/// `permissions_boundary`, `iam_path`, `tags`.
pub fn operations() -> Vec<Attribute> {
    vec![
        Attribute::number(
            "log_retention_in_days",
            "How long logs are kept, in days; `0` is for ever. Defaults to `30`.",
        )
        .default(LOG_RETENTION)
        .validate(one_of(checks::RETENTION_DAYS)),
        Attribute::bool(
            "enable_execute_command",
            "Whether `aws ecs execute-command` works. Defaults to `false`.",
        )
        .default(false),
        Attribute::bool(
            "container_insights",
            "Whether the cluster collects Container Insights. Defaults to `false`.",
        )
        .default(false),
        permissions_boundary("the roles."),
        Attribute::string(
            "iam_path",
            "The path of the roles. Defaults to `/`. Changing it makes a new deployment.",
        )
        .default("/")
        .replaces()
        .validate(iam_path()),
        Attribute::map(
            "tags",
            Type::String,
            "Tags of every object of the deployment that can carry tags.",
        )
        .optional(),
    ]
}

/// How a deployment is changed and ended: `force_new_deployment`, `deletion_protection`, `on_create_failure`,
/// `adopt_existing`, `wait_for_steady_state`.
pub fn behaviour() -> Vec<Attribute> {
    let [protection, failure, adoption] = ends(&Ends {
        replaced: "the deployment or its data",
        failure: "`auto` (default): what this create made is deleted again, unless all was made and only the tasks do not \
                  come up: then it stays, as evidence. `rollback`: always deleted. `keep`: always kept.",
        left: "the parts that an earlier deployment",
    });
    vec![
        protection,
        failure,
        adoption,
        Attribute::bool(
            "force_new_deployment",
            "Whether every update of the service starts new tasks, even where the task definition stays. Turning it on \
             is itself such an update. Defaults to `false`.",
        )
        .default(false),
        Attribute::bool(
            "wait_for_steady_state",
            "Whether an apply waits until the tasks it started run. Defaults to `true`.",
        )
        .default(true),
    ]
}

/// What the descriptions of [`ends`] say of a resource.
pub struct Ends {
    /// What a change could replace: `the network`.
    pub replaced: &'static str,
    /// What becomes of a create that fails, by each value.
    pub failure: &'static str,
    /// What a create may find: `the parts that an earlier network`.
    pub left: &'static str,
}

/// How a resource of several objects begins and ends: `deletion_protection`, `on_create_failure`, `adopt_existing`.
pub fn ends(words: &Ends) -> [Attribute; 3] {
    [
        Attribute::bool(
            "deletion_protection",
            format!(
                "While `true`, a destroy, and every change that would replace {}, is refused at plan. Defaults to `false`.",
                words.replaced
            ),
        )
        .default(false),
        Attribute::string(
            "on_create_failure",
            format!("What becomes of a create that fails. {}", words.failure),
        )
        .default("auto")
        .validate(one_of(["auto", "rollback", "keep"])),
        Attribute::bool(
            "adopt_existing",
            format!(
                "Whether a create takes over {} of this name left behind, known by their tags. Defaults to `false`: they are \
                 listed, and nothing is touched.",
                words.left
            ),
        )
        .default(false),
    ]
}

/// What becomes of a failed create of a resource that runs no tasks.
pub const DELETED_AGAIN: &str =
    "`auto` (default) and `rollback`: what this create made is deleted again. `keep`: it is kept.";

/// What every deployment puts out: ids and ARNs of the parts that others refer to, `tags_all` and `components`.
pub fn outputs(service_arn: &'static str, file_system_id: &'static str) -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    vec![
        text("id", "The deployment's own id, in the tag `thatdot:deployment-id` of every object that can carry tags."),
        Attribute::list("vpc_cidr_blocks", Type::String, "The IPv4 address ranges of the VPC.").computed(),
        text("cluster_arn", "The ARN of the cluster."),
        text("service_arn", service_arn),
        text("task_definition_arn", "The ARN of the current revision of the task definition."),
        text("task_role_arn", "The ARN of the role that the container has."),
        text("execution_role_arn", "The ARN of the role that starts the container."),
        text("task_role_name", "The name of the role that the container has, to attach policies to."),
        text("file_system_id", file_system_id),
        Attribute::list("security_group_ids", Type::String, "The security groups of the task.").computed(),
        text("log_group_name", "The name of the log group."),
        Attribute::map("tags_all", Type::String, "`tags` and the provider's `default_tags`.").computed(),
        Attribute::map("components", parts::part_type(), "The AWS objects that the deployment is made of, by their part in it: `type`, `id`, `arn` and `status` (`ready`, `missing`, `drifted: …`, `pending`). A plan shows each; with a file system in subnets that are known only after apply it shows none, since each mount target is named by its subnet.")
            .computed(),
    ]
}

/// `timeouts {}`
pub fn timeouts() -> Block {
    Block::timeouts(&[
        ("create", HALF_AN_HOUR),
        ("read", Duration::from_mins(5)),
        ("update", HALF_AN_HOUR),
        ("delete", HALF_AN_HOUR),
    ])
}
