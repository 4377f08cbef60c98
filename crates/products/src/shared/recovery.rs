//! Finding a deployment that stands, for import: an anchor, by the deployment's name alone, and from there every part.

mod capacity;
mod load_balancer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use self::capacity::capacity;
pub use self::load_balancer::load_balancer;
use super::Existing;
use super::cluster::CLUSTER;
use super::log_group::LOG_GROUP;
use super::schema::LOG_RETENTION;
use super::service::TASK_DEFINITION;
use crate::parts::{self, Part};
use aws::ids::{PolicyArn, SecurityGroupId};
use aws::{Aws, Peer, Rule};
use components::{ContainerInsights, EcsCluster, EcsTaskDefinition, IamRole, LogGroup, SecurityGroup};
use engine::{self, DeploymentId, Graph, IgnoreTags, Input, Key, Notes, Object, Owner, Run, Spec, Survey, Tags};
use framework::{Attr, Diagnostic, Diagnostics};

/// How long an import may look for what is there: longer than a call is tried again by default, whose last refusal is what is told.
const LIMIT: Duration = Duration::from_mins(10);

/// What was found of one deployment.
pub struct Found {
    survey: Survey,
    id: DeploymentId,
}

impl Found {
    /// What a look at a graph found, as far as it belongs to that deployment.
    pub fn new(survey: Survey, id: &DeploymentId) -> Self {
        Self { survey, id: id.clone() }
    }

    /// Whether that part is there and this deployment's own.
    pub fn owns(&self, key: &Key) -> bool {
        self.object(key.as_str()).is_some()
    }

    /// The object of that part, where it is this deployment's own.
    pub fn object(&self, key: &str) -> Option<&Object> {
        let object = self.survey.objects.get(&Key::new(key))?;
        let ours = match object.owner() {
            Owner::Namesake(id) => *id == self.id,
            _ => false,
        };
        ours.then_some(object)
    }

    /// What that part is, where it is this deployment's own.
    pub fn spec<S: Spec>(&self, key: &str) -> Option<&S> {
        self.object(key)?.spec()
    }

    /// The parts that are this deployment's own and in the graph, as the state shows them.
    pub fn own_components(&self, graph: &Graph<Aws>) -> BTreeMap<String, Attr<Part>> {
        self.components_or(graph, |_| None)
    }

    /// The same, and what can be nobody's own: what carries no tags and ties things together of which none is ours, as
    /// AWS's own capacity provider and a cluster of the user's.
    pub fn components(&self, graph: &Graph<Aws>) -> BTreeMap<String, Attr<Part>> {
        self.components_or(graph, |key| {
            let object = self.survey.objects.get(key)?;
            let is_a_tie = object.tags().is_none() && *object.owner() == Owner::Nobody && !graph.refers(key);
            is_a_tie.then_some(object)
        })
    }

    fn components_or<'a>(
        &'a self,
        graph: &Graph<Aws>,
        other: impl Fn(&Key) -> Option<&'a Object>,
    ) -> BTreeMap<String, Attr<Part>> {
        let parts = graph.keys().filter_map(|key| {
            let kind = graph.kind(key)?;
            let object = self.object(key.as_str()).or_else(|| other(key))?;
            Some((key.to_string(), Attr::Known(parts::standing(kind, object.identity()))))
        });
        parts.collect()
    }
}

/// A text as an attribute.
pub fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

/// Ids as an attribute.
pub fn ids<'a, T: ToString + 'a>(ids: impl Iterator<Item = &'a T>) -> Attr<Vec<Attr<String>>> {
    Attr::Known(ids.map(|id| Attr::Known(id.to_string())).collect())
}

/// Texts as an attribute; none were most likely left out.
pub fn texts(texts: BTreeSet<String>) -> Attr<Vec<Attr<String>>> {
    if texts.is_empty() {
        Attr::Null
    } else {
        Attr::Known(texts.into_iter().map(Attr::Known).collect())
    }
}

/// The address ranges that rules speak of.
pub fn ranges(rules: &BTreeSet<Rule>) -> BTreeSet<String> {
    let range = |rule: &Rule| match rule.peer() {
        Peer::V4(range) => Some(range.to_string()),
        Peer::V6(range) => Some(range.to_string()),
        Peer::Group(_) | Peer::PrefixList(_) => None,
    };
    rules.iter().filter_map(range).collect()
}

/// The address ranges that a group of ours lets in.
pub fn let_in(found: &Found, group: &str) -> BTreeSet<String> {
    let rules = found
        .spec::<SecurityGroup>(group)
        .and_then(|group| group.ingress.known());
    rules.map(ranges).unwrap_or_default()
}

/// A run that only looks.
pub fn looking(aws: &Arc<Aws>, name: &str) -> Run<Aws> {
    Run {
        world: Arc::clone(aws),
        deployment: DeploymentId::from_text(""),
        name: name.to_owned(),
        tags: Tags::new(),
        part_tags: BTreeMap::new(),
        ignore_tags: IgnoreTags::default(),
        stale_tags: BTreeSet::new(),
        cancel: CancellationToken::new(),
        deadline: Instant::now() + LIMIT,
        adopt: false,
        notes: Notes::default(),
    }
}

/// The task definition of the deployment of that name, the deployment's id, and the tags of the revision.
///
/// # Errors
/// Where there is none with the tags of a deployment.
pub async fn definition(run: &Run<Aws>) -> Result<(EcsTaskDefinition, DeploymentId, Tags), Diagnostics> {
    let found = look(run, &anchor(&run.name)).await?;
    let object = found.objects.get(&Key::new(TASK_DEFINITION));
    let told = object.and_then(|object| match object.owner() {
        Owner::Namesake(id) => {
            let spec = object.spec::<EcsTaskDefinition>()?.clone();
            Some((spec, id.clone(), object.tags().cloned().unwrap_or_default()))
        }
        _ => None,
    });
    told.ok_or_else(|| nothing(&run.world, &run.name))
}

