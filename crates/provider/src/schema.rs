//! The schema of `provider "thatdot"`.

use framework::validators::{arn, custom, duration, each, length, range};
use framework::{Attribute, Block, Schema, Type};

/// The schema.
pub fn schema() -> Schema {
    let mut attributes = identity();
    attributes.extend(transport());
    Schema::new(
        0,
        "Deploys vendors' products on AWS, each as one resource. Credentials, region and endpoints are found as every AWS \
         tool finds them (environment, shared files, SSO, container and instance roles); what stands here takes precedence.",
        attributes,
        vec![
            assume_role(),
            assume_role_with_web_identity(),
            endpoints(),
            default_tags(),
            ignore_tags(),
        ],
    )
}

fn identity() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "region",
            "The AWS region. Else `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's.",
        )
        .optional()
        .validate(length(1..=64)),
        Attribute::string(
            "profile",
            "The profile of the shared configuration and credentials files. Else `AWS_PROFILE`.",
        )
        .optional(),
        Attribute::string("access_key", "The id of an access key. Goes with `secret_key`.").optional(),
        Attribute::string("secret_key", "The secret of an access key. Goes with `access_key`.")
            .optional()
            .sensitive(),
        Attribute::string("token", "The session token of temporary credentials.")
            .optional()
            .sensitive(),
        Attribute::list(
            "shared_config_files",
            Type::String,
            "Configuration files, instead of `~/.aws/config`.",
        )
        .optional(),
        Attribute::list(
            "shared_credentials_files",
            Type::String,
            "Credentials files, instead of `~/.aws/credentials`.",
        )
        .optional(),
        Attribute::set(
            "allowed_account_ids",
            Type::String,
            "The only AWS accounts to work in; any other is refused. Conflicts with `forbidden_account_ids`.",
        )
        .optional()
        .validate(each(account())),
        Attribute::set(
            "forbidden_account_ids",
            Type::String,
            "AWS accounts never to work in. Conflicts with `allowed_account_ids`.",
        )
        .optional()
        .validate(each(account())),
        Attribute::bool(
            "skip_credentials_validation",
            "Whether the credentials are taken on trust until the first call that needs them. Defaults to `false`.",
        )
        .optional(),
        Attribute::bool(
            "preflight",
            "Whether IAM is asked, before the first write of an apply and where a look at the VPC fails while planning, if \
             the caller may do all of it (`iam:SimulatePrincipalPolicy`), so that everything that is missing is told at once. \
             Defaults to `false`.",
        )
        .optional(),
    ]
}

fn account() -> impl framework::validators::Validator {
    custom("an AWS account id, 12 digits", |text: &str| {
        text.len() == 12 && text.chars().all(|c| c.is_ascii_digit())
    })
}

fn transport() -> Vec<Attribute> {
    vec![
        Attribute::number(
            "max_retries",
            "How often a call that AWS throttles, or that fails on the way, is tried again. Defaults to `25`.",
        )
        .optional()
        .validate(range(0..=100)),
        Attribute::string(
            "custom_ca_bundle",
            "A file of certificate authorities (PEM) to trust. Else `AWS_CA_BUNDLE`.",
        )
        .optional(),
        Attribute::string("http_proxy", "The proxy for plain HTTP. Else `HTTP_PROXY`.").optional(),
        Attribute::string("https_proxy", "The proxy for HTTPS. Else `HTTPS_PROXY`.").optional(),
        Attribute::string(
            "no_proxy",
            "Hosts that no proxy serves, separated by commas. Else `NO_PROXY`.",
        )
        .optional(),
        Attribute::bool(
            "use_fips_endpoint",
            "Whether FIPS endpoints are called. Else `AWS_USE_FIPS_ENDPOINT`.",
        )
        .optional(),
        Attribute::bool(
            "use_dualstack_endpoint",
            "Whether dual-stack endpoints are called. Else `AWS_USE_DUALSTACK_ENDPOINT`.",
        )
        .optional(),
    ]
}

