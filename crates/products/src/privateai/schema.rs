//! The schema of `thatdot_privateai_deployment`: every attribute, its default, its validators, its description.

use super::vendor;
use crate::checks;
use crate::shared::{capacity, existing, load_balancer, schema as common};
use framework::validators::{arn, cidr, custom, each, length, non_empty, one_of, range};
use framework::{Attribute, Block, Schema, Type};

/// The schema, version 0.
pub fn schema() -> Schema {
    let mut attributes = placement();
    attributes.extend(container());
    attributes.extend(rolling());
    attributes.extend(common::operations());
    attributes.extend(common::behaviour());
    attributes.extend(computed());
    Schema::new(
        0,
        "A whole, running Private AI de-identification service on Amazon ECS: cluster, hosts that scale (or Fargate), roles, \
         security groups, licence, task definition and service, and on request a load balancer, an HTTP API, a bastion and \
         automatic scaling. Planned, applied, repaired, imported and destroyed as one.",
        attributes,
        vec![
            capacity::block(
                &vendor::HOSTS,
                "EC2 hosts for the tasks, which the vendor advises. Left out, with `fargate` left out too: hosts with the defaults.",
            )
            .conflicts_with(&["fargate"]),
            fargate(),
            license(),
            load_balancer::block(
                "Where it stands, in two zones at least. Left out: the private subnets, if it is internal, else the public ones.",
            ),
            api_gateway(),
            bastion(),
            autoscaling(),
            ordered_placement_strategy(),
            existing::block(
                "The role that the container has. With `marketplace` it needs `aws-marketplace:RegisterUsage`.",
                "Security groups of hosts and tasks, instead of ours. They must let the load balancer and the bastion in. Hosts that \
                 run keep the groups that they have until they are replaced: see `capacity.instance_refresh`.",
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
            "private_subnet_ids",
            "The private subnets for hosts, tasks and whatever is internal, each in a zone of its own. They need a way out to \
             the image registry: a NAT gateway, or endpoints.",
        )
        .required(),
        common::subnet_ids(
            "public_subnet_ids",
            "The public subnets for the bastion and for an internet-facing load balancer, each in a zone of its own.",
        )
        .optional(),
        Attribute::set(
            "egress_cidr_blocks",
            Type::String,
            "The address ranges that hosts and tasks may connect to. Left out: every address.",
        )
        .optional()
        .validate(non_empty())
        .validate(each(cidr())),
    ]
}

fn container() -> Vec<Attribute> {
    let mut attributes = vec![
        Attribute::string("image", "The container image: the one in a registry of yours (`thatdot_container_image`), or the Marketplace's.")
            .required()
            .validate(length(1..=512)),
        Attribute::number("cpu", "CPU units of the task, 1024 to the vCPU. Defaults to `1024`, on Fargate to `2048`.")
            .default(vendor::CPU)
            .validate(range(128..=196_608)),
        Attribute::number("memory", "Memory of the task in MiB. Defaults to `14336`.")
            .default(vendor::MEMORY)
            .validate(range(512..=1_000_000)),
        Attribute::bool(
            "marketplace",
            "Whether `image` is the AWS Marketplace's: it brings its licence, so `license` is left out, and the task may meter \
             its use. Defaults to `false`.",
        )
        .default(false),
    ];
    attributes.extend(common::environment(
        "Environment variables of the container. Those that Private AI knows begin with `PAI_`.",
        common::variable_name(),
    ));
    attributes.push(common::stop_timeout(
        "Seconds the container has between the signal to stop and the kill, 1 to 120. Defaults to `30`.",
        30,
    ));
    attributes
}

fn rolling() -> Vec<Attribute> {
    vec![
        Attribute::number("desired_count", "How many tasks run; with `autoscaling`, how many at first. Defaults to `1`.")
            .default(1)
            .validate(range(0..=1000)),
        Attribute::number(
            "deployment_minimum_healthy_percent",
            "How much of `desired_count` must run while a new version rolls out, in percent. Left out: as much as the hosts \
             leave room for (`0` where a new task fits only when the old one has gone, else `100`).",
        )
        .optional()
        .validate(range(0..=100)),
        Attribute::number(
            "deployment_maximum_percent",
            "How much of `desired_count` may run while a new version rolls out, in percent. Left out: `200`, or `100` where \
             the hosts leave no room.",
        )
        .optional()
        .validate(range(100..=200)),
        load_balancer::grace(": the model takes its time to load"),
    ]
}

fn fargate() -> Block {
    Block::single(
        "fargate",
        "Runs the tasks on Fargate instead of hosts. The vendor advises against it, except to save cost.",
        vec![
            Attribute::string("platform_version", "The platform version, `1.4.0` or later, or `LATEST`. Defaults to `1.4.0`.")
                .default("1.4.0")
                .validate(custom("LATEST or a version such as 1.4.0", checks::is_platform_version)),
            Attribute::number(
                "ephemeral_storage_gib",
                "The task's own disk in GiB, 21 to 200; the CPU image alone unpacks to some 8.5 GB. Left out, the task has \
                 Fargate's 20 GiB.",
            )
            .optional()
            .validate(range(21..=200)),
            Attribute::bool("spot", "Whether tasks run on spare capacity, which AWS may take back. Defaults to `false`.").default(false),
        ],
        vec![],
    )
}

fn license() -> Block {
    Block::single(
        "license",
        "The licence that the product starts with. A container of the same image writes it to `/app/license/license.json` \
         before the product starts.",
        vec![
            Attribute::string("content_wo", "The text of `license.json`. Write-only: kept in AWS Secrets Manager and nowhere else.")
                .optional()
                .sensitive()
                .write_only()
                .validate(length(1..=65_536))
                .conflicts_with(&["secret_arn"]),
            Attribute::number("content_wo_version", "The version of `content_wo`; a new number sends it again and starts new tasks.")
                .optional()
                .validate(range(1..=i64::from(i32::MAX))),
            Attribute::string("secret_arn", "A Secrets Manager secret of your own whose text is the licence.")
                .optional()
                .validate(custom("the ARN of a secret", |text| checks::is_secret_arn(text) && text.contains(":secretsmanager:"))),
            Attribute::string("kms_key_id", "The key that our secret is encrypted with. Defaults to AWS's own for Secrets Manager.")
                .optional()
                .validate(arn("kms")),
            Attribute::number(
                "recovery_window_in_days",
                "Days that our secret can be brought back after a destroy, 7 to 30; `0` (default) is none, since the licence can \
                 be put back.",
            )
            .default(0)
            .validate(custom_days()),
            Attribute::string(
                "on",
                "Where the file is kept: `task` (default), a volume that lives as long as the task, or `efs`, an encrypted EFS \
                 volume as in the vendor's guide.",
            )
            .default("task")
            .validate(one_of(["task", "efs"])),
        ],
        vec![],
    )
}

fn custom_days() -> impl framework::validators::Validator {
    let days: Vec<i64> = std::iter::once(0).chain(7..=30).collect();
    one_of(days)
}

fn api_gateway() -> Block {
    Block::single(
        "api_gateway",
        "An HTTP API in front of an internal load balancer, over a VPC link. Amazon API Gateway answers after 30 seconds at \
         most, and takes requests of up to 10 MB.",
        vec![
            Attribute::string(
                "authorization",
                "Who may call: `AWS_IAM` (signed requests of principals allowed to `execute-api:Invoke`), `JWT` (tokens of \
                 `jwt_issuer` for `jwt_audience`), or `NONE`: everybody.",
            )
            .required()
            .validate(one_of(["AWS_IAM", "JWT", "NONE"])),
            Attribute::string("jwt_issuer", "Who issues the tokens: the URL that serves its `/.well-known/openid-configuration`.")
                .optional()
                .validate(custom("a URL beginning with https://", |text| text.starts_with("https://"))),
            Attribute::set("jwt_audience", Type::String, "Whom the tokens are for: one of these must be in `aud` or `client_id`.")
                .optional()
                .validate(non_empty()),
            Attribute::set("jwt_scopes", Type::String, "The scopes of which a token must have one. Left out: any token of the issuer will do.")
                .optional()
                .validate(non_empty()),
            Attribute::number("throttling_burst_limit", "How many requests may come at once. Left out: the account's limit.")
                .optional()
                .validate(range(0..=5000)),
            Attribute::number("throttling_rate_limit", "How many requests per second may come in the long run. Left out: the account's limit.")
                .optional()
                .validate(range(0..=10_000)),
            Attribute::bool("access_log", "Whether each request is logged, to a log group of its own. Defaults to `true`.").default(true),
            Attribute::string("tls_server_name", "With an HTTPS load balancer: the name that its certificate is for.")
                .optional()
                .validate(length(1..=253)),
            Attribute::number("timeout_milliseconds", "How long the product may take to answer, 50 to 30000. Defaults to `30000`.")
                .default(30_000)
                .validate(range(50..=30_000)),
        ],
        vec![],
    )
}

fn bastion() -> Block {
    Block::single(
        "bastion",
        "An Amazon Linux 2023 host in a public subnet to look around from. `aws ssm start-session` reaches it without any \
         open port or key; with `license { on = \"efs\" }` it has the volume at `/mnt/efs/fs1`. \
         Any change but one of `ingress_cidr_blocks` makes a new host.",
        vec![
            Attribute::set("ingress_cidr_blocks", Type::String, "The address ranges that reach it by SSH. Left out: none.")
                .optional()
                .validate(non_empty())
                .validate(each(cidr())),
            Attribute::string("key_name", "An EC2 key pair, for SSH. Left out: sessions of SSM alone.").optional().validate(length(1..=255)),
            Attribute::string("instance_type", "The kind of host. Defaults to `t2.micro`.")
                .default(vendor::BASTION_TYPE)
                .validate(length(3..=64)),
            Attribute::string("subnet_id", "The public subnet that it stands in. Left out: the first of `public_subnet_ids`.")
                .optional()
                .validate(custom("a subnet id such as subnet-0123456789abcdef0", |text| checks::is_id(text, "subnet"))),
            Attribute::string("ami_id", "Its image. Left out: the Amazon Linux 2023 that is current when it is made, and that one from then on.")
                .optional()
                .validate(custom("an image id such as ami-0123456789abcdef0", |text| checks::is_id(text, "ami"))),
        ],
        vec![],
    )
}

fn autoscaling() -> Block {
    let percent = |name, what: &str| {
        Attribute::number(name, format!("The average {what} that is aimed at, in percent."))
            .optional()
            .validate(range(1..=100))
    };
    Block::single(
        "autoscaling",
        "Lets Application Auto Scaling set the number of tasks by their load; the number is then no difference.",
        vec![
            Attribute::number("min_count", "How few tasks run. Defaults to `1`.")
                .default(1)
                .validate(range(0..=1000)),
            Attribute::number("max_count", "How many tasks run at most.")
                .required()
                .validate(range(1..=1000)),
            percent("cpu_percent", "CPU load"),
            percent("memory_percent", "use of memory"),
            Attribute::number(
                "requests_per_task",
                "The requests per task and minute that are aimed at; it needs `load_balancer`.",
            )
            .optional()
            .validate(range(1..=1_000_000)),
            Attribute::number(
                "scale_in_cooldown",
                "Seconds between two steps down. Defaults to `300`.",
            )
            .default(300)
            .validate(range(0..=86_400)),
            Attribute::number(
                "scale_out_cooldown",
                "Seconds between two steps up. Defaults to `300`: a host and an image of 8.5 GB take theirs.",
            )
            .default(300)
            .validate(range(0..=86_400)),
        ],
        vec![],
    )
}

fn ordered_placement_strategy() -> Block {
    Block::list(
        "ordered_placement_strategy",
        "On which hosts tasks are placed; the first rule counts most. It does not go with `fargate`.",
        vec![
            Attribute::string("type", "`spread`, `binpack` or `random`.").required().validate(one_of(["spread", "binpack", "random"])),
            Attribute::string("field", "What is looked at: `instanceId` or `attribute:ecs.availability-zone` to spread, `cpu` or `memory` to binpack.")
                .optional()
                .validate(length(1..=128)),
        ],
        vec![],
    )
    .max(5)
}

fn computed() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    let mut attributes = vec![
        text(
            "url",
            "Where the product answers: the HTTP API, else the load balancer; null with neither.",
        ),
        text("api_id", "The HTTP API's id; null without `api_gateway`."),
        text(
            "bastion_public_ip",
            "The bastion's public address; null without `bastion`.",
        ),
        text(
            "bastion_instance_id",
            "The bastion's instance id, for `aws ssm start-session --target`.",
        ),
        text("license_secret_arn", "The ARN of the secret that holds the licence."),
        Attribute::list(
            "availability_zones",
            Type::String,
            "The availability zone of each of `private_subnet_ids`, in their order.",
        )
        .computed(),
        text("bastion_ami_id", "The bastion's image."),
    ];
    attributes.extend(load_balancer::outputs());
    attributes.extend(capacity::outputs("with `fargate`"));
    attributes.extend(common::outputs(
        "The ARN of the service.",
        "The id of the file system; null without `license { on = \"efs\" }`.",
    ));
    attributes
}
