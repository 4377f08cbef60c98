//! A CloudWatch log group. Its creation refuses a second creator, which makes it the lock of a deployment's name.
//! Sources: Amazon CloudWatch Logs API, `CreateLogGroup`, `DescribeLogGroups`, `PutRetentionPolicy`, `DeleteLogGroup`.

use aws_sdk_cloudwatchlogs::types::LogGroup as Described;

use aws::Aws;
use aws::ask::{ask, in_time};
use aws::error::unless_absent;
use aws::ids::LogGroupName;
use aws::permissions::{Site, text};
use aws::retry::{LOG_GROUP_IN_CHANGE, retry_while};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// Where containers write what they print.
    pub struct LogGroup {
        /// The name: up to 512 letters, digits and `_ - / . #`.
        replace name: LogGroupName,
        /// How many days an event is kept; `None`: for ever.
        update retention_in_days: Option<i32>,
    }
}

impl LogGroup {
    async fn retain(&self, call: &Call<'_, Aws>, name: &str) -> Result<()> {
        let logs = &call.world.logs;
        let days = *self.retention_in_days.get()?;
        retry_while(call, &LOG_GROUP_IN_CHANGE, || async {
            if let Some(days) = days {
                let request = logs.put_retention_policy().log_group_name(name).retention_in_days(days);
                return ask(call, "logs:PutRetentionPolicy", request.send()).await.map(drop);
            }
            let request = logs.delete_retention_policy().log_group_name(name);
            ask(call, "logs:DeleteRetentionPolicy", request.send()).await.map(drop)
        })
        .await
    }
}

/// The group of that name.
async fn describe(call: &Call<'_, Aws>, name: &str) -> Result<Option<Described>> {
    let groups = &call.world.reads.stores.log_groups;
    in_time(call, "logs:DescribeLogGroups", groups.one((), name)).await
}

/// The ARN as tagging takes it; elsewhere the API ends it with `:*`.
fn arn(call: &Call<'_, Aws>, name: &str) -> String {
    let Aws {
        partition,
        region,
        account_id,
        ..
    } = call.world;
    format!("arn:{partition}:logs:{region}:{account_id}:log-group:{name}")
}

fn identity(group: &Described, call: &Call<'_, Aws>, name: &str) -> Identity {
    let told = group
        .log_group_arn()
        .or(group.arn())
        .map(|arn| arn.trim_end_matches(":*").to_owned());
    Identity {
        id: name.to_owned(),
        arn: Some(told.unwrap_or_else(|| arn(call, name))),
    }
}

