//! Who hears of a group's launches and terminations (Amazon EC2 Auto Scaling API, `PutNotificationConfiguration`,
//! `DescribeNotificationConfigurations`, `DeleteNotificationConfiguration`).

use std::collections::{BTreeMap, BTreeSet};

use aws::Aws;
use aws::ask::{ask, in_time};
use aws::error::unless_absent;
use engine::{Call, Result};

/// What is told of.
const NEWS: [&str; 4] = [
    "autoscaling:EC2_INSTANCE_LAUNCH",
    "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
    "autoscaling:EC2_INSTANCE_TERMINATE",
    "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
];

/// The topics that hear of a group, each with what it hears of.
#[derive(Debug, Default)]
pub(super) struct Topics(BTreeMap<String, BTreeSet<String>>);

impl Topics {
    /// The one topic that hears of everything. A second one, or one that hears of less, shows as something else than what
    /// is wanted.
    pub(super) fn reported(&self, wanted: Option<&Option<String>>) -> Option<String> {
        let wanted = wanted.and_then(Option::as_deref);
        let other = self.0.keys().find(|topic| Some(topic.as_str()) != wanted);
        let hears_all = |topic: &String| {
            self.0
                .get(topic)
                .is_some_and(|news| NEWS.iter().all(|one| news.contains(*one)))
        };
        match other {
            Some(other) => Some(other.clone()),
            None => wanted.map(str::to_owned).filter(hears_all),
        }
    }
}

/// Reads the topics.
pub(super) async fn topics(call: &Call<'_, Aws>, group: &str) -> Result<Topics> {
    let notices = call.world.reads.scaling.notices.get((), group.to_owned());
    let found = in_time(call, "autoscaling:DescribeNotificationConfigurations", notices).await?;
    let mut topics = Topics::default();
    for one in found {
        if let (Some(topic), Some(news)) = (one.topic_arn, one.notification_type) {
            topics.0.entry(topic).or_default().insert(news);
        }
    }
    Ok(topics)
}

/// Lets a topic hear of everything.
pub(super) async fn send_to(call: &Call<'_, Aws>, group: &str, topic: &str) -> Result<()> {
    let request = call
        .world
        .autoscaling
        .put_notification_configuration()
        .auto_scaling_group_name(group)
        .topic_arn(topic)
        .set_notification_types(Some(NEWS.map(str::to_owned).to_vec()));
    ask(call, "autoscaling:PutNotificationConfiguration", request.send())
        .await
        .map(drop)
}

/// Lets that topic hear of everything, and no other of anything.
pub(super) async fn align(call: &Call<'_, Aws>, group: &str, wanted: Option<&str>) -> Result<()> {
    if let Some(topic) = wanted {
        send_to(call, group, topic).await?;
    }
    let surplus = topics(call, group).await?;
    for topic in surplus.0.keys().filter(|topic| Some(topic.as_str()) != wanted) {
        let request = call.world.autoscaling.delete_notification_configuration();
        let request = request.auto_scaling_group_name(group).topic_arn(topic);
        unless_absent(ask(call, "autoscaling:DeleteNotificationConfiguration", request.send()).await)?;
    }
    Ok(())
}
