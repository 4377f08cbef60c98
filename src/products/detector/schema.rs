//! The schema of `thatdot_detector_deployment`.

use std::time::Duration;

use super::vendor;
use crate::framework::validators::{arn, cidr, custom, each, iam_path, length, non_empty, one_of, range, unique};
use crate::framework::{Attribute, Block, Schema, Type};
use crate::products::{checks, parts};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);

/// The schema, version 0.
pub fn schema() -> Schema {
    let mut attributes = placement();
    attributes.extend(container());
    attributes.extend(operations());
    attributes.extend(behaviour());
    attributes.extend(computed());
    Schema::new(
        0,
        "A whole, running thatDot Anomaly Detector on AWS Fargate: cluster, log group, roles with Marketplace metering, \
         security groups, optionally an encrypted EFS volume, task definition, and the service (or single task) that \
         runs it. Planned, applied, repaired, imported and destroyed as one.",
        attributes,
        vec![
            persistence(),
            ingress(),
            existing(),
            Block::timeouts(&[
                ("create", HALF_AN_HOUR),
                ("read", Duration::from_mins(5)),
                ("update", HALF_AN_HOUR),
                ("delete", HALF_AN_HOUR),
            ]),
        ],
    )
}

fn placement() -> Vec<Attribute> {
    vec![
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
        )),
        Attribute::string("vpc_id", "The VPC to run in. Changing it makes a new deployment.")
            .required()
            .replaces()
            .validate(custom("a VPC id such as vpc-0123456789abcdef0", |s| checks::is_id(s, "vpc"))),
        Attribute::list(
            "subnet_ids",
            Type::String,
            "The subnets the task may run in, of that VPC and each in a zone of its own. A task needs a way out to the \
             image registry: a public subnet with `assign_public_ip`, or a private one with a NAT gateway or endpoints.",
        )
        .required()
        .validate(non_empty())
        .validate(unique())
        .validate(each(custom("a subnet id such as subnet-0123456789abcdef0", |s| checks::is_id(s, "subnet")))),
        Attribute::bool("assign_public_ip", "Whether the task gets a public address. Defaults to `false`.").default(false),
    ]
}

fn container() -> Vec<Attribute> {
    vec![
        Attribute::string("image", "The container image. Defaults to the one that the vendor's guide names.")
            .default(vendor::IMAGE)
            .validate(length(1..=512)),
        Attribute::number("cpu", "CPU units of the task, 1024 to the vCPU. Defaults to `2048`.")
            .default(vendor::CPU)
            .validate(one_of([256, 512, 1024, 2048, 4096, 8192, 16384])),
        Attribute::number(
            "memory",
            "Memory of the task in MiB; Fargate has fixed pairs of `cpu` and `memory`. Defaults to `6144`.",
        )
        .default(vendor::MEMORY)
        .validate(range(512..=122_880)),
        Attribute::number(
            "ephemeral_storage_gib",
            "The task's own disk in GiB, 21 to 200. Left out, the task has Fargate's 20 GiB.",
        )
        .optional()
        .validate(range(21..=200)),
        Attribute::map("environment", Type::String, "Environment variables of the container.")
            .optional()
            .validate(custom_keys()),
        Attribute::map(
            "secrets",
            Type::String,
            "Environment variables whose values ECS fetches at start: name to the ARN of a Secrets Manager secret or an \
             SSM parameter. The execution role is allowed to read just these.",
        )
        .optional()
        .validate(custom_keys())
        .validate(each(custom("the ARN of a secret or of a parameter", checks::is_secret_arn))),
        Attribute::number(
            "stop_timeout",
            "Seconds the container has between the signal to stop and the kill, 1 to 120. Defaults to `120`: the \
             detector writes its state when it stops.",
        )
        .default(120)
        .validate(range(1..=120)),
    ]
}

fn custom_keys() -> impl crate::framework::validators::Validator {
    crate::framework::validators::keys(custom(
        "letters, digits and underscores, not starting with a digit",
        checks::is_variable_name,
    ))
}

