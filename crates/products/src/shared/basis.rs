//! What every part of a deployment is derived from.

use std::collections::{BTreeMap, BTreeSet};

use super::Existing;
use crate::wiring::{input, known_ids, known_list};
use aws::Aws;
use aws::Rule;
use aws::ids::SecurityGroupId;
use components::SecurityGroup;
use engine::{Graph, Handle, Input, Key, TAG_DEPLOYMENT, Tags};
use framework::Attr;

/// The tag that consoles show as a name.
const NAME: &str = "Name";

/// A deployment as its parts see it.
pub struct Basis<'a> {
    /// What the product is called in descriptions: `thatDot Anomaly Detector`.
    pub title: &'static str,
    /// The deployment's name.
    pub name: &'a Attr<String>,
    /// The VPC.
    pub vpc_id: &'a Attr<String>,
    /// The VPC's own address ranges.
    pub vpc_cidr_blocks: &'a Attr<Vec<Attr<String>>>,
    /// The path of the roles.
    pub iam_path: &'a Attr<String>,
    /// What bounds the roles.
    pub permissions_boundary: &'a Attr<String>,
    /// How long logs are kept, in days; 0 for ever.
    pub log_retention_in_days: &'a Attr<i64>,
    /// Whether the cluster collects Container Insights.
    pub container_insights: &'a Attr<bool>,
    /// The user's tags and the provider's default ones.
    pub tags_all: &'a Attr<BTreeMap<String, Attr<String>>>,
    /// Parts that the user brings.
    pub existing: Option<&'a Existing>,
}

impl Basis<'_> {
    /// `NAME-SUFFIX`
    pub fn derived(&self, suffix: &str) -> Input<String> {
        input(self.name, |name| format!("{name}-{suffix}"), String::new())
    }

    /// What a part is, in words that every AWS description field takes.
    pub fn described(&self, part: &str) -> Input<String> {
        let title = self.title;
        input(self.name, |name| format!("{title} {name} - {part}"), String::new())
    }

    /// What the console shows as the name of a part that has none of its own: its tag `Name`, unless the user's tags or the
    /// provider's default ones have one.
    pub fn name_tag(&self) -> Tags {
        let named = self.tags_all.known().is_some_and(|tags| tags.contains_key(NAME));
        let name = self.name.known().filter(|_| !named);
        name.map(|name| (NAME.to_owned(), name.clone())).into_iter().collect()
    }

    /// The tags of what AWS makes for a part of ours and tags as it is told to: the user's and the provider's default ones, the
    /// deployment's name, and a name for the console.
    pub fn tags_at_launch(&self, suffix: &str) -> Input<Tags> {
        let suffix = suffix.to_owned();
        let tags = match self.tags_all {
            Attr::Unknown => Input::Unknown,
            Attr::Null => Tags::new().into(),
            Attr::Known(tags) => {
                let known = tags
                    .iter()
                    .map(|(name, value)| Some((name.clone(), value.known()?.clone())));
                known.collect::<Option<Tags>>().map_or(Input::Unknown, Input::Known)
            }
        };
        let name = input(self.name, |name| name, String::new());
        tags.and(name)
            .with("tags at launch", suffix, |(mut tags, name), suffix| {
                tags.entry(NAME.to_owned())
                    .or_insert_with(|| format!("{name}-{suffix}"));
                tags.insert(TAG_DEPLOYMENT.to_owned(), name);
                tags
            })
    }

    /// A part that the user brings, where one is brought.
    pub fn brought<T: for<'t> From<&'t str>>(&self, pick: impl FnOnce(&Existing) -> &Attr<String>) -> Option<Input<T>> {
        match pick(self.existing?) {
            Attr::Null => None,
            Attr::Unknown => Some(Input::Unknown),
            Attr::Known(text) => Some(Input::Known(T::from(text))),
        }
    }

    /// The task's groups, where the user brings them.
    pub fn brought_groups(&self) -> Option<Input<Vec<SecurityGroupId>>> {
        let groups = &self.existing?.security_group_ids;
        if groups.is_null() {
            return None;
        }
        Some(known_ids(groups))
    }

    /// The VPC's own address ranges, once they are known.
    pub fn vpc_ranges(&self) -> Input<Vec<String>> {
        match known_list(self.vpc_cidr_blocks).filter(|ranges| !ranges.is_empty()) {
            Some(ranges) => Input::Known(ranges),
            None => Input::Unknown,
        }
    }

    /// Adds the security group `NAME-SUFFIX`, under the key `security_group_SUFFIX`.
    pub fn security_group(
        &self,
        graph: &mut Graph<Aws>,
        suffix: &str,
        part: &str,
        ingress: Input<BTreeSet<Rule>>,
        egress: Input<Option<BTreeSet<Rule>>>,
    ) -> Handle<SecurityGroup> {
        graph.add(
            Key::new(format!("security_group_{}", suffix.replace('-', "_"))),
            SecurityGroup {
                name: self.derived(suffix),
                description: self.described(part),
                vpc_id: input(self.vpc_id, |id| id.as_str().into(), "".into()),
                ingress,
                egress,
            },
        )
    }
}

/// The first object made is one whose creation refuses a second creator of the same name, so that of two deployments of
/// one name one wins before anything else is made: the first of the candidates that the deployment has. Where it has none,
/// since all of them are the user's own, a create looks first.
pub fn lock(graph: &mut Graph<Aws>, candidates: &[&str]) {
    let mut keys = candidates.iter().map(|key| Key::new(*key));
    let Some(lock) = keys.find(|key| graph.kind(key).is_some()) else {
        graph.mark_unguarded();
        return;
    };
    let others: Vec<Key> = graph.keys().filter(|key| **key != lock).cloned().collect();
    for key in others {
        graph.after(&key, &lock, "it is the lock on the deployment's name");
    }
}
