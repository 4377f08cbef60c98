//! An ECS cluster. Sources: Amazon ECS API, `CreateCluster`, `DescribeClusters`, `UpdateClusterSettings`, `DeleteCluster`.

use aws_sdk_ecs::types::{Cluster, ClusterSetting, ClusterSettingName};

use aws::ask::{ask, in_time};
use aws::choice;
use aws::error::{lacking, unless_absent};
use aws::ids::{ClusterArn, is_told};
use aws::permissions::{Site, text};
use aws::retry::{CLUSTER_BUSY, ROLE_UNKNOWN_YET, retry_while};
use aws::wait::{Pace, wait_until};
use aws::{Aws, ecs_tags, tags};
use engine::{
    Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, TAG_DEPLOYMENT_ID,
    Tags,
};

choice! {
    /// How much of Container Insights a cluster collects.
    pub enum ContainerInsights {
        /// Nothing.
        Disabled = "disabled",
        /// Metrics of cluster, services and tasks.
        Enabled = "enabled",
        /// Metrics of each container too.
        Enhanced = "enhanced",
    }
}

engine::spec! {
    /// A cluster without hosts of its own.
    pub struct EcsCluster {
        /// The name: up to 255 letters, digits, hyphens and underscores.
        replace name: String,
        /// What Container Insights collects; always said, because the account may have another default.
        update container_insights: ContainerInsights,
    }
}

impl EcsCluster {
    fn settings(&self) -> Result<ClusterSetting> {
        let value = self.container_insights.get()?.as_str();
        Ok(ClusterSetting::builder()
            .name(ClusterSettingName::ContainerInsights)
            .value(value)
            .build())
    }
}

/// The cluster of that name or ARN; deleted ones linger as `INACTIVE`, and are gone.
async fn describe(call: &Call<'_, Aws>, cluster: &str) -> Result<Option<Cluster>> {
    let found = in_time(
        call,
        "ecs:DescribeClusters",
        call.world.reads.ecs.clusters.one((), cluster),
    )
    .await?;
    Ok(found.filter(|cluster| cluster.status() != Some("INACTIVE")))
}