fn operations() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "run_as",
            "`service` (default): ECS keeps the task running. `task`: one task is run, as the guide does by hand, and \
             made again by the next apply when it has ended.",
        )
        .default("service")
        .validate(one_of(["service", "task"])),
        Attribute::number(
            "desired_count",
            "How many tasks run. Defaults to `1`; more is refused with `persistence`, whose volume has one writer.",
        )
        .default(1)
        .validate(range(0..=1000)),
        Attribute::string(
            "platform_version",
            "The Fargate platform version, `1.4.0` or later (or `LATEST`): earlier ones cannot mount EFS. Defaults to `1.4.0`.",
        )
        .default("1.4.0")
        .validate(custom("LATEST or a version such as 1.4.0", checks::is_platform_version)),
        Attribute::number("log_retention_in_days", "How long logs are kept, in days; `0` is for ever. Defaults to `30`.")
            .default(vendor::LOG_RETENTION)
            .validate(one_of(checks::RETENTION_DAYS)),
        Attribute::bool("enable_execute_command", "Whether `aws ecs execute-command` works. Defaults to `false`.")
            .default(false),
        Attribute::bool("container_insights", "Whether the cluster collects Container Insights. Defaults to `false`.")
            .default(false),
        Attribute::string("permissions_boundary", "The ARN of a policy that bounds the roles.").optional().validate(arn("iam")),
        Attribute::string("iam_path", "The path of the roles. Defaults to `/`. Changing it makes a new deployment.")
            .default("/")
            .replaces()
            .validate(iam_path()),
        Attribute::map("tags", Type::String, "Tags of every object of the deployment that can carry tags.").optional(),
    ]
}

fn behaviour() -> Vec<Attribute> {
    vec![
        Attribute::bool(
            "force_new_deployment",
            "Whether every update of the service starts new tasks, even where the task definition stays. Turning it on \
             is itself such an update. Defaults to `false`.",
        )
        .default(false),
        Attribute::bool(
            "deletion_protection",
            "While `true`, a destroy, and every change that would replace the deployment or its data, is refused at \
             plan. Defaults to `false`.",
        )
        .default(false),
        Attribute::string(
            "on_create_failure",
            "What becomes of a create that fails. `auto` (default): what this create made is deleted again, unless all \
             was made and only the tasks do not come up: then it stays, as evidence. `rollback`: always deleted. \
             `keep`: always kept.",
        )
        .default("auto")
        .validate(one_of(["auto", "rollback", "keep"])),
        Attribute::bool(
            "adopt_existing",
            "Whether a create takes over the parts that an earlier deployment of this name left behind, known by their \
             tags. Defaults to `false`: they are listed, and nothing is touched.",
        )
        .default(false),
        Attribute::bool(
            "wait_for_steady_state",
            "Whether an apply waits until the tasks it started run. Defaults to `true`.",
        )
        .default(true),
    ]
}

fn persistence() -> Block {
    Block::single(
        "persistence",
        "Keeps the detector's state (`/var/thatdot`) on an EFS volume that outlives the task. Left out, there is none.",
        vec![
            Attribute::string(
                "file_system_id",
                "A file system of your own, used through its own mount targets; no other setting of this block but \
                 `root_directory` and `access_point` goes with it.",
            )
            .optional()
            .validate(custom("a file system id such as fs-0123456789abcdef0", |s| checks::is_id(s, "fs"))),
            Attribute::bool("encrypted", "Whether the volume is encrypted at rest. Defaults to `true`. A change makes a new, empty volume.")
                .default(true),
            Attribute::string("kms_key_id", "The ARN of the key it is encrypted with. Defaults to AWS's own key for EFS. A change makes a new, empty volume.")
                .optional()
                .validate(arn("kms")),
            Attribute::bool("backup", "Whether AWS Backup keeps daily copies. Defaults to `true`.").default(true),
            Attribute::string("performance_mode", "`generalPurpose` (default) or `maxIO`. A change makes a new, empty volume.")
                .default("generalPurpose")
                .validate(one_of(["generalPurpose", "maxIO"])),
            Attribute::string("throughput_mode", "`bursting` (default) or `elastic`.")
                .default("bursting")
                .validate(one_of(["bursting", "elastic"])),
            Attribute::string("transition_to_ia", "When files that nobody reads move to cheaper storage: `AFTER_30_DAYS` and the like. Left out: never.")
                .optional()
                .validate(one_of(checks::TRANSITIONS)),
            Attribute::string("root_directory", "The folder of the volume that is mounted. Defaults to `/`.")
                .default("/")
                .validate(custom("an absolute path", checks::is_absolute_path)),
        ],
        vec![Block::single(
            "access_point",
            "Mounts the volume through an access point, which fixes the folder and the user and group that own what is written.",
            vec![
                Attribute::string("path", "The folder it shows as `/`; made where it is missing.")
                    .required()
                    .validate(custom("an absolute path", checks::is_absolute_path)),
                Attribute::number("uid", "The user id.").required().validate(range(0..=4_294_967_295)),
                Attribute::number("gid", "The group id.").required().validate(range(0..=4_294_967_295)),
                Attribute::string("permissions", "The mode that the folder is made with. Defaults to `0755`.")
                    .default("0755")
                    .validate(custom("three or four octal digits", checks::is_mode)),
            ],
            vec![],
        )],
    )
}

