//! The typed `provider "thatdot"` block. It holds secrets, so nothing here can be printed with `Debug`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use framework::Attr;

/// The provider block.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProviderModel {
    /// The region.
    pub region: Attr<String>,
    /// The profile of the shared files.
    pub profile: Attr<String>,
    /// Static credentials: the key's id.
    pub access_key: Attr<String>,
    /// Static credentials: the secret.
    pub secret_key: Attr<String>,
    /// Static credentials: the session token.
    pub token: Attr<String>,
    /// Configuration files instead of `~/.aws/config`.
    pub shared_config_files: Attr<Vec<Attr<String>>>,
    /// Credentials files instead of `~/.aws/credentials`.
    pub shared_credentials_files: Attr<Vec<Attr<String>>>,
    /// How often a call is tried again.
    pub max_retries: Attr<i64>,
    /// The only accounts to work in.
    pub allowed_account_ids: Attr<Vec<Attr<String>>>,
    /// The accounts never to work in.
    pub forbidden_account_ids: Attr<Vec<Attr<String>>>,
    /// Whether credentials are taken on trust at configure.
    pub skip_credentials_validation: Attr<bool>,
    /// Whether IAM is asked for every permission before the first write.
    pub preflight: Attr<bool>,
    /// A bundle of certificate authorities to trust beside the system's.
    pub custom_ca_bundle: Attr<String>,
    /// The proxy of plain calls.
    pub http_proxy: Attr<String>,
    /// The proxy of TLS calls.
    pub https_proxy: Attr<String>,
    /// Hosts that no proxy serves.
    pub no_proxy: Attr<String>,
    /// Whether FIPS endpoints are called.
    pub use_fips_endpoint: Attr<bool>,
    /// Whether dual-stack endpoints are called.
    pub use_dualstack_endpoint: Attr<bool>,
    /// A role to assume.
    pub assume_role: Option<AssumeRole>,
    /// A role to assume with a token of an identity provider.
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Endpoints of services.
    pub endpoints: Option<Endpoints>,
    /// Tags of everything.
    pub default_tags: Option<DefaultTags>,
    /// Tags of others, to be left alone.
    pub ignore_tags: Option<IgnoreTags>,
}

/// `assume_role {}`
#[derive(Clone, Serialize, Deserialize)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: Attr<String>,
    /// The session's name.
    pub session_name: Attr<String>,
    /// The external id that the role's trust asks for.
    pub external_id: Attr<String>,
    /// How long the session lasts: `1h30m`.
    pub duration: Attr<String>,
    /// A policy that narrows the session.
    pub policy: Attr<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Attr<Vec<Attr<String>>>,
    /// The session's tags.
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Which of them go on to further sessions.
    pub transitive_tag_keys: Attr<Vec<Attr<String>>>,
    /// The source identity.
    pub source_identity: Attr<String>,
}

/// `assume_role_with_web_identity {}`
#[derive(Clone, Serialize, Deserialize)]
pub struct AssumeRoleWithWebIdentity {
    /// The role.
    pub role_arn: Attr<String>,
    /// The session's name.
    pub session_name: Attr<String>,
    /// How long the session lasts: `1h30m`.
    pub duration: Attr<String>,
    /// A policy that narrows the session.
    pub policy: Attr<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Attr<Vec<Attr<String>>>,
    /// The token.
    pub web_identity_token: Attr<String>,
    /// The file that holds the token.
    pub web_identity_token_file: Attr<String>,
}

/// `endpoints {}`
#[derive(Clone, Serialize, Deserialize)]
pub struct Endpoints {
    /// Amazon API Gateway.
    pub apigatewayv2: Attr<String>,
    /// Application Auto Scaling.
    pub appautoscaling: Attr<String>,
    /// Amazon EC2 Auto Scaling.
    pub autoscaling: Attr<String>,
    /// Amazon EC2.
    pub ec2: Attr<String>,
    /// Amazon ECR.
    pub ecr: Attr<String>,
    /// Amazon ECS.
    pub ecs: Attr<String>,
    /// Amazon EFS.
    pub efs: Attr<String>,
    /// Elastic Load Balancing.
    pub elbv2: Attr<String>,
    /// AWS IAM.
    pub iam: Attr<String>,
    /// Amazon CloudWatch Logs.
    pub logs: Attr<String>,
    /// The AWS Marketplace's meter.
    pub meteringmarketplace: Attr<String>,
    /// AWS Secrets Manager.
    pub secretsmanager: Attr<String>,
    /// AWS Systems Manager.
    pub ssm: Attr<String>,
    /// AWS STS.
    pub sts: Attr<String>,
    /// AWS WAF.
    pub wafv2: Attr<String>,
}

/// `default_tags {}`
#[derive(Clone, Serialize, Deserialize)]
pub struct DefaultTags {
    /// The tags.
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
}

/// `ignore_tags {}`
#[derive(Clone, Serialize, Deserialize)]
pub struct IgnoreTags {
    /// Whole names.
    pub keys: Attr<Vec<Attr<String>>>,
    /// Beginnings of names.
    pub key_prefixes: Attr<Vec<Attr<String>>>,
}