fn identity(cluster: &Cluster) -> Result<Identity> {
    let arn = cluster
        .cluster_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("ecs:DescribeClusters", "cluster ARN"))?;
    let id = cluster.cluster_name().unwrap_or_else(|| last_part(arn));
    Ok(Identity {
        id: id.to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn arn(identity: &Identity) -> &str {
    identity.arn.as_deref().unwrap_or(&identity.id)
}

fn is_ours(call: &Call<'_, Aws>, cluster: &Cluster) -> bool {
    tags::from_ecs(cluster.tags())
        .get(TAG_DEPLOYMENT_ID)
        .map(String::as_str)
        == Some(call.deployment.as_str())
}

fn taken(name: &str) -> Error {
    Error::new(
        ErrorKind::AlreadyExists,
        "ecs:CreateCluster",
        format!("there is a cluster {name} already"),
    )
}

impl Component<Aws> for EcsCluster {
    const TYPE: &'static str = "ecs_cluster";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = ClusterArn;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let cluster = site.at("ecs", format!("cluster/{}", text(&self.name)));
        [
            cluster.called([
                "ecs:CreateCluster",
                "ecs:DeleteCluster",
                "ecs:DescribeClusters",
                "ecs:TagResource",
                "ecs:UntagResource",
                "ecs:UpdateClusterSettings",
            ]),
            site.linked_role("ecs.amazonaws.com")
                .behind(["iam:CreateServiceLinkedRole"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        describe(call, name).await?.as_ref().map(identity).transpose()
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, ClusterArn>>> {
        let Some(cluster) = describe(call, arn(identity)).await? else {
            return Ok(None);
        };
        let identity = self::identity(&cluster)?;
        let setting = cluster
            .settings()
            .iter()
            .find(|s| s.name() == Some(&ClusterSettingName::ContainerInsights));
        let insights = setting.and_then(ClusterSetting::value).unwrap_or("disabled");
        Ok(Some(Observed {
            spec: Self {
                name: identity.id.clone().into(),
                container_insights: ContainerInsights::from(insights).into(),
            },
            output: arn(&identity).into(),
            tags: Some(tags::from_ecs(cluster.tags())),
            identity,
        }))
    }

    /// `CreateCluster` answers a second creator with the first one's cluster, so that only a look before the call and the
    /// tags after it tell whose it is.
    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<ClusterArn>> {
        let name = self.name.get()?;
        if describe(call, name).await?.is_some() {
            return Err(taken(name));
        }
        let answer = retry_while(call, &ROLE_UNKNOWN_YET, || async {
            let request = call
                .world
                .ecs
                .create_cluster()
                .cluster_name(name)
                .settings(self.settings()?);
            ask(
                call,
                "ecs:CreateCluster",
                request.set_tags(Some(tags::to_ecs(call.tags))).send(),
            )
            .await
        })
        .await?;
        let made = answer.cluster.ok_or_else(|| lacking("ecs:CreateCluster", "cluster"))?;
        let made = if is_ours(call, &made) && made.status() == Some("ACTIVE") {
            made
        } else {
            let active = |cluster: &Cluster| cluster.status() == Some("ACTIVE");
            wait_until(
                call,
                Pace::Moments,
                &format!("the cluster {name} is active"),
                || async { Ok(describe(call, name).await?.filter(active)) },
            )
            .await?
        };
        if !is_ours(call, &made) {
            return Err(taken(name));
        }
        let identity = identity(&made)?;
        Ok(Created {
            output: arn(&identity).into(),
            identity,
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, ClusterArn>,
        fields: &[&'static str],
    ) -> Result<ClusterArn> {
        if fields.contains(&"container_insights") {
            let request = call
                .world
                .ecs
                .update_cluster_settings()
                .cluster(arn(&have.identity))
                .settings(self.settings()?);
            ask(call, "ecs:UpdateClusterSettings", request.send()).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ecs_tags::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let deleted = retry_while(call, &CLUSTER_BUSY, || {
            ask(
                call,
                "ecs:DeleteCluster",
                call.world.ecs.delete_cluster().cluster(arn(identity)).send(),
            )
        });
        let Some(answer) = unless_absent(deleted.await)? else {
            return Ok(());
        };
        if answer.cluster().and_then(Cluster::status) == Some("INACTIVE") {
            return Ok(());
        }
        wait_until(
            call,
            Pace::Moments,
            &format!("the cluster {} is gone", identity.id),
            || async { Ok(describe(call, arn(identity)).await?.is_none().then_some(())) },
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::SeqCst;
    use std::sync::atomic::{AtomicBool, AtomicU32};

    use super::*;
    use aws::testing::{Answer, Stage};

    const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";

    fn cluster(status: &str, owner: &str) -> String {
        format!(
            r#"{{"clusterArn": "{ARN}", "clusterName": "demo", "status": "{status}",
                "settings": [{{"name": "containerInsights", "value": "enabled"}}],
                "tags": [{{"key": "thatdot:deployment-id", "value": "{owner}"}}]}}"#
        )
    }

    fn wanted() -> EcsCluster {
        EcsCluster {
            name: "demo".into(),
            container_insights: ContainerInsights::Disabled.into(),
        }
    }

    #[tokio::test]
    async fn a_cluster_that_another_creator_won_is_not_taken_for_ours() {
        let described = AtomicBool::new(false);
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "CreateCluster" => Answer::json(format!(r#"{{"cluster": {}}}"#, cluster("ACTIVE", "another"))),
            _ if described.swap(true, SeqCst) => {
                Answer::json(format!(r#"{{"clusters": [{}]}}"#, cluster("ACTIVE", "another")))
            }
            _ => Answer::json(r#"{"clusters": [], "failures": [{"reason": "MISSING"}]}"#),
        });
        let error = wanted().create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert_eq!(
            stage.operations(),
            ["DescribeClusters", "CreateCluster", "DescribeClusters"]
        );
    }

    #[tokio::test]
    async fn a_standing_cluster_is_never_created_over() {
        let stage =
            Stage::answering(|_| Answer::json(format!(r#"{{"clusters": [{}]}}"#, cluster("ACTIVE", "another"))));
        assert_eq!(
            wanted().create(&stage.call()).await.unwrap_err().kind,
            ErrorKind::AlreadyExists
        );
        assert_eq!(stage.operations(), ["DescribeClusters"]);
    }

    #[tokio::test]
    async fn a_deleted_cluster_is_gone_though_it_lingers() {
        let stage = Stage::answering(|_| Answer::json(format!(r#"{{"clusters": [{}]}}"#, cluster("INACTIVE", "us"))));
        assert_eq!(wanted().find(&stage.call()).await.unwrap(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cluster_that_is_not_empty_yet_is_deleted_when_it_is() {
        let attempts = AtomicU32::new(0);
        let stage = Stage::answering(move |_| {
            if attempts.fetch_add(1, SeqCst) < 3 {
                Answer::refused(
                    "ClusterContainsTasksException",
                    "The Cluster cannot be deleted while Tasks are active.",
                )
            } else {
                Answer::json(format!(r#"{{"cluster": {}}}"#, cluster("INACTIVE", "us")))
            }
        });
        let identity = Identity {
            id: "demo".into(),
            arn: Some(ARN.into()),
        };
        wanted().delete(&stage.call(), &identity).await.unwrap();
        assert_eq!(stage.operations(), ["DeleteCluster"; 4]);
    }
}
