//! Which capacity providers a cluster may place tasks on. Sources: Amazon ECS API, `PutClusterCapacityProviders`,
//! `DescribeClusters`, `DescribeCapacityProviders`.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{CapacityProviderField, Cluster, ClusterField};

use crate::aws::error::{ask, unless_absent};
use crate::aws::ids::{CapacityProviderName, ClusterArn};
use crate::aws::launch::Launch;
use crate::aws::retry::hosts::CAPACITY_IN_USE;
use crate::aws::retry::retry_while;
use crate::aws::wait::wait_until;
use crate::aws::{Aws, CapacityProviderShare, tags};
use crate::engine::{
    Call, Component, Created, Error, ErrorKind, Identity, Observed, Replacement, Result, TAG_DEPLOYMENT_ID, Tags,
};

crate::spec! {
    /// The association of capacity providers with a cluster. It adds and takes away its own alone: providers that others
    /// associated, with a cluster that a user brings above all, stay as they are.
    pub struct ClusterCapacityProviders {
        /// The cluster.
        replace cluster: ClusterArn,
        /// The providers, `FARGATE` and `FARGATE_SPOT` among them where they are wanted. A provider that is replaced must
        /// leave the cluster before it goes, hence `replace`.
        replace providers: BTreeSet<CapacityProviderName>,
        /// Whether the cluster also has Fargate's own provider, which is nobody's and stays when this goes; `false`: as it is.
        update fargate: bool,
        /// Where tasks go that name no provider; `None`: as it is, because it is the cluster owner's to say.
        update default_strategy: Option<BTreeSet<CapacityProviderShare>>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCapacityProvidersOutput {
    /// The cluster, once tasks can be placed on the providers: who needs them refers to this.
    pub cluster: ClusterArn,
}

/// What a cluster has.
struct Has {
    arn: String,
    providers: BTreeSet<CapacityProviderName>,
    strategy: BTreeSet<CapacityProviderShare>,
    /// Those of the providers that are this deployment's own, by their tags.
    ours: BTreeSet<CapacityProviderName>,
}

/// The cluster unless it is gone.
async fn describe(call: &Call<'_, Aws>, cluster: &str) -> Result<Option<Cluster>> {
    let request = call.world.ecs.describe_clusters().clusters(cluster);
    let request = request.include(ClusterField::Attachments);
    let answer = ask(call, "ecs:DescribeClusters", request.send()).await?;
    let mut clusters = answer.clusters.unwrap_or_default().into_iter();
    Ok(clusters.find(|cluster| cluster.status() != Some("INACTIVE")))
}

/// AWS's own providers, which carry no tags and are nobody's.
fn is_fargate(provider: &CapacityProviderName) -> bool {
    provider.as_str().starts_with("FARGATE")
}

async fn look(call: &Call<'_, Aws>, cluster: &str) -> Result<Option<Has>> {
    let Some(cluster) = describe(call, cluster).await? else {
        return Ok(None);
    };
    let providers: BTreeSet<CapacityProviderName> = cluster
        .capacity_providers()
        .iter()
        .map(|name| name.as_str().into())
        .collect();
    Ok(Some(Has {
        arn: cluster.cluster_arn().unwrap_or_default().to_owned(),
        strategy: cluster
            .default_capacity_provider_strategy()
            .iter()
            .map(CapacityProviderShare::told)
            .collect(),
        ours: &ours(call, &providers).await? & &providers,
        providers,
    }))
}

/// Those that carry this deployment's id.
async fn ours(
    call: &Call<'_, Aws>,
    providers: &BTreeSet<CapacityProviderName>,
) -> Result<BTreeSet<CapacityProviderName>> {
    let names: Vec<String> = providers
        .iter()
        .filter(|name| !is_fargate(name))
        .map(Into::into)
        .collect();
    if names.is_empty() {
        return Ok(BTreeSet::new());
    }
    let request = call
        .world
        .ecs
        .describe_capacity_providers()
        .set_capacity_providers(Some(names))
        .include(CapacityProviderField::Tags);
    let answer = ask(call, "ecs:DescribeCapacityProviders", request.send()).await?;
    let id = call.deployment.as_str();
    let is_ours = |provider: &&aws_sdk_ecs::types::CapacityProvider| {
        tags::from_ecs(provider.tags())
            .get(TAG_DEPLOYMENT_ID)
            .map(String::as_str)
            == Some(id)
    };
    let found = answer.capacity_providers();
    Ok(found
        .iter()
        .filter(is_ours)
        .filter_map(|provider| provider.name())
        .map(Into::into)
        .collect())
}

/// Tells the cluster all its providers and its whole default strategy, since each call replaces both, and waits until it
/// has them.
async fn put(
    call: &Call<'_, Aws>,
    cluster: &str,
    providers: &BTreeSet<CapacityProviderName>,
    strategy: &BTreeSet<CapacityProviderShare>,
) -> Result<()> {
    let strategy = strategy
        .iter()
        .map(CapacityProviderShare::sent)
        .collect::<Result<Vec<_>>>()?;
    let request = call
        .world
        .ecs
        .put_cluster_capacity_providers()
        .cluster(cluster)
        .set_capacity_providers(Some(providers.iter().map(Into::into).collect()))
        .set_default_capacity_provider_strategy(Some(strategy));
    retry_while(call, &CAPACITY_IN_USE, || {
        ask(call, "ecs:PutClusterCapacityProviders", request.clone().send())
    })
    .await?;
    settled(call, cluster).await
}

/// Waits until the cluster's attachments, by which it scales its groups, are as they should be.
async fn settled(call: &Call<'_, Aws>, cluster: &str) -> Result<()> {
    wait_until(call, "the cluster has its capacity providers", || async {
        let Some(found) = describe(call, cluster).await? else {
            return Ok(Some(()));
        };
        match found.attachments_status() {
            Some("UPDATE_IN_PROGRESS") => Ok(None),
            Some("UPDATE_FAILED") => Err(failed(&found)),
            _ => Ok(Some(())),
        }
    })
    .await
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

fn identity(arn: &str) -> Identity {
    Identity {
        id: arn.to_owned(),
        arn: None,
    }
}

fn output(arn: &str) -> ClusterCapacityProvidersOutput {
    ClusterCapacityProvidersOutput { cluster: arn.into() }
}

impl Component<Aws> for ClusterCapacityProviders {
    const TYPE: &'static str = "cluster_capacity_providers";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    type Output = ClusterCapacityProvidersOutput;

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(cluster), Some(wanted)) = (self.cluster.known(), self.providers.known()) else {
            return Ok(None);
        };
        let found = describe(call, cluster.as_str()).await?;
        let has_all = |cluster: &Cluster| {
            let has = cluster.capacity_providers();
            wanted.iter().all(|name| has.iter().any(|other| other == name.as_str()))
        };
        Ok(found.filter(has_all).map(|_| identity(cluster.as_str())))
    }

    /// Sees what is wanted and what is this deployment's own; the rest is others'.
    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, ClusterCapacityProvidersOutput>>> {
        let Some(has) = look(call, &identity.id).await? else {
            return Ok(None);
        };
        let wanted = self.providers.known();
        let is_wanted = |name: &&CapacityProviderName| wanted.is_some_and(|wanted| wanted.contains(name));
        let seen: BTreeSet<_> = has
            .providers
            .iter()
            .filter(|name| is_wanted(name) || has.ours.contains(*name))
            .cloned()
            .collect();
        if seen.is_empty() {
            return Ok(None);
        }
        let has_fargate = has.providers.contains(&CapacityProviderName::from(Launch::FARGATE));
        let strategy = match self.default_strategy.known() {
            Some(None) => None,
            _ => Some(has.strategy),
        };
        Ok(Some(Observed {
            identity: self::identity(&has.arn),
            spec: Self {
                cluster: ClusterArn::from(has.arn.as_str()).into(),
                providers: seen.into(),
                fargate: (self.fargate.known() == Some(&true) && has_fargate).into(),
                default_strategy: strategy.into(),
            },
            output: output(&has.arn),
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<ClusterCapacityProvidersOutput>> {
        let cluster = self.cluster.get()?.as_str();
        let Some(has) = look(call, cluster).await? else {
            return Err(gone(cluster));
        };
        self.add_to(call, cluster, &has).await?;
        Ok(Created {
            identity: identity(cluster),
            output: output(cluster),
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        settled(call, &identity.id).await
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, ClusterCapacityProvidersOutput>,
        _fields: &[&'static str],
    ) -> Result<ClusterCapacityProvidersOutput> {
        let cluster = have.identity.id.as_str();
        let Some(has) = look(call, cluster).await? else {
            return Err(gone(cluster));
        };
        self.add_to(call, cluster, &has).await?;
        Ok(have.output.clone())
    }

    /// Associations carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    /// Takes this deployment's own providers out, and out of the default strategy. Those that are AWS's or others' stay:
    /// somebody's service may use them.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let cluster = identity.id.as_str();
        let Some(has) = look(call, cluster).await? else {
            return Ok(());
        };
        if has.ours.is_empty() {
            return Ok(());
        }
        let left = &has.providers - &has.ours;
        let strategy: BTreeSet<CapacityProviderShare> = has
            .strategy
            .into_iter()
            .filter(|share| left.contains(&share.provider))
            .collect();
        unless_absent(put(call, cluster, &left, &strategy).await).map(drop)
    }
}

impl ClusterCapacityProviders {
    /// Has the cluster have what is wanted beside what it has.
    async fn add_to(&self, call: &Call<'_, Aws>, cluster: &str, has: &Has) -> Result<()> {
        let mut providers = &has.providers | self.providers.get()?;
        if *self.fargate.get()? {
            providers.insert(Launch::FARGATE.into());
        }
        let strategy = self.default_strategy.get()?.as_ref().unwrap_or(&has.strategy);
        put(call, cluster, &providers, strategy).await
    }
}

fn gone(cluster: &str) -> Error {
    let message = format!("there is no cluster {cluster} any more");
    Error::new(ErrorKind::NotFound, "ecs:DescribeClusters", message)
}

#[cfg(test)]
mod tests;
