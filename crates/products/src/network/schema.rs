//! The schema of `thatdot_network`.

use super::{layout, services};
use crate::shared::schema::{DELETED_AGAIN, Ends, LOG_RETENTION, ends, permissions_boundary, timeouts};
use crate::{checks, parts};
use framework::validators::{cidr_v4, custom, each, non_empty, one_of, range};
use framework::{Attribute, Block, Schema, Type};

/// The VPC console's own proposal.
const CIDR_BLOCK: &str = "10.0.0.0/16";

/// The schema, version 0.
pub fn schema() -> Schema {
    let mut attributes = inputs();
    attributes.extend(ends(&Ends {
        replaced: "the network",
        failure: DELETED_AGAIN,
        left: "the parts that an earlier network",
    }));
    attributes.extend(computed());
    Schema::new(
        0,
        "A VPC \"and more\", ready for deployments: public and private subnets in several zones, internet gateway, route \
         tables, NAT gateways with their addresses, and on request flow logs and endpoints. Planned, applied, repaired, \
         imported and destroyed as one. Changing `nat`, or adding a zone, happens in place and moves no subnet.",
        attributes,
        vec![flow_logs(), endpoints(), timeouts()],
    )
}

fn inputs() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "name",
            "The network's name, from which the name of every AWS object in it is derived: 1 to 32 letters, digits and \
             hyphens. One AWS account and region holds one network of a name. Changing it makes a new network.",
        )
        .required()
        .replaces()
        .validate(custom(
            "1 to 32 letters, digits and hyphens, starting with a letter and not ending with a hyphen",
            checks::is_deployment_name,
        )),
        Attribute::string(
            "cidr_block",
            "The VPC's IPv4 range, `/16` to `/24`. It is cut into 16 equal parts: the first eight are for the public \
             subnets of the zones a to h, the last eight for their private ones, so that a zone's subnets stay where they \
             are whatever other zones there are. Defaults to `10.0.0.0/16`, whose subnets are each a `/20`. Changing it \
             makes a new network.",
        )
        .default(CIDR_BLOCK)
        .replaces()
        .validate(cidr_v4()),
        Attribute::set(
            "availability_zones",
            Type::String,
            "The availability zones to have subnets in, by name: `us-east-1a`. Left out, the first `az_count` ones of the \
             region at the first apply, which then stay: a zone that AWS adds later moves nothing.",
        )
        .optional_computed()
        .validate(non_empty())
        .validate(each(custom("an availability zone's name such as us-east-1a", layout::is_zone))),
        Attribute::number(
            "az_count",
            "How many availability zones to have subnets in, where `availability_zones` does not name them. Defaults to `2`. \
             A larger number adds zones, a smaller one takes the last ones away.",
        )
        .optional_computed()
        .validate(range(1..=i64::from(layout::ZONES))),
        Attribute::string(
            "nat",
            "How the private subnets reach the internet: `none`, `single` (default: one NAT gateway for all of them, which \
             is down when its zone is) or `per_az` (one in each zone). It is changed in place.",
        )
        .default("single")
        .validate(one_of(["none", "single", "per_az"])),
        permissions_boundary("the role that writes the flow logs. Only with `flow_logs`."),
        Attribute::map("tags", Type::String, "Tags of every object of the network that can carry tags.").optional(),
    ]
}

fn flow_logs() -> Block {
    Block::single(
        "flow_logs",
        "Writes down the VPC's traffic, in a CloudWatch log group of its own. Left out: nothing is.",
        vec![
            Attribute::number(
                "retention_in_days",
                "How long it is kept, in days; `0` is for ever. Defaults to `30`.",
            )
            .default(LOG_RETENTION)
            .validate(one_of(checks::RETENTION_DAYS)),
            Attribute::string("traffic_type", "Which traffic: `ALL` (default), `ACCEPT` or `REJECT`. A change makes a new flow log, in the same log group.")
                .default("ALL")
                .validate(one_of(["ALL", "ACCEPT", "REJECT"])),
        ],
        vec![],
    )
}

fn endpoints() -> Block {
    Block::single(
        "endpoints",
        "Ways from the private subnets to AWS's services that need no NAT gateway. Left out: there are none. Each service \
         but `s3` and `dynamodb` costs by the hour and zone.",
        vec![
            Attribute::set(
                "services",
                Type::String,
                format!(
                    "The services, by their short names, such as `ssm` and `ssmmessages` for execute-command, or by their \
                     whole ones. Defaults to what a deployment without NAT needs: `{}`.",
                    services::NEEDED.join("`, `")
                ),
            )
            .default(services::NEEDED.map(str::to_owned).to_vec())
            .validate(non_empty())
            .validate(each(custom("a service's name such as ecr.api", services::is_service))),
        ],
        vec![],
    )
}

fn computed() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    let list = |name, description| Attribute::list(name, Type::String, description).computed();
    vec![
        text(
            "id",
            "The network's own id, in the tag `thatdot:deployment-id` of every object that can carry tags.",
        ),
        text("vpc_id", "The VPC's id."),
        text("vpc_cidr_block", "The VPC's IPv4 range."),
        list(
            "public_subnet_cidr_blocks",
            "The public subnets' ranges, in the zones' order. Shown at plan.",
        ),
        list(
            "private_subnet_cidr_blocks",
            "The private subnets' ranges, in the zones' order. Shown at plan.",
        ),
        list(
            "public_subnet_ids",
            "The public subnets' ids, in the zones' order. Nothing that starts in them gets a public address unasked.",
        ),
        list("private_subnet_ids", "The private subnets' ids, in the zones' order."),
        list(
            "nat_availability_zones",
            "The zones that have a NAT gateway. Shown at plan.",
        ),
        list(
            "nat_public_ips",
            "The public addresses that the private subnets' traffic comes from, in the order of `nat_availability_zones`.",
        ),
        Attribute::map("tags_all", Type::String, "`tags` and the provider's `default_tags`.").computed(),
        Attribute::map(
            "components",
            parts::part_type(),
            "The AWS objects that the network is made of, by their part in it: `type`, `id`, `arn` and `status` (`ready`, \
             `missing`, `drifted: …`, `pending`).",
        )
        .computed(),
    ]
}
