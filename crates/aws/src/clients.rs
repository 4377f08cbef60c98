//! The world that components live in: one client per service, and whose account it is.

use std::sync::Arc;
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_types::retry::RetryConfig;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::arrivals::Arrivals;
use super::attempts::Attempts;
use super::connect::with_a_ceiling;
use super::ids::AccountId;
use super::metering::{Meter, Verdict};
use super::on_demand::OnDemand;
use super::partition::Partition;
use super::reads::{self, Reads};
use super::service_linked_role::LinkedRoles;
use super::web::Web;
use registry::Network;

/// Endpoints of single services; those left out are found by the SDK, which reads `AWS_ENDPOINT_URL_<SERVICE>`,
/// `AWS_ENDPOINT_URL` and the profile.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// Amazon API Gateway.
    pub apigatewayv2: Option<String>,
    /// Application Auto Scaling.
    pub appautoscaling: Option<String>,
    /// Amazon EC2 Auto Scaling.
    pub autoscaling: Option<String>,
    /// Amazon EC2.
    pub ec2: Option<String>,
    /// Amazon ECR.
    pub ecr: Option<String>,
    /// Amazon ECS.
    pub ecs: Option<String>,
    /// Amazon EFS.
    pub efs: Option<String>,
    /// Elastic Load Balancing.
    pub elbv2: Option<String>,
    /// AWS IAM.
    pub iam: Option<String>,
    /// Amazon CloudWatch Logs.
    pub logs: Option<String>,
    /// The AWS Marketplace's meter.
    pub meteringmarketplace: Option<String>,
    /// AWS Secrets Manager.
    pub secretsmanager: Option<String>,
    /// AWS Systems Manager.
    pub ssm: Option<String>,
    /// AWS STS.
    pub sts: Option<String>,
    /// AWS WAF.
    pub wafv2: Option<String>,
}

/// How long it takes to tell Terraform that all is well.
const TOLD: Duration = Duration::from_millis(1);

/// AWS as one caller sees it in one region. All clients share one HTTP client, so that connections are kept.
#[derive(Debug, Clone)]
pub struct Aws {
    /// Amazon API Gateway.
    pub apigatewayv2: OnDemand<aws_sdk_apigatewayv2::Client>,
    /// Application Auto Scaling.
    pub appautoscaling: OnDemand<aws_sdk_applicationautoscaling::Client>,
    /// Amazon EC2 Auto Scaling.
    pub autoscaling: OnDemand<aws_sdk_autoscaling::Client>,
    /// Amazon EC2.
    pub ec2: OnDemand<aws_sdk_ec2::Client>,
    /// Amazon ECR.
    pub ecr: OnDemand<aws_sdk_ecr::Client>,
    /// Amazon ECS.
    pub ecs: OnDemand<aws_sdk_ecs::Client>,
    /// Amazon EFS.
    pub efs: OnDemand<aws_sdk_efs::Client>,
    /// Elastic Load Balancing.
    pub elbv2: OnDemand<aws_sdk_elasticloadbalancingv2::Client>,
    /// AWS IAM.
    pub iam: OnDemand<aws_sdk_iam::Client>,
    /// Amazon CloudWatch Logs.
    pub logs: OnDemand<aws_sdk_cloudwatchlogs::Client>,
    /// AWS Secrets Manager.
    pub secretsmanager: OnDemand<aws_sdk_secretsmanager::Client>,
    /// AWS Systems Manager.
    pub ssm: OnDemand<aws_sdk_ssm::Client>,
    /// AWS WAF.
    pub wafv2: OnDemand<aws_sdk_wafv2::Client>,
    /// How container registries are reached.
    pub registries: Network,
    /// Whatever is not AWS.
    pub web: Web,
    /// The caller's account.
    pub account_id: AccountId,
    /// Who calls, by the ARN that AWS knows; `None` where it was not asked.
    pub caller: Option<String>,
    /// The region.
    pub region: Region,
    /// The partition.
    pub partition: Partition,
    /// How often a call is made before it fails: once more than `max_retries`.
    pub attempts: u32,
    /// Who has just begun to work with it.
    pub arrivals: Arrivals,
    /// Reads that are joined with others.
    pub reads: Arc<Reads>,
    /// The AWS Marketplace's meter, for dry runs.
    pub meter: Meter,
    /// The service-linked roles that are known to stand.
    pub linked_roles: LinkedRoles,
}

/// How the SDK counts retries. Its own way is to give up early: all calls of a service share 500 tokens, which a few calls
/// that are throttled at once use up, so that others fail without being tried again. Here each call has its own
/// `max_retries`, whatever befalls others, as the `aws` provider has it.
fn retries_of_its_own() -> RetryPartition {
    RetryPartition::custom("terraform-provider-thatdot")
        .token_bucket(TokenBucket::unlimited())
        .build()
}

