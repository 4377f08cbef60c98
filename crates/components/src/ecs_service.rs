//! An ECS service, on Fargate or on capacity providers. Source: Amazon ECS API, `CreateService`, `DescribeServices`,
//! `UpdateService`, `DeleteService`; Amazon ECS developer guide, *Rolling update deployments* and *Deployment circuit
//! breaker*.

mod balancing;
mod capacity;
mod placement;
mod reported;

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{self as sdk, AssignPublicIp, DesiredStatus, PropagateTags, SchedulingStrategy};

pub use self::balancing::LoadBalancerTarget;
pub use self::capacity::DesiredCount;
use self::placement::zone_rebalancing;
pub use self::placement::{PlacementKind, PlacementStrategy};
use aws::ask::{ask, in_time};
use aws::error::lacking;
use aws::ids::{ClusterArn, SecurityGroupId, ServiceArn, SubnetId, TaskDefinitionArn, is_told};
use aws::launch::{Launch, some_if_any};
use aws::permissions::{Site, text};
use aws::retry::{DEPLOYMENT_ACTIVE, SERVICE_DRAINING, START_TOO_EARLY, retry_while};
use aws::tasks::{self, Addresses};
use aws::wait::{Pace, wait_until};
use aws::{Aws, Shutdown, Unordered};
use aws::{diagnosis, ecs_tags, rollout, shutdown, tags};
use engine::spec;
use engine::{Call, Component, Created, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

spec! {
    /// A service.
    pub struct EcsService {
        /// Its name within the cluster.
        replace name: String,
        /// The cluster.
        replace cluster: ClusterArn,
        /// The revision that its tasks run.
        update task_definition: TaskDefinitionArn,
        /// How many tasks run.
        update desired_count: DesiredCount,
        /// On what they run.
        update launch: Launch,
        /// The Fargate platform version; `None` on hosts, which have none.
        update platform_version: Option<String>,
        /// Where the tasks run.
        update subnets: Unordered<SubnetId>,
        /// The tasks' groups.
        update security_groups: BTreeSet<SecurityGroupId>,
        /// Whether the tasks get public addresses, which only Fargate gives.
        update assign_public_ip: bool,
        /// How hosts are chosen, the first rule first; empty: evenly over the zones. On Fargate there is nothing to choose.
        update placement_strategy: Vec<PlacementStrategy>,
        /// The load balancers that the tasks are registered with.
        update load_balancers: BTreeSet<LoadBalancerTarget>,
        /// For how many seconds after its start a task's failed health checks do not count. Only with a load balancer.
        update health_check_grace_period: Option<i32>,
        /// How a new revision takes the place of the old one.
        update rollout: Rollout,
        /// Whether `aws ecs execute-command` works.
        update enable_execute_command: bool,
        /// Whether every update starts new tasks. It is kept by us alone: AWS does not report it.
        update force_new_deployment: bool,
        /// Whether create and update wait until their deployment is complete. It is kept by us alone.
        update wait_for_steady_state: bool,
        /// What makes a task's container end in order, asked of each task before it is stopped. It is kept by us alone.
        update shutdown: Option<Shutdown>,
    }
}

/// The fields whose change makes ECS start a deployment, which stops the tasks that run. Source: Amazon ECS API,
/// `UpdateService`.
const STARTS_DEPLOYMENT: [&str; 7] = [
    "task_definition",
    "launch",
    "platform_version",
    "subnets",
    "security_groups",
    "assign_public_ip",
    "load_balancers",
];

/// How a new revision takes the place of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollout {
    /// How many of the tasks must stay, in percent.
    pub minimum_healthy_percent: i32,
    /// How many tasks there may be meanwhile, in percent.
    pub maximum_percent: i32,
    /// What happens to a deployment whose tasks keep failing.
    pub circuit_breaker: CircuitBreaker,
}

/// What happens to a deployment whose tasks keep failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// Whether it is given up.
    pub enable: bool,
    /// Whether the last good one is brought back then.
    pub rollback: bool,
}

/// What others can refer to.
#[derive(Debug, Clone)]
pub struct EcsServiceOutput {
    /// The service.
    pub arn: ServiceArn,
    /// The running task's public address.
    pub public_ip: Option<String>,
    /// The running task's private address.
    pub private_ip: Option<String>,
}