impl Component<Aws> for LogGroup {
    const TYPE: &'static str = "log_group";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    /// Others know it by its name.
    const RETURNS: bool = true;
    type Output = LogGroupName;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let name = text(&self.name);
        let group = site
            .at("logs", format!("log-group:{name}"))
            .and(site.at("logs", format!("log-group:{name}:*")));
        [
            group.called([
                "logs:CreateLogGroup",
                "logs:DeleteLogGroup",
                "logs:DeleteRetentionPolicy",
                "logs:ListTagsForResource",
                "logs:PutRetentionPolicy",
                "logs:TagResource",
                "logs:UntagResource",
            ]),
            site.anywhere().called(["logs:DescribeLogGroups"]),
            // The last lines of a task that does not come up.
            site.at("logs", format!("log-group:{name}:log-stream:*"))
                .helpful(["logs:GetLogEvents"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        Ok(describe(call, name.as_str())
            .await?
            .map(|group| identity(&group, call, name.as_str())))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, LogGroupName>>> {
        let name = identity.id.as_str();
        let arn = identity.arn.clone().unwrap_or_else(|| arn(call, name));
        let tags = async {
            let request = call.world.logs.list_tags_for_resource().resource_arn(&arn);
            unless_absent(ask(call, "logs:ListTagsForResource", request.send()).await)
        };
        let (group, tags) = tokio::try_join!(describe(call, name), tags)?;
        let (Some(group), Some(tags)) = (group, tags) else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(&group, call, name),
            spec: Self {
                name: LogGroupName::from(name).into(),
                retention_in_days: group.retention_in_days().into(),
            },
            output: name.into(),
            tags: Some(tags.tags.unwrap_or_default().into_iter().collect()),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<LogGroupName>> {
        let name = self.name.get()?;
        retry_while(call, &LOG_GROUP_IN_CHANGE, || {
            let tags = call
                .tags
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let request = call
                .world
                .logs
                .create_log_group()
                .log_group_name(name.as_str())
                .set_tags(Some(tags));
            ask(call, "logs:CreateLogGroup", request.send())
        })
        .await?;
        if self.retention_in_days.get()?.is_some() {
            self.retain(call, name.as_str()).await?;
        }
        let identity = Identity {
            id: name.as_str().to_owned(),
            arn: Some(arn(call, name.as_str())),
        };
        Ok(Created {
            identity,
            output: name.clone(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, LogGroupName>,
        fields: &[&'static str],
    ) -> Result<LogGroupName> {
        if fields.contains(&"retention_in_days") {
            self.retain(call, &have.identity.id).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let arn = identity.arn.clone().unwrap_or_else(|| arn(call, &identity.id));
        if !set.is_empty() {
            let tags = set.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let request = call.world.logs.tag_resource().resource_arn(&arn).set_tags(Some(tags));
            ask(call, "logs:TagResource", request.send()).await?;
        }
        if !remove.is_empty() {
            let request = call
                .world
                .logs
                .untag_resource()
                .resource_arn(&arn)
                .set_tag_keys(Some(remove.to_vec()));
            ask(call, "logs:UntagResource", request.send()).await?;
        }
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let deleted = retry_while(call, &LOG_GROUP_IN_CHANGE, || {
            let request = call.world.logs.delete_log_group().log_group_name(&identity.id);
            ask(call, "logs:DeleteLogGroup", request.send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Stage};
    use engine::ErrorKind;

    fn wanted(retention: Option<i32>) -> LogGroup {
        LogGroup {
            name: LogGroupName::from("/thatdot/demo").into(),
            retention_in_days: retention.into(),
        }
    }

    #[tokio::test]
    async fn only_the_group_of_the_whole_name_is_found_on_whatever_page() {
        let stage = Stage::answering(|asked| {
            Answer::json(if asked.body.contains("nextToken") {
                r#"{"logGroups": [{"logGroupName": "/thatdot/demo", "arn": "arn:aws:logs:us-east-1:1:log-group:/thatdot/demo:*"}]}"#
            } else {
                r#"{"logGroups": [{"logGroupName": "/thatdot/demo-2"}], "nextToken": "more"}"#
            })
        });
        let found = wanted(None).find(&stage.call()).await.unwrap().unwrap();
        assert_eq!(
            found.arn.as_deref(),
            Some("arn:aws:logs:us-east-1:1:log-group:/thatdot/demo")
        );

        let stage = Stage::answering(|_| Answer::json(r#"{"logGroups": [{"logGroupName": "/thatdot/demo-2"}]}"#));
        assert_eq!(wanted(None).find(&stage.call()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_second_creator_is_told_so() {
        let stage = Stage::answering(|_| {
            Answer::refused(
                "ResourceAlreadyExistsException",
                "The specified log group already exists",
            )
        });
        assert_eq!(
            wanted(Some(30)).create(&stage.call()).await.unwrap_err().kind,
            ErrorKind::AlreadyExists
        );
        assert_eq!(stage.operations(), ["CreateLogGroup"]);
    }

    #[tokio::test]
    async fn keeping_events_for_ever_is_the_absence_of_a_policy() {
        let stage = Stage::answering(|_| Answer::json("{}"));
        wanted(None).create(&stage.call()).await.unwrap();
        let have = Observed {
            identity: Identity {
                id: "/thatdot/demo".into(),
                arn: None,
            },
            spec: wanted(Some(30)),
            output: "/thatdot/demo".into(),
            tags: None,
        };
        wanted(None)
            .update(&stage.call(), &have, &["retention_in_days"])
            .await
            .unwrap();
        assert_eq!(stage.operations(), ["CreateLogGroup", "DeleteRetentionPolicy"]);
    }
}
