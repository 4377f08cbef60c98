//! A deployment's configuration, read back from what stands of it, for import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::design::{self, FILE_SYSTEM, SERVICE, TASK, TASK_DEFINITION};
use super::model::{AccessPoint, Detector, Ingress, Persistence};
use super::{running, site};
use crate::aws::Aws;
use crate::aws::Peer;
use crate::aws::components::{
    ContainerInsights, EcsCluster, EcsService, EcsTask, EcsTaskDefinition, EfsAccessPoint, EfsFileSystem, EfsVolume,
    IamRole, LogGroup, SecurityGroup, Volume,
};
use crate::aws::ids::{SecurityGroupId, SubnetId};
use crate::engine::{self, DeploymentId, Graph, IgnoreTags, Input, Key, Object, Owner, Run, Spec, Survey, Tags};
use crate::framework::{Attr, Diagnostic, Diagnostics};
use crate::products::parts::{self, Part};
use crate::products::settings;
use crate::products::shared::environment::entries;
use crate::products::shared::schema::LOG_RETENTION;
use crate::products::shared::{self, Existing};
use crate::products::wiring::known_list;

/// How long finding a deployment may take.
const LIMIT: Duration = Duration::from_mins(5);

/// What was found of one deployment.
struct Found {
    survey: Survey,
    id: DeploymentId,
}

impl Found {
    /// The object of that part, where it is this deployment's own.
    fn object(&self, key: &str) -> Option<&Object> {
        let object = self.survey.objects.get(&Key::new(key))?;
        matches!(object.owner(), Owner::Namesake(id) if *id == self.id).then_some(object)
    }

    fn spec<S: Spec>(&self, key: &str) -> Option<&S> {
        self.object(key)?.spec()
    }
}

/// The deployment of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Detector, DeploymentId, Tags), Diagnostics> {
    let run = run(aws, name);
    let definition = engine::discover(&definition_alone(name), &run)
        .await
        .map_err(|error| failed(name, &error))?;
    refuse_failures(name, &definition)?;
    let (id, tags) = definition
        .objects
        .get(&Key::new(TASK_DEFINITION))
        .and_then(|object| match object.owner() {
            Owner::Namesake(id) => Some((id.clone(), object.tags().cloned().unwrap_or_default())),
            _ => None,
        })
        .ok_or_else(|| nothing(aws, name))?;
    let mut model = Detector {
        name: known(name),
        ..Detector::default()
    };
    if let Some(cluster) = tags.get(settings::CLUSTER) {
        model.existing = Some(Existing {
            cluster_arn: known(cluster),
            ..Existing::default()
        });
    }

    let running = discover(&run, &id, &running_alone(&model, aws)).await?;
    placement(&mut model, &running).ok_or_else(|| nothing_runs(name))?;
    if let Some(ids) = tags.get(settings::SUBNETS) {
        model.subnet_ids = Attr::Known(ids.split(' ').map(known).collect());
    }
    let spec: Option<&EcsTaskDefinition> = definition
        .objects
        .get(&Key::new(TASK_DEFINITION))
        .and_then(|object| object.spec());
    let spec = spec.ok_or_else(|| nothing(aws, name))?;
    definition_settings(&mut model, spec);
    model.vpc_id = shared::site::vpc_of(aws, &model.subnet_ids, "subnet_ids").await?;
    let diagnostics = site::visit(aws, &mut model).await;
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }

    let found = discover(&run, &id, &design::design(&model, aws).graph).await?;
    parts_of(&mut model, &found, &running);
    brought(&mut model, &found, spec, &running);
    client_settings(&mut model, &tags);
    let graph = design::design(&model, aws).graph;
    model.components = Attr::Known(components(&found, &graph));
    let tags = tags
        .into_iter()
        .filter(|(tag, _)| !tag.starts_with("thatdot:") && !tag.starts_with("aws:"))
        .collect();
    Ok((model, id, tags))
}

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn run(aws: &Arc<Aws>, name: &str) -> Run<Aws> {
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
    }
}