impl Component<Aws> for EcsService {
    const TYPE: &'static str = "ecs_service";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = EcsServiceOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let cluster = site.cluster(&self.cluster);
        let service = site.at("ecs", format!("service/{cluster}/{}", text(&self.name)));
        [
            service.called([
                "ecs:CreateService",
                "ecs:DeleteService",
                "ecs:DescribeServices",
                "ecs:TagResource",
                "ecs:UntagResource",
                "ecs:UpdateService",
            ]),
            site.linked_role("ecs.amazonaws.com")
                .behind(["iam:CreateServiceLinkedRole"]),
            tasks::permissions(site, cluster),
            diagnosis::permissions(site, cluster),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(cluster) = self.cluster.known() else {
            return Ok(None);
        };
        let found = describe(call, cluster.as_str(), self.name.get()?).await?;
        found.as_ref().map(identity).transpose()
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, Self::Output>>> {
        let arn = service_arn(identity);
        let (cluster, name) = (arn.cluster_name(), arn.service_name());
        let (found, running) = tokio::try_join!(
            describe(call, cluster, name),
            tasks::of_service(call, cluster, name, DesiredStatus::Running)
        )?;
        let Some(found) = found else { return Ok(None) };
        let output = output(call, &found, &running).await?;
        Ok(Some(Observed {
            identity: self::identity(&found)?,
            spec: self.reported(&found),
            output,
            tags: Some(tags::from_ecs(found.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<Self::Output>> {
        let request = call
            .world
            .ecs
            .create_service()
            .cluster(self.cluster.get()?.as_str())
            .service_name(self.name.get()?)
            .task_definition(self.task_definition.get()?.as_str())
            .desired_count(self.desired_count.get()?.number())
            .set_launch_type(self.launch.get()?.launch_type())
            .set_capacity_provider_strategy(some_if_any(self.launch.get()?.strategy()?))
            .set_platform_version(self.platform_version.get()?.clone())
            .set_placement_strategy(some_if_any(self.placement()?))
            .set_load_balancers(some_if_any(self.targets()?))
            .set_health_check_grace_period_seconds(self.grace()?.filter(|seconds| *seconds != 0))
            .scheduling_strategy(SchedulingStrategy::Replica)
            .network_configuration(self.network()?)
            .deployment_configuration(self.deployment_configuration()?)
            .availability_zone_rebalancing(self.zone_rebalancing()?)
            .enable_execute_command(*self.enable_execute_command.get()?)
            .propagate_tags(PropagateTags::Service)
            .set_tags(Some(tags::to_ecs(call.tags)));
        // ECS remembers a token for a day and answers with the service it made then, even if that is gone.
        let answer = retry_while(call, &SERVICE_DRAINING, || {
            retry_while(call, &START_TOO_EARLY, || {
                ask(
                    call,
                    "ecs:CreateService",
                    request.clone().client_token(chance::client_token()).send(),
                )
            })
        })
        .await?;
        let made = answer
            .service()
            .ok_or_else(|| lacking("ecs:CreateService", "service"))?;
        let output = self.rolled_out(call, made).await?;
        Ok(Created {
            identity: identity(made)?,
            output,
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, Self::Output>,
        fields: &[&'static str],
    ) -> Result<Self::Output> {
        let forces = *self.force_new_deployment.get()?;
        let ours_alone = |field: &&str| {
            ["wait_for_steady_state", "shutdown"].contains(field) || *field == "force_new_deployment" && !forces
        };
        if !fields.is_empty() && fields.iter().all(ours_alone) {
            return Ok(have.output.clone());
        }
        let changes = |field: &str| fields.contains(&field);
        let strategy = if changes("launch") {
            Some(capacity::to_move_by(self.launch.get()?, call, self.cluster.get()?).await?)
        } else {
            None
        };
        // What is empty here is to be emptied there; what has not changed is not said again, since not all of it is taken
        // on every kind of capacity.
        let request = call
            .world
            .ecs
            .update_service()
            .cluster(self.cluster.get()?.as_str())
            .service(self.name.get()?)
            .task_definition(self.task_definition.get()?.as_str())
            .set_desired_count(self.desired_count.get()?.fixed())
            .set_platform_version(self.platform_version.get()?.clone())
            .set_capacity_provider_strategy(strategy)
            .set_placement_strategy(changes("placement_strategy").then(|| self.placement()).transpose()?)
            .set_load_balancers(changes("load_balancers").then(|| self.targets()).transpose()?)
            // What a service keeps of it is refused once it has no load balancer any more.
            .set_health_check_grace_period_seconds(self.grace()?.or(changes("load_balancers").then_some(0)))
            .network_configuration(self.network()?)
            .deployment_configuration(self.deployment_configuration()?)
            .availability_zone_rebalancing(self.zone_rebalancing()?)
            .enable_execute_command(*self.enable_execute_command.get()?)
            // Another capacity holds for new tasks alone.
            .force_new_deployment(forces || changes("launch"));
        let scales_to_none = changes("desired_count") && self.desired_count.get()?.fixed() == Some(0);
        if forces || scales_to_none || STARTS_DEPLOYMENT.into_iter().any(changes) {
            let arn = &have.output.arn;
            self.shut_down(call, have.spec.shutdown.known(), arn, None).await;
        }
        let answer = retry_while(call, &START_TOO_EARLY, || {
            ask(call, "ecs:UpdateService", request.clone().send())
        })
        .await?;
        let service = answer
            .service()
            .ok_or_else(|| lacking("ecs:UpdateService", "service"))?;
        self.rolled_out(call, service).await
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let arn = service_arn(identity);
        match describe(call, arn.cluster_name(), arn.service_name()).await? {
            // ECS starts no more tasks for a deployment that it gave up; whatever kept them from running may be over.
            Some(found) if rollout::is_given_up(&found) => {
                let request = call.world.ecs.update_service().cluster(arn.cluster_name());
                let request = request.service(arn.service_name()).force_new_deployment(true);
                let answer = ask(call, "ecs:UpdateService", request.send()).await?;
                let started = answer.service().unwrap_or(&found);
                self.rolled_out(call, started).await.map(drop)
            }
            Some(found) => self.rolled_out(call, &found).await.map(drop),
            None => Ok(()),
        }
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ecs_tags::retag(call, identity, set, remove).await
    }

    async fn before_delete(&self, call: &Call<'_, Aws>, identity: &Identity, seen: Option<&EcsServiceOutput>) {
        let seen = seen.and_then(|seen| Addresses::known(seen.public_ip.as_ref(), seen.private_ip.as_ref()));
        self.shut_down(call, self.shutdown.known(), &service_arn(identity), seen)
            .await;
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let arn = service_arn(identity);
        let request = call
            .world
            .ecs
            .delete_service()
            .cluster(arn.cluster_name())
            .service(arn.service_name())
            .force(true);
        let answer = retry_while(call, &DEPLOYMENT_ACTIVE, || {
            ask(call, "ecs:DeleteService", request.clone().send())
        })
        .await;
        match answer {
            Ok(_) => {}
            // Already on its way out: what is left is to wait.
            Err(error) if error.code.as_deref() == Some("ServiceNotActiveException") => {}
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
        wait_until(call, Pace::Seconds, "the service has drained", || async {
            let services = described(call, arn.cluster_name(), arn.service_name()).await?;
            let gone = services.iter().all(|service| service.status() == Some("INACTIVE"));
            Ok(gone.then_some(()))
        })
        .await
    }
}

impl EcsService {
    fn network(&self) -> Result<sdk::NetworkConfiguration> {
        let assign = if *self.assign_public_ip.get()? {
            AssignPublicIp::Enabled
        } else {
            AssignPublicIp::Disabled
        };
        let vpc = sdk::AwsVpcConfiguration::builder()
            .set_subnets(Some(self.subnets.get()?.iter().map(String::from).collect()))
            .set_security_groups(Some(self.security_groups.get()?.iter().map(String::from).collect()))
            .assign_public_ip(assign)
            .build()
            .map_err(|error| engine::Error::bug("ecs:CreateService", error.to_string()))?;
        Ok(sdk::NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
    }

    fn deployment_configuration(&self) -> Result<sdk::DeploymentConfiguration> {
        let rollout = self.rollout.get()?;
        let breaker = sdk::DeploymentCircuitBreaker::builder()
            .enable(rollout.circuit_breaker.enable)
            .rollback(rollout.circuit_breaker.rollback)
            .build();
        Ok(sdk::DeploymentConfiguration::builder()
            .minimum_healthy_percent(rollout.minimum_healthy_percent)
            .maximum_percent(rollout.maximum_percent)
            .deployment_circuit_breaker(breaker)
            .build())
    }

    /// Said in every call, since what a service was made with stays until then.
    fn zone_rebalancing(&self) -> Result<sdk::AvailabilityZoneRebalancing> {
        let maximum = self.rollout.get()?.maximum_percent;
        Ok(zone_rebalancing(maximum, self.placement_strategy.get()?))
    }

    fn placement(&self) -> Result<Vec<sdk::PlacementStrategy>> {
        Ok(self
            .placement_strategy
            .get()?
            .iter()
            .map(PlacementStrategy::sent)
            .collect())
    }

    fn targets(&self) -> Result<Vec<sdk::LoadBalancer>> {
        Ok(self
            .load_balancers
            .get()?
            .iter()
            .map(LoadBalancerTarget::sent)
            .collect())
    }

    /// The seconds of grace, which are refused without a load balancer.
    fn grace(&self) -> Result<Option<i32>> {
        let balanced = !self.load_balancers.get()?.is_empty();
        let seconds = self.health_check_grace_period.get()?.unwrap_or_default();
        Ok(balanced.then_some(seconds))
    }

    /// Lets what runs in the service's tasks end in order. What has a shutdown has one task: where it is known where that
    /// runs, nobody is asked.
    async fn shut_down(
        &self,
        call: &Call<'_, Aws>,
        shutdown: Option<&Option<Shutdown>>,
        arn: &ServiceArn,
        seen: Option<Addresses>,
    ) {
        let running = async {
            if let Some(seen) = seen {
                return Ok(vec![seen]);
            }
            let tasks = tasks::of_service(call, arn.cluster_name(), arn.service_name(), DesiredStatus::Running);
            Ok(tasks::addresses_of_running(call, &tasks.await?).await)
        };
        shutdown::before_stop(call, shutdown.copied().flatten(), running).await;
    }

    /// Follows the deployment that the answer of a create or update started, then tells where its task is.
    async fn rolled_out(&self, call: &Call<'_, Aws>, service: &sdk::Service) -> Result<EcsServiceOutput> {
        if !*self.wait_for_steady_state.get()? {
            return running(call, service).await;
        }
        let done = rollout::follow(call, service).await?;
        running(call, &done).await
    }
}

/// The ARN by which a service is known, which holds the cluster's name too.
fn service_arn(identity: &Identity) -> ServiceArn {
    identity.arn.as_deref().unwrap_or(&identity.id).into()
}

fn identity(service: &sdk::Service) -> Result<Identity> {
    let arn = service
        .service_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("ecs:DescribeServices", "ARN of the service"))?;
    let id = service
        .service_name()
        .unwrap_or_else(|| arn.rsplit('/').next().unwrap_or(arn))
        .to_owned();
    Ok(Identity {
        id,
        arn: Some(arn.to_owned()),
    })
}

/// The service where it is active. A deleted one lingers as DRAINING, then INACTIVE: neither is ours any more.
async fn describe(call: &Call<'_, Aws>, cluster: &str, name: &str) -> Result<Option<sdk::Service>> {
    let services = described(call, cluster, name).await?;
    Ok(services.into_iter().find(|service| service.status() == Some("ACTIVE")))
}

/// All that AWS still reports by that name; a service or cluster that never was is no error.
async fn described(call: &Call<'_, Aws>, cluster: &str, name: &str) -> Result<Vec<sdk::Service>> {
    in_time(
        call,
        "ecs:DescribeServices",
        call.world.reads.ecs.services.all(cluster, name),
    )
    .await
}

/// What others can refer to of a service as it was just told.
async fn running(call: &Call<'_, Aws>, service: &sdk::Service) -> Result<EcsServiceOutput> {
    let arn = ServiceArn::from(service.service_arn().unwrap_or_default());
    let tasks = if service.running_count() > 0 {
        tasks::of_service(call, arn.cluster_name(), arn.service_name(), DesiredStatus::Running).await?
    } else {
        Vec::new()
    };
    output(call, service, &tasks).await
}

/// What others can refer to, with the addresses of the newest task that runs, where one does. Only a task that may have a
/// public address is asked for it.
async fn output(call: &Call<'_, Aws>, service: &sdk::Service, tasks: &[sdk::Task]) -> Result<EcsServiceOutput> {
    let network = service
        .network_configuration()
        .and_then(|network| network.awsvpc_configuration());
    let may_be_public = network.and_then(|network| network.assign_public_ip()) != Some(&AssignPublicIp::Disabled);
    let addresses = match tasks::newest(tasks) {
        Some(task) if may_be_public => tasks::addresses(call, task).await?,
        Some(task) => tasks::private_address(task),
        None => Addresses::default(),
    };
    Ok(EcsServiceOutput {
        arn: ServiceArn::from(service.service_arn().unwrap_or_default()),
        public_ip: addresses.public,
        private_ip: addresses.private,
    })
}

#[cfg(test)]
mod tests;