fn ingress() -> Block {
    Block::single(
        "ingress",
        "Who reaches the detector's port, 8080. Left out: the VPC's own address ranges, and nobody else.",
        vec![
            Attribute::set("cidr_blocks", Type::String, "Address ranges, IPv4 or IPv6.")
                .optional()
                .validate(each(cidr())),
            Attribute::set("security_group_ids", Type::String, "Members of these security groups.")
                .optional()
                .validate(each(custom("a security group id such as sg-0123456789abcdef0", |s| {
                    checks::is_id(s, "sg")
                }))),
        ],
        vec![],
    )
}

fn existing() -> Block {
    Block::single(
        "existing",
        "Parts of your own that the deployment uses instead of making them. It never changes or deletes them.",
        vec![
            Attribute::string("cluster_arn", "An ECS cluster.").optional().validate(arn("ecs")),
            Attribute::string(
                "task_role_arn",
                "The role that the container has. It needs `aws-marketplace:RegisterUsage` and `aws-marketplace:MeterUsage`.",
            )
            .optional()
            .validate(arn("iam")),
            Attribute::string("execution_role_arn", "The role that fetches the image and the secrets and writes the logs.")
                .optional()
                .validate(arn("iam")),
            Attribute::set(
                "security_group_ids",
                Type::String,
                "Security groups of the task, instead of ours; `ingress` then does not apply.",
            )
            .optional()
            .validate(non_empty())
            .validate(each(custom("a security group id such as sg-0123456789abcdef0", |s| checks::is_id(s, "sg")))),
            Attribute::string("log_group_name", "A CloudWatch log group; `log_retention_in_days` then does not apply.")
                .optional()
                .validate(length(1..=512)),
        ],
        vec![],
    )
}

fn computed() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    vec![
        text("id", "The deployment's own id, in the tag `thatdot:deployment-id` of every object that can carry tags."),
        Attribute::list("vpc_cidr_blocks", Type::String, "The IPv4 address ranges of the VPC.").computed(),
        text("url", "Where the detector's user interface answers: the public address where `ingress` lets someone outside the VPC in, else the private one."),
        text("docs_url", "Where the detector's API documentation answers."),
        text("public_ip", "The running task's public address."),
        text("private_ip", "The running task's private address."),
        text("cluster_arn", "The ARN of the cluster."),
        text("service_arn", "The ARN of the service; null with `run_as = \"task\"`."),
        text("task_definition_arn", "The ARN of the current revision of the task definition."),
        text("task_role_arn", "The ARN of the role that the container has."),
        text("execution_role_arn", "The ARN of the role that starts the container."),
        text("task_role_name", "The name of the role that the container has, to attach policies to."),
        text("file_system_id", "The id of the file system; null without `persistence`."),
        Attribute::list("security_group_ids", Type::String, "The security groups of the task.").computed(),
        text("log_group_name", "The name of the log group."),
        Attribute::map("tags_all", Type::String, "`tags` and the provider's `default_tags`.").computed(),
        Attribute::map("components", parts::part_type(), "The AWS objects that the deployment is made of, by their part in it: `type`, `id`, `arn` and `status` (`ready`, `missing`, `drifted: …`, `pending`).")
            .computed(),
    ]
}