/// The task definition, which is always ours and found by the deployment's name alone.
fn definition_alone(name: &str) -> Graph<Aws> {
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

/// The cluster and whatever may run in it.
fn running_alone(model: &Detector, aws: &Aws) -> Graph<Aws> {
    let mut graph = design::design(model, aws).graph;
    running::add_task_for_search(&mut graph, model);
    graph
}

async fn discover(run: &Run<Aws>, id: &DeploymentId, graph: &Graph<Aws>) -> Result<Found, Diagnostics> {
    let survey = engine::discover(graph, run)
        .await
        .map_err(|error| failed(&run.name, &error))?;
    refuse_failures(&run.name, &survey)?;
    Ok(Found { survey, id: id.clone() })
}

/// Where it runs and how: from the service, or from the task that was run by itself.
fn placement(model: &mut Detector, found: &Found) -> Option<()> {
    if let Some(service) = found.spec::<EcsService>(SERVICE) {
        model.run_as = known("service");
        model.subnet_ids = subnet_list(service.subnets.known()?.iter());
        model.assign_public_ip = service.assign_public_ip.known().copied().into();
        model.platform_version = service.platform_version.known().cloned().flatten().into();
        model.desired_count = service
            .desired_count
            .known()
            .map(|count| i64::from(count.number()))
            .into();
        model.enable_execute_command = service.enable_execute_command.known().copied().into();
        return Some(());
    }
    let task = found.spec::<EcsTask>(TASK)?;
    model.run_as = known("task");
    model.subnet_ids = subnet_list(task.subnets.known()?.iter());
    model.assign_public_ip = task.assign_public_ip.known().copied().into();
    model.platform_version = task.platform_version.known().cloned().into();
    model.desired_count = Attr::Known(1);
    model.enable_execute_command = task.enable_execute_command.known().copied().into();
    Some(())
}

fn subnet_list<'a>(ids: impl Iterator<Item = &'a SubnetId>) -> Attr<Vec<Attr<String>>> {
    Attr::Known(ids.map(|id| known(id.as_str())).collect())
}

/// What the task definition tells.
pub fn definition_settings(model: &mut Detector, spec: &EcsTaskDefinition) {
    model.cpu = spec.cpu.known().copied().into();
    model.memory = spec.memory.known().copied().into();
    model.ephemeral_storage_gib = spec
        .ephemeral_storage_gib
        .known()
        .copied()
        .flatten()
        .map(i64::from)
        .into();
    if let Some(container) = spec.containers.known().and_then(|containers| containers.first()) {
        model.image = known(&container.image);
        model.environment = entries(&container.environment);
        model.secrets = entries(&container.secrets);
        model.stop_timeout = container.stop_timeout.map(i64::from).into();
    }
    if let Some(volume) = file_system_volume(spec) {
        let access_point = volume.access_point.as_ref().map(|_| AccessPoint::default());
        model.persistence = Some(Persistence {
            root_directory: known(&volume.root_directory),
            access_point,
            ..Persistence::default()
        });
    }
}

fn file_system_volume(spec: &EcsTaskDefinition) -> Option<&EfsVolume> {
    spec.volumes.known()?.iter().find_map(Volume::efs)
}

/// What the parts that are ours tell.
fn parts_of(model: &mut Detector, found: &Found, running: &Found) {
    if let Some(cluster) = running.spec::<EcsCluster>("ecs_cluster") {
        model.container_insights = Attr::Known(cluster.container_insights.known() == Some(&ContainerInsights::Enabled));
    } else {
        model.container_insights = Attr::Known(false);
    }
    let days = found
        .spec::<LogGroup>("log_group")
        .and_then(|group| group.retention_in_days.known().copied());
    model.log_retention_in_days = Attr::Known(days.map_or(LOG_RETENTION, |days| days.map_or(0, i64::from)));
    let role = found
        .spec::<IamRole>("iam_role_task")
        .or_else(|| found.spec("iam_role_execution"));
    model.iam_path = known(role.and_then(|role| role.path.known()).map_or("/", String::as_str));
    model.permissions_boundary = role
        .and_then(|role| role.permissions_boundary.known()?.as_ref().map(ToString::to_string))
        .into();
    model.ingress = found
        .spec::<SecurityGroup>("security_group_service")
        .and_then(|group| ingress(model, group));
    if let Some(persistence) = &mut model.persistence {
        if let Some(file_system) = found.spec::<EfsFileSystem>(FILE_SYSTEM) {
            persistence.encrypted = file_system.encrypted.known().copied().into();
            persistence.backup = file_system.backup.known().copied().into();
            persistence.performance_mode = file_system.performance_mode.known().map(ToString::to_string).into();
            persistence.throughput_mode = file_system.throughput_mode.known().map(ToString::to_string).into();
            let transition = file_system.transition_to_ia.known().cloned().flatten();
            persistence.transition_to_ia = transition.map(|after| after.to_string()).into();
        }
        persistence.access_point = found
            .spec::<EfsAccessPoint>("efs_access_point")
            .map(|point| AccessPoint {
                path: point.path.known().cloned().into(),
                uid: point.uid.known().copied().into(),
                gid: point.gid.known().copied().into(),
                permissions: point.permissions.known().cloned().into(),
            });
    }
}

