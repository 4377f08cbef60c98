//! AWS as everybody else sees it: SDK clients to look at what was made, and to change it behind Terraform's back.

use std::future::Future;
use std::sync::LazyLock;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::runtime::Runtime;

use super::stand_in::REGION;

/// Waits for a future where a test is: tests are plain functions.
pub trait Wait: Future + Sized {
    /// Waits for the result.
    fn wait(self) -> Self::Output {
        static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
        RUNTIME.block_on(self)
    }
}

impl<F: Future> Wait for F {}

/// Clients of the services that deployments are made of.
pub struct Aws {
    /// Amazon API Gateway.
    pub apigatewayv2: aws_sdk_apigatewayv2::Client,
    /// Amazon EC2 Auto Scaling.
    pub autoscaling: aws_sdk_autoscaling::Client,
    /// Application Auto Scaling.
    pub applicationautoscaling: aws_sdk_applicationautoscaling::Client,
    /// Amazon ECR.
    pub ecr: aws_sdk_ecr::Client,
    /// Amazon ECS.
    pub ecs: aws_sdk_ecs::Client,
    /// Amazon EC2.
    pub ec2: aws_sdk_ec2::Client,
    /// Amazon EFS.
    pub efs: aws_sdk_efs::Client,
    /// Elastic Load Balancing.
    pub elbv2: aws_sdk_elasticloadbalancingv2::Client,
    /// AWS IAM.
    pub iam: aws_sdk_iam::Client,
    /// Amazon CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// AWS Secrets Manager.
    pub secretsmanager: aws_sdk_secretsmanager::Client,
    /// AWS WAF.
    pub wafv2: aws_sdk_wafv2::Client,
}

impl Aws {
    /// Clients of the AWS behind that endpoint.
    pub fn at(endpoint: &str) -> Self {
        let somebody = Credentials::new("AKIAOUTSIDE", "outside", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(endpoint)
            .credentials_provider(SharedCredentialsProvider::new(somebody))
            .build();
        Self::of(&config)
    }

    /// Clients of the AWS that the environment names.
    pub fn real() -> Self {
        Self::of(&aws_config::load_defaults(BehaviorVersion::latest()).wait())
    }

    fn of(config: &SdkConfig) -> Self {
        Self {
            apigatewayv2: aws_sdk_apigatewayv2::Client::new(config),
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            applicationautoscaling: aws_sdk_applicationautoscaling::Client::new(config),
            ecr: aws_sdk_ecr::Client::new(config),
            ecs: aws_sdk_ecs::Client::new(config),
            ec2: aws_sdk_ec2::Client::new(config),
            efs: aws_sdk_efs::Client::new(config),
            elbv2: aws_sdk_elasticloadbalancingv2::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            secretsmanager: aws_sdk_secretsmanager::Client::new(config),
            wafv2: aws_sdk_wafv2::Client::new(config),
        }
    }
}