/// A client of one service, at its own endpoint where one is given.
macro_rules! client {
    ($sdk:ident, $config:expr, $endpoint:expr) => {{
        let (config, endpoint) = (Arc::clone(&$config), $endpoint.clone());
        OnDemand::new(move || {
            let mut builder = $sdk::config::Builder::from(&*config)
                .retry_partition(retries_of_its_own())
                .interceptor(Attempts);
            builder.set_http_client(config.http_client().map(with_a_ceiling));
            if endpoint.is_some() {
                builder.set_endpoint_url(endpoint);
            }
            $sdk::Client::from_conf(builder.build())
        })
    }};
}

impl Aws {
    /// The clients of a configuration.
    pub fn new(
        config: &SdkConfig,
        endpoints: &Endpoints,
        account_id: AccountId,
        region: Region,
        partition: Partition,
    ) -> Self {
        let config = Arc::new(config.clone());
        let appautoscaling = client!(aws_sdk_applicationautoscaling, config, endpoints.appautoscaling);
        let autoscaling = client!(aws_sdk_autoscaling, config, endpoints.autoscaling);
        let ec2 = client!(aws_sdk_ec2, config, endpoints.ec2);
        let ecr = client!(aws_sdk_ecr, config, endpoints.ecr);
        let ecs = client!(aws_sdk_ecs, config, endpoints.ecs);
        let efs = client!(aws_sdk_efs, config, endpoints.efs);
        let elbv2 = client!(aws_sdk_elasticloadbalancingv2, config, endpoints.elbv2);
        let logs = client!(aws_sdk_cloudwatchlogs, config, endpoints.logs);
        let reads = Reads::new(&reads::Clients {
            appautoscaling: &appautoscaling,
            autoscaling: &autoscaling,
            ec2: &ec2,
            ecr: &ecr,
            ecs: &ecs,
            efs: &efs,
            elbv2: &elbv2,
            logs: &logs,
        });
        Self {
            reads: Arc::new(reads),
            apigatewayv2: client!(aws_sdk_apigatewayv2, config, endpoints.apigatewayv2),
            appautoscaling,
            autoscaling,
            ec2,
            ecr,
            ecs,
            efs,
            elbv2,
            iam: client!(aws_sdk_iam, config, endpoints.iam),
            logs,
            meter: Meter::new(&config, endpoints.meteringmarketplace.clone()),
            secretsmanager: client!(aws_sdk_secretsmanager, config, endpoints.secretsmanager),
            ssm: client!(aws_sdk_ssm, config, endpoints.ssm),
            wafv2: client!(aws_sdk_wafv2, config, endpoints.wafv2),
            registries: Network::default(),
            web: Web::direct(),
            account_id,
            caller: None,
            region,
            partition,
            attempts: config.retry_config().map_or(1, RetryConfig::max_attempts),
            arrivals: Arrivals::default(),
            linked_roles: LinkedRoles::default(),
        }
    }

    /// Makes in a moment, unless they are called before, the clients that nearly every plan needs: EC2's, and ECR's, where the
    /// images lie. While Terraform goes through the configuration, after it was told that all is well, this process has
    /// nothing else to do.
    pub fn get_ready(&self) {
        let (ec2, ecr) = (self.ec2.clone(), self.ecr.clone());
        tokio::spawn(async move {
            sleep(TOLD).await;
            ec2.ready();
            yield_now().await;
            ecr.ready();
        });
    }

    /// Whether the caller may meter the use of that product of the AWS Marketplace: asked for, never done.
    pub async fn would_meter(&self, product_code: &str) -> Verdict {
        self.meter.would_let(product_code).await
    }

    /// The same, of a caller of that ARN.
    #[must_use]
    pub fn called_by(self, caller: Option<String>) -> Self {
        Self { caller, ..self }
    }

    /// The same, with registries reached in that way.
    #[must_use]
    pub fn with_registries(self, registries: Network) -> Self {
        Self { registries, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test(start_paused = true)]
    async fn the_clients_of_every_plan_are_made_in_a_moment_and_call_nothing() {
        const NOT_YET: &str = "LazyLock(<uninit>)";
        let stage = Stage::answering(|_| Answer::Never);
        let clients = || [format!("{:?}", stage.aws.ec2), format!("{:?}", stage.aws.ecr)];
        stage.aws.get_ready();
        assert_eq!(clients(), [NOT_YET; 2]);
        sleep(TOLD * 2).await;
        assert!(clients().iter().all(|client| client != NOT_YET));
        assert!(stage.operations().is_empty());
    }
}
