//! What lets a cluster place tasks on a capacity provider. Sources: Amazon ECS API, `PutClusterCapacityProviders`,
//! `DescribeClusters`.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::Cluster;

use aws::ask::{ask, in_time};
use aws::error::{lacking, unless_absent};
use aws::ids::{CapacityProviderName, ClusterArn};
use aws::permissions::Site;
use aws::retry::hosts::{CAPACITY_IN_USE, CLUSTER_UNKNOWN_YET, NOT_ACTIVE_YET};
use aws::retry::retry_while;
use aws::wait::{Pace, wait_until};
use aws::{Aws, CapacityProviderShare};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// The association of one capacity provider with a cluster. The others that the cluster has are not touched, nor is
    /// its default strategy, save that it cannot name one that leaves.
    pub struct ClusterCapacityProvider {
        /// The cluster.
        replace cluster: ClusterArn,
        /// The provider: hosts of ours, or AWS's own `FARGATE` or `FARGATE_SPOT`.
        replace provider: CapacityProviderName,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCapacityProviderOutput {
    /// The cluster, once tasks can be placed on the provider: who needs it refers to this.
    pub cluster: ClusterArn,
}

/// The cluster unless it is gone.
async fn describe(call: &Call<'_, Aws>, cluster: &str) -> Result<Option<Cluster>> {
    let found = call.world.reads.ecs.clusters.one((), cluster);
    let found = in_time(call, "ecs:DescribeClusters", found).await?;
    Ok(found.filter(|cluster| cluster.status() != Some("INACTIVE")))
}

/// The cluster where it has the provider.
async fn having(call: &Call<'_, Aws>, cluster: &str, provider: &str) -> Result<Option<Cluster>> {
    let found = describe(call, cluster).await?;
    Ok(found.filter(|cluster| cluster.capacity_providers().iter().any(|name| name == provider)))
}

/// The cluster, which was just seen: one that is not found is looked for again.
async fn known(call: &Call<'_, Aws>, cluster: &str) -> Result<Cluster> {
    retry_while(call, &CLUSTER_UNKNOWN_YET, || async {
        describe(call, cluster).await?.ok_or_else(|| {
            let message = format!("there is no cluster {cluster} any more");
            Error::new(ErrorKind::NotFound, "ecs:DescribeClusters", message)
                .with_remedy("Plan again: the plan then shows what is to be made anew.")
        })
    })
    .await
}

/// Tells the cluster all its providers and its whole default strategy, since each call replaces both, and waits until it
/// has them.
async fn put(
    call: &Call<'_, Aws>,
    cluster: &Cluster,
    name: &str,
    providers: BTreeSet<String>,
    may_be_default: impl Fn(&str) -> bool,
) -> Result<()> {
    let shares = cluster.default_capacity_provider_strategy().iter();
    let shares = shares.filter(|share| may_be_default(share.capacity_provider()));
    let strategy = shares
        .map(|share| CapacityProviderShare::told(share).sent())
        .collect::<Result<Vec<_>>>()?;
    let request = call
        .world
        .ecs
        .put_cluster_capacity_providers()
        .cluster(name)
        .set_capacity_providers(Some(providers.into_iter().collect()))
        .set_default_capacity_provider_strategy(Some(strategy));
    let answer = retry_while(call, &CAPACITY_IN_USE, || {
        retry_while(call, &NOT_ACTIVE_YET, || {
            ask(call, "ecs:PutClusterCapacityProviders", request.clone().send())
        })
    })
    .await?;
    match answer.cluster().map(attached).transpose()?.flatten() {
        Some(()) => Ok(()),
        None => settled(call, name).await,
    }
}

/// Waits until the cluster's attachments, by which it scales its groups, are as they should be.
async fn settled(call: &Call<'_, Aws>, cluster: &str) -> Result<()> {
    wait_until(
        call,
        Pace::Seconds,
        "the cluster has its capacity providers",
        || async {
            let Some(found) = describe(call, cluster).await? else {
                return Ok(Some(()));
            };
            attached(&found)
        },
    )
    .await
}

/// Whether the cluster's attachments are as they should be. Providers without hosts have none.
fn attached(cluster: &Cluster) -> Result<Option<()>> {
    match cluster.attachments_status() {
        Some("UPDATE_IN_PROGRESS") => Ok(None),
        Some("UPDATE_FAILED") => Err(failed(cluster)),
        _ => Ok(Some(())),
    }
}

/// ECS tells which attachments failed, and their details where it has any.
fn failed(cluster: &Cluster) -> Error {
    let told = cluster.attachments().iter().map(|attachment| {
        let details = attachment.details().iter();
        let details: Vec<String> = details
            .filter_map(|pair| Some(format!("{} {}", pair.name()?, pair.value()?)))
            .collect();
        let (kind, status) = (attachment.r#type(), attachment.status());
        format!(
            "{} {} ({})",
            kind.unwrap_or("attachment"),
            status.unwrap_or("unknown"),
            details.join(", ")
        )
    });
    let message = format!(
        "ECS could not attach the capacity providers to the cluster: {}",
        told.collect::<Vec<_>>().join("; ")
    );
    Error::new(ErrorKind::Conflict, "ecs:PutClusterCapacityProviders", message).with_remedy(
        "Look at the auto scaling group's scaling policies and at the role AWSServiceRoleForECS, which makes them, and apply \
         again.",
    )
}

/// `CLUSTER/PROVIDER`, by their names.
fn identity(cluster: &ClusterArn, provider: &str) -> Identity {
    Identity {
        id: format!("{}/{provider}", cluster.cluster_name()),
        arn: None,
    }
}

/// The names of cluster and provider.
fn names(identity: &Identity) -> Result<(&str, &str)> {
    let not_ours = || Error::bug("ecs:DescribeClusters", format!("{} names no association", identity.id));
    identity.id.split_once('/').ok_or_else(not_ours)
}

impl Component<Aws> for ClusterCapacityProvider {
    const TYPE: &'static str = "cluster_capacity_provider";
    /// A service moves from the old provider to the new one, and no provider leaves a cluster whose services use it.
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    const TAGGED: bool = false;
    type Output = ClusterCapacityProviderOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let cluster = site.cluster(&self.cluster);
        site.at("ecs", format!("cluster/{cluster}"))
            .called(["ecs:DescribeClusters", "ecs:PutClusterCapacityProviders"])
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(cluster), Some(provider)) = (self.cluster.known(), self.provider.known()) else {
            return Ok(None);
        };
        let found = having(call, cluster.as_str(), provider.as_str()).await?;
        Ok(found.map(|_| identity(cluster, provider.as_str())))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, ClusterCapacityProviderOutput>>> {
        let (cluster, provider) = names(identity)?;
        let Some(found) = having(call, cluster, provider).await? else {
            return Ok(None);
        };
        let arn = found
            .cluster_arn()
            .ok_or_else(|| lacking("ecs:DescribeClusters", "ARN of the cluster"))?;
        let cluster = ClusterArn::from(arn);
        Ok(Some(Observed {
            identity: identity.clone(),
            spec: Self {
                cluster: cluster.clone().into(),
                provider: CapacityProviderName::from(provider).into(),
            },
            output: ClusterCapacityProviderOutput { cluster },
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<ClusterCapacityProviderOutput>> {
        let (cluster, provider) = (self.cluster.get()?, self.provider.get()?.as_str());
        let found = known(call, cluster.as_str()).await?;
        let mut providers: BTreeSet<String> = found.capacity_providers().iter().cloned().collect();
        if providers.insert(provider.to_owned()) {
            put(call, &found, cluster.as_str(), providers, |_| true).await?;
        } else {
            settled(call, cluster.as_str()).await?;
        }
        Ok(Created {
            identity: identity(cluster, provider),
            output: ClusterCapacityProviderOutput {
                cluster: cluster.clone(),
            },
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        settled(call, names(identity)?.0).await
    }

    /// There is nothing about an association that could change.
    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        have: &Observed<Self, ClusterCapacityProviderOutput>,
        _fields: &[&'static str],
    ) -> Result<ClusterCapacityProviderOutput> {
        Ok(have.output.clone())
    }

    /// Associations carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    /// Takes the provider out of the cluster once no service uses it. AWS's own stay: they cost nothing, and somebody's
    /// service may use them.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (cluster, provider) = names(identity)?;
        if provider.starts_with("FARGATE") {
            return Ok(());
        }
        let has = |found: &Cluster| found.capacity_providers().iter().any(|name| name == provider);
        let Some(found) = unless_absent(known(call, cluster).await)?.filter(has) else {
            return Ok(());
        };
        let others = found.capacity_providers().iter().filter(|name| *name != provider);
        let left = put(call, &found, cluster, others.cloned().collect(), |name| {
            name != provider
        });
        unless_absent(left.await).map(drop)
    }
}

#[cfg(test)]
mod tests;
