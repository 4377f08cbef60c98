//! The schema of `thatdot_detector_deployment`.

use super::vendor;
use crate::checks;
use crate::shared::{capacity, existing, load_balancer, schema as common};
use framework::validators::{arn, cidr, custom, each, length, one_of, range};
use framework::{Attribute, Block, Schema, Type};

/// The schema, version 0.
pub fn schema() -> Schema {
    let mut attributes = placement();
    attributes.extend(container());
    attributes.extend(operations());
    attributes.extend(common::operations());
    attributes.extend(common::behaviour());
    attributes.extend(computed());
    Schema::new(
        0,
        "A whole, running thatDot Anomaly Detector on AWS Fargate or on EC2 hosts: cluster, log group, roles with \
         Marketplace metering, security groups, optionally an encrypted EFS volume and a load balancer, task definition, \
         and the service (or single task) that runs it. Planned, applied, repaired, imported and destroyed as one.",
        attributes,
        vec![
            capacity::block(
                &vendor::HOSTS,
                "EC2 hosts for the tasks, which stand in `subnet_ids` and that ECS starts and ends as tasks need them. They have \
                 no public address, nor have their tasks, so the subnets lead out by a NAT gateway or endpoints. Left out: \
                 Fargate. A service moves from one to the other in place.",
            ),
            persistence(),
            ingress(),
            load_balancer::block("Where it stands, in two zones at least. Left out: `subnet_ids`."),
            existing::block(
                "The role that the container has. It needs `aws-marketplace:RegisterUsage` and `aws-marketplace:MeterUsage`.",
                "Security groups of the task, instead of ours; `ingress` then does not apply, and they must let the load balancer in.",
            ),
            common::timeouts(),
        ],
    )
}

fn placement() -> Vec<Attribute> {
    vec![
        common::name(),
        common::vpc_id(),
        common::subnet_ids(
            "subnet_ids",
            "The subnets the task may run in, of that VPC and each in a zone of its own. A task needs a way out to the \
             image registry: a public subnet with `assign_public_ip`, or a private one with a NAT gateway or endpoints. \
             Changed in place: the service moves to the new subnets, and only then what stands in the old ones goes. With \
             `persistence`, a subnet exchanged for another one of its own zone is the exception: a zone has room for one \
             mount target, so that the old one goes before the new one is made. For these minutes the running task's file \
             operations wait (nothing is lost); then it makes way for one in the new subnet.",
        )
        .required(),
        Attribute::bool("assign_public_ip", "Whether the task gets a public address, which only Fargate gives. Defaults to `false`.").default(false),
    ]
}

fn container() -> Vec<Attribute> {
    let mut attributes = vec![
        Attribute::string(
            "image",
            "The container image. Defaults to the one that the vendor's guide names.",
        )
        .default(vendor::IMAGE)
        .validate(length(1..=512)),
        Attribute::number("cpu", "CPU units of the task, 1024 to the vCPU. Defaults to `2048`.")
            .default(vendor::CPU)
            .validate(range(128..=196_608)),
        Attribute::number(
            "memory",
            "Memory of the task in MiB; Fargate has fixed pairs of `cpu` and `memory`. Defaults to `6144`.",
        )
        .default(vendor::MEMORY)
        .validate(range(512..=1_000_000)),
        Attribute::number(
            "ephemeral_storage_gib",
            "The task's own disk in GiB, 21 to 200. Left out, the task has Fargate's 20 GiB. On hosts it has a part of their disk.",
        )
        .optional()
        .validate(range(21..=200)),
    ];
    attributes.extend(common::environment(
        "Environment variables of the container.",
        common::variable_name(),
    ));
    attributes.push(common::stop_timeout(
        "Seconds the container has between the signal to stop and the kill, 1 to 120. Defaults to `120`: the \
         detector writes its state when it stops.",
        120,
    ));
    attributes
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
            "The Fargate platform version, `1.4.0` or later (or `LATEST`): earlier ones cannot mount EFS. Defaults to `1.4.0`; on hosts there is none.",
        )
        .default("1.4.0")
        .validate(custom("LATEST or a version such as 1.4.0", checks::is_platform_version)),
        load_balancer::grace(", and there is none without `load_balancer`"),
    ]
}

fn persistence() -> Block {
    Block::single(
        "persistence",
        "Keeps the detector's state (`/var/thatdot`) on an EFS volume that outlives the task. Left out, there is none.",
        vec![
            Attribute::string(
                "file_system_id",
                "A file system of your own, used through its own mount targets, which must let the task in (with `capacity`, the \
                 hosts, whose group is `components[\"security_group_hosts\"]`); no other setting of this block but \
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
            Attribute::bool(
                "retain_on_destroy",
                "Whether the volume stays, with all that it holds, when the deployment is destroyed or the block removed. It is \
                 found by its tags and its deployment's name: the next create of that name takes it over with \
                 `adopt_existing = true`. Meanwhile it costs what it stores. Defaults to `false`.",
            )
            .default(false),
            Attribute::string("root_directory", "The folder of the volume that is mounted. Defaults to `/`.")
                .default("/")
                .validate(custom("an absolute path", checks::is_absolute_path)),
        ],
        vec![Block::single(
            "access_point",
            "Mounts the volume through an access point, which fixes the folder and the user and group that own what is written. A change makes a new access point; the volume and what it holds stay.",
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
        "Who reaches the port of the tasks themselves, 8080. Left out: the VPC's own address ranges, and nobody else; with \
         `load_balancer`, that alone. Whom the load balancer lets in, its own `ingress_cidr_blocks` say.",
        vec![
            Attribute::set("cidr_blocks", Type::String, "Address ranges, IPv4 or IPv6.")
                .optional()
                .validate(each(cidr())),
            common::security_group_ids("Members of these security groups."),
        ],
        vec![],
    )
}

fn computed() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    let mut attributes = vec![
        text(
            "url",
            "Where the detector's user interface answers: the load balancer where there is one; else the task's public address where `ingress` lets someone outside the VPC in, else its private one.",
        ),
        text("docs_url", "Where the detector's API documentation answers."),
        text("public_ip", "The running task's public address."),
        text("private_ip", "The running task's private address."),
    ];
    attributes.extend(load_balancer::outputs());
    attributes.extend(capacity::outputs("without `capacity`"));
    attributes.extend(common::outputs(
        "The ARN of the service; null with `run_as = \"task\"`.",
        "The id of the file system; null without `persistence`.",
    ));
    let zones = "The availability zone of each of `subnet_ids`, in their order.";
    attributes.push(Attribute::list("availability_zones", Type::String, zones).computed());
    attributes
}