fn session() -> Vec<Attribute> {
    vec![
        Attribute::string("role_arn", "The role's ARN.")
            .required()
            .validate(arn("iam")),
        Attribute::string("session_name", "The session's name, as it shows in CloudTrail. Defaults to `terraform-provider-thatdot`.")
            .optional()
            .validate(length(2..=64)),
        Attribute::string(
            "duration",
            "How long the session lasts: `1h30m`. From 15 minutes to 12 hours, as the role allows. Defaults to one hour.",
        )
        .optional()
        .validate(duration()),
        Attribute::string("policy", "A policy, in JSON, that narrows the session.").optional(),
        Attribute::set("policy_arns", Type::String, "Managed policies that narrow the session.")
            .optional()
            .validate(each(arn("iam"))),
    ]
}

fn assume_role() -> Block {
    let mut attributes = session();
    attributes.extend([
        Attribute::string("external_id", "The external id that the role's trust policy asks for.").optional(),
        Attribute::map("tags", Type::String, "The session's tags.").optional(),
        Attribute::set(
            "transitive_tag_keys",
            Type::String,
            "Which of the tags go on to further sessions.",
        )
        .optional(),
        Attribute::string(
            "source_identity",
            "The source identity, as it shows in CloudTrail for the session and those that follow from it.",
        )
        .optional(),
    ]);
    Block::single(
        "assume_role",
        "A role to assume with the credentials found.",
        attributes,
        vec![],
    )
}

fn assume_role_with_web_identity() -> Block {
    let mut attributes = session();
    attributes.extend([
        Attribute::string("web_identity_token", "The identity provider's token.")
            .optional()
            .sensitive(),
        Attribute::string(
            "web_identity_token_file",
            "The file that holds the identity provider's token; read anew for each session.",
        )
        .optional(),
    ]);
    Block::single(
        "assume_role_with_web_identity",
        "A role to assume with a token of an identity provider, as pipelines do.",
        attributes,
        vec![],
    )
}

fn endpoints() -> Block {
    let services = [
        ("apigatewayv2", "Amazon API Gateway"),
        ("appautoscaling", "Application Auto Scaling"),
        ("autoscaling", "Amazon EC2 Auto Scaling"),
        ("ec2", "Amazon EC2"),
        ("ecr", "Amazon ECR"),
        ("ecs", "Amazon ECS"),
        ("efs", "Amazon EFS"),
        ("elbv2", "Elastic Load Balancing"),
        ("iam", "AWS IAM"),
        ("logs", "Amazon CloudWatch Logs"),
        ("meteringmarketplace", "the AWS Marketplace's meter"),
        ("secretsmanager", "AWS Secrets Manager"),
        ("ssm", "AWS Systems Manager"),
        ("sts", "AWS STS"),
        ("wafv2", "AWS WAF"),
    ];
    let url = |(name, service): (&str, &str)| {
        Attribute::string(name, format!("The URL that {service} is called at."))
            .optional()
            .validate(custom("a URL such as https://vpce-0123.example.com", |text: &str| {
                text.starts_with("https://") || text.starts_with("http://")
            }))
    };
    Block::single(
        "endpoints",
        "Endpoints of services, for private endpoints and stand-ins. Else `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL`.",
        services.into_iter().map(url).collect(),
        vec![],
    )
}

fn default_tags() -> Block {
    Block::single(
        "default_tags",
        "Tags of every object of every deployment; a resource's own `tags` take precedence.",
        vec![Attribute::map("tags", Type::String, "The tags, by key.").optional()],
        vec![],
    )
}

fn ignore_tags() -> Block {
    Block::single(
        "ignore_tags",
        "Tags that others manage. (Tags that no configuration names are left alone in any case.)",
        vec![
            Attribute::set("keys", Type::String, "The keys of such tags.").optional(),
            Attribute::set("key_prefixes", Type::String, "The beginnings of such tags' keys.").optional(),
        ],
        vec![],
    )
}
