//! The schema of `thatdot_operator`.

use crate::shared::schema::{DELETED_AGAIN, Ends, ends, permissions_boundary, timeouts};
use crate::{checks, parts};
use framework::validators::{custom, each, iam_path, non_empty, one_of};
use framework::{Attribute, Block, Schema, Type};

/// The schema, version 0.
pub fn schema() -> Schema {
    let mut attributes = choices();
    attributes.extend(ends(&Ends {
        replaced: "the operator",
        failure: DELETED_AGAIN,
        left: "the parts that an earlier operator",
    }));
    attributes.extend(computed());
    Schema::new(
        0,
        "Who may create and manage Private AI on Amazon ECS, as sections 3 and 4 of the vendor's *AWS ECS Manual Deployment \
         Guide* have it: the guide's policy with account, region and partition filled in, and on request a user or a role \
         that has it. Two steps of the guide are refused on purpose. No console password is made: it would stand in the \
         state for everybody who reads that, so an administrator gives it, with multi-factor authentication. No key pair is \
         made: its private half would stand there too; make one with `ssh-keygen`, import its public half, and name it in \
         the deployment.",
        attributes,
        vec![user(), role(), timeouts()],
    )
}

fn choices() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "name",
            "The operator's name: the name of the user or role, and the beginning of the policies' names. 1 to 32 letters, \
             digits and hyphens. One AWS account holds one operator of a name, whatever the region. Changing it makes a new \
             operator.",
        )
        .required()
        .replaces()
        .validate(custom(
            "1 to 32 letters, digits and hyphens, starting with a letter and not ending with a hyphen",
            checks::is_deployment_name,
        )),
        Attribute::string(
            "policies",
            "`single` (default): one policy, as the guide lists it. `per_service`: one for each service, to be attached to \
             different people where duties are segregated. A change happens in place; between the old policies and the new \
             ones, user or role is without them for a moment.",
        )
        .default("single")
        .validate(one_of(["single", "per_service"])),
        Attribute::bool(
            "marketplace",
            "Whether the image comes from the AWS Marketplace: user or role then also has AWS's policy \
             `AWSMarketplaceMeteringRegisterUsage`. Defaults to `false`.",
        )
        .default(false),
        Attribute::bool(
            "full_access_policies",
            "Whether user or role also has AWS's policies `AmazonECS_FullAccess` and `AmazonElasticFileSystemFullAccess`, as \
             the guide attaches them. Its note advises narrower ones for production: then `false`, with policies of your own \
             attached to `user_name` or `role_name`, which this resource leaves alone. Defaults to `true`.",
        )
        .default(true),
        Attribute::string(
            "ecr_region",
            "The region of the image repository, to which the policy limits `ecr:*`. Defaults to the provider's.",
        )
        .optional()
        .validate(custom("the name of a region such as us-east-1", checks::is_region)),
        permissions_boundary("user or role."),
        Attribute::string("iam_path", "The path of policies, user and role. Defaults to `/`. Changing it makes a new operator.")
            .default("/")
            .replaces()
            .validate(iam_path()),
        Attribute::map("tags", Type::String, "Tags of every object of the operator that can carry tags.").optional(),
    ]
}

fn user() -> Block {
    Block::single(
        "user",
        "Makes an IAM user with the policies, without console password and without keys. Not together with `role`; without \
         either there are the policies alone.",
        vec![
            Attribute::bool(
                "force_destroy",
                "Whether the user is deleted even where others gave it a password, keys, certificates or an MFA device. \
                 Defaults to `false`: the destroy is refused and names them.",
            )
            .default(false),
        ],
        vec![],
    )
}

fn role() -> Block {
    Block::single(
        "role",
        "Makes an IAM role with the policies, for people who sign in elsewhere and for pipelines. It is assumed by whom \
         `trusted_arns` or `trust_policy` names; give one of them.",
        vec![
            Attribute::set(
                "trusted_arns",
                Type::String,
                "Who may assume the role: ARNs of roles, users or accounts, or account ids.",
            )
            .optional()
            .validate(non_empty())
            .validate(each(custom(
                "the ARN of an IAM role, user or account, or an account id of 12 digits",
                super::validate::is_principal,
            )))
            .conflicts_with(&["trust_policy"]),
            Attribute::string(
                "trust_policy",
                "The role's whole trust policy, in JSON, for what `trusted_arns` cannot say: conditions, identity providers.",
            )
            .optional()
            .validate(custom(
                "a trust policy in JSON: statements that each have an Effect, an Action and a Principal, and no Resource",
                super::validate::is_trust_policy,
            )),
        ],
        vec![],
    )
}

fn computed() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    vec![
        text(
            "id",
            "The operator's own id, in the tag `thatdot:deployment-id` of every object that can carry tags.",
        ),
        Attribute::map(
            "policy_arns",
            Type::String,
            "The ARNs of the policies: the one by `all`, or each by its service (`apigateway`, `autoscaling`, \
             `cloudformation`, `ec2`, `ecr`, `elasticloadbalancing`, `iam`, `logs`).",
        )
        .computed(),
        text("user_name", "The user's name; null without `user`."),
        text("user_arn", "The user's ARN; null without `user`."),
        text("role_name", "The role's name; null without `role`."),
        text("role_arn", "The role's ARN; null without `role`."),
        Attribute::map("tags_all", Type::String, "`tags` and the provider's `default_tags`.").computed(),
        Attribute::map(
            "components",
            parts::part_type(),
            "The AWS objects that the operator is made of, by their part in it: `type`, `id`, `arn` and `status` (`ready`, \
             `missing`, `drifted: …`, `pending`).",
        )
        .computed(),
    ]
}