/// Whatever stands of a graph.
///
/// # Errors
/// Where AWS refuses a look.
pub async fn discover(run: &Run<Aws>, id: &DeploymentId, graph: &Graph<Aws>) -> Result<Found, Diagnostics> {
    Ok(Found::new(look(run, graph).await?, id))
}

/// Whatever stands of a graph, whosever it is.
///
/// # Errors
/// Where AWS refuses a look.
pub async fn look(run: &Run<Aws>, graph: &Graph<Aws>) -> Result<Survey, Diagnostics> {
    let name = &run.name;
    let survey = engine::discover(graph, run)
        .await
        .map_err(|error| failed(name, &error))?;
    match survey.failures.first() {
        Some(failure) => Err(failed(name, &failure.error)),
        None => Ok(survey),
    }
}

/// The task definition, which is always ours and found by the deployment's name alone.
pub fn anchor(name: &str) -> Graph<Aws> {
    let mut graph = Graph::new();
    graph.add(
        Key::new(TASK_DEFINITION),
        EcsTaskDefinition {
            family: name.into(),
            compatibility: Input::Unknown,
            architecture: Input::Unknown,
            cpu: Input::Unknown,
            memory: Input::Unknown,
            ephemeral_storage_gib: Input::Unknown,
            task_role: Input::Unknown,
            execution_role: Input::Unknown,
            containers: Input::Unknown,
            volumes: Input::Unknown,
        },
    );
    graph
}

/// What roles, log group and cluster tell of the configuration.
pub struct Basics {
    /// Whether the cluster collects Container Insights.
    pub container_insights: Attr<bool>,
    /// How long logs are kept.
    pub log_retention_in_days: Attr<i64>,
    /// The path of the roles.
    pub iam_path: Attr<String>,
    /// What bounds them.
    pub permissions_boundary: Attr<String>,
}

/// What those of them that are ours tell; of the others, the defaults.
pub fn basics(found: &Found, running: &Found) -> Basics {
    let insights = running
        .spec::<EcsCluster>(CLUSTER)
        .is_some_and(|cluster| cluster.container_insights.known() == Some(&ContainerInsights::Enabled));
    let days = found
        .spec::<LogGroup>(LOG_GROUP)
        .and_then(|group| group.retention_in_days.known().copied());
    let role = found
        .spec::<IamRole>("iam_role_task")
        .or_else(|| found.spec("iam_role_execution"));
    Basics {
        container_insights: Attr::Known(insights),
        log_retention_in_days: Attr::Known(days.map_or(LOG_RETENTION, |days| days.map_or(0, i64::from))),
        iam_path: known(role.and_then(|role| role.path.known()).map_or("/", String::as_str)),
        permissions_boundary: role.map_or(Attr::Null, |role| boundary(&role.permissions_boundary)),
    }
}

/// What a user or a role tells of `permissions_boundary`.
pub fn boundary(bounded_by: &Input<Option<PolicyArn>>) -> Attr<String> {
    bounded_by
        .known()
        .and_then(Option::as_ref)
        .map(ToString::to_string)
        .into()
}

/// What is used and is not ours was brought by the user. `groups` are those that the tasks have.
pub fn brought(
    existing: Option<Existing>,
    found: &Found,
    definition: &EcsTaskDefinition,
    groups: Option<&BTreeSet<SecurityGroupId>>,
) -> Option<Existing> {
    let mut existing = existing.unwrap_or_default();
    if found.object("iam_role_task").is_none() {
        existing.task_role_arn = definition.task_role.known().map(ToString::to_string).into();
    }
    if found.object("iam_role_execution").is_none() {
        existing.execution_role_arn = definition.execution_role.known().map(ToString::to_string).into();
    }
    if found.object(LOG_GROUP).is_none() {
        let containers = definition.containers.known().and_then(|containers| containers.first());
        let logs = containers.and_then(|container| container.logs.as_ref());
        existing.log_group_name = logs.map(|logs| logs.group.to_string()).into();
    }
    if found.object("security_group_service").is_none() {
        let list = |ids: &BTreeSet<SecurityGroupId>| ids.iter().map(|id| known(id.as_str())).collect::<Vec<_>>();
        existing.security_group_ids = groups.map(list).into();
    }
    (!existing.is_empty()).then_some(existing)
}

/// The tags that are the user's.
pub fn of_user(tags: Tags) -> Tags {
    let user = |tag: &str| !tag.starts_with("thatdot:") && !tag.starts_with("aws:");
    tags.into_iter().filter(|(tag, _)| user(tag)).collect()
}

/// A look that AWS refused.
pub fn failed(name: &str, error: &engine::Error) -> Diagnostics {
    Diagnostic::error(format!("Could not look for the deployment {name}"), error.explained()).into()
}

fn nothing(aws: &Aws, name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("There is no deployment {name}"),
        format!(
            "In account {}, region {}, no task definition of the family {name} carries the tags of a deployment of that name. \
             The id to import by is the deployment's name.",
            aws.account_id, aws.region
        ),
    )
    .into()
}

/// Where nothing runs the task definition.
pub fn nothing_runs(name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("The deployment {name} is incomplete"),
        "Its task definition stands, but nothing that runs it does, so its configuration cannot be told. Apply the configuration \
         with adopt_existing = true instead: that takes over what stands and makes the rest.",
    )
    .into()
}