/// The block, where the rules say anything but the default: the VPC's own ranges.
fn ingress(model: &Detector, group: &SecurityGroup) -> Option<Ingress> {
    let rules = group.ingress.known()?;
    let (mut ranges, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for rule in rules {
        match rule.peer() {
            Peer::V4(range) => ranges.insert(range.to_string()),
            Peer::V6(range) => ranges.insert(range.to_string()),
            Peer::Group(id) => groups.insert(id.to_string()),
            Peer::PrefixList(_) => false,
        };
    }
    let of_vpc: BTreeSet<String> = known_list(&model.vpc_cidr_blocks)
        .unwrap_or_default()
        .into_iter()
        .collect();
    if groups.is_empty() && ranges == of_vpc {
        return None;
    }
    let list = |texts: BTreeSet<String>| {
        if texts.is_empty() {
            Attr::Null
        } else {
            Attr::Known(texts.into_iter().map(Attr::Known).collect())
        }
    };
    Some(Ingress {
        cidr_blocks: list(ranges),
        security_group_ids: list(groups),
    })
}

/// What is used and is not ours was brought by the user.
fn brought(model: &mut Detector, found: &Found, spec: &EcsTaskDefinition, running: &Found) {
    let mut existing = model.existing.take().unwrap_or_default();
    if found.object("iam_role_task").is_none() {
        existing.task_role_arn = spec.task_role.known().map(ToString::to_string).into();
    }
    if found.object("iam_role_execution").is_none() {
        existing.execution_role_arn = spec.execution_role.known().map(ToString::to_string).into();
    }
    if found.object("log_group").is_none() {
        let container = spec.containers.known().and_then(|containers| containers.first());
        existing.log_group_name = container
            .and_then(|container| container.logs.as_ref())
            .map(|logs| logs.group.to_string())
            .into();
    }
    if found.object("security_group_service").is_none() {
        existing.security_group_ids = groups(running);
    }
    if !existing.is_empty() {
        model.existing = Some(existing);
    }
    if let Some(persistence) = &mut model.persistence
        && found.object(FILE_SYSTEM).is_none()
    {
        let volume = file_system_volume(spec);
        persistence.file_system_id = volume.map(|volume| volume.file_system.to_string()).into();
    }
}

fn groups(running: &Found) -> Attr<Vec<Attr<String>>> {
    let of_service = running
        .spec::<EcsService>(SERVICE)
        .and_then(|service| service.security_groups.known());
    let of_task = running
        .spec::<EcsTask>(TASK)
        .and_then(|task| task.security_groups.known());
    let list = |ids: &BTreeSet<SecurityGroupId>| ids.iter().map(|id| known(id.as_str())).collect::<Vec<_>>();
    of_service.or(of_task).map(list).into()
}

/// What only we know of, from the tags.
fn client_settings(model: &mut Detector, tags: &Tags) {
    let words = settings::from_tags(tags);
    model.wait_for_steady_state = Attr::Known(words.get("wait_for_steady_state").is_none_or(|value| value == "true"));
    model.force_new_deployment = Attr::Known(words.get("force_new_deployment").is_some_and(|value| value == "true"));
    if let Some(persistence) = &mut model.persistence {
        persistence.kms_key_id = words.get("kms_key_id").cloned().into();
    }
    settings::into_common(&words, &mut super::common(model));
}

/// The parts that are ours and that the configuration asks for.
fn components(found: &Found, graph: &Graph<Aws>) -> BTreeMap<String, Attr<Part>> {
    let parts = graph.keys().filter_map(|key| {
        let kind = graph.kind(key)?;
        let object = found.survey.objects.get(key)?;
        let ours = matches!(object.owner(), Owner::Namesake(id) if *id == found.id);
        ours.then(|| (key.to_string(), Attr::Known(parts::standing(kind, object.identity()))))
    });
    parts.collect()
}

fn refuse_failures(name: &str, survey: &Survey) -> Result<(), Diagnostics> {
    match survey.failures.first() {
        Some(failure) => Err(failed(name, &failure.error)),
        None => Ok(()),
    }
}

fn failed(name: &str, error: &engine::Error) -> Diagnostics {
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

fn nothing_runs(name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("The deployment {name} is incomplete"),
        "Its task definition stands, but neither its service nor its task does, so its configuration cannot be told. Apply \
         the configuration with adopt_existing = true instead: that takes over what stands and makes the rest.",
    )
    .into()
}
