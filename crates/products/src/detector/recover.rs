//! A deployment's configuration, read back from what stands of it, for import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::design::{self, FILE_SYSTEM, SERVICE, TASK};
use super::model::{AccessPoint, Detector, Ingress, Persistence};
use super::{running, site, vendor};
use crate::settings;
use crate::shared::capacity::Capacity;
use crate::shared::environment::entries;
use crate::shared::load_balancer::LoadBalancerBlock;
use crate::shared::recovery::{
    self, Found, definition, discover, ids, known, looking, nothing_runs, of_user, ranges, texts,
};
use crate::shared::{self, Existing, hardware};
use crate::wiring::known_list;
use aws::ids::SecurityGroupId;
use aws::{Aws, Peer, Rule};
use components::{
    Compatibility, EcsService, EcsTask, EcsTaskDefinition, EfsAccessPoint, EfsFileSystem, EfsVolume, SecurityGroup,
    Volume,
};
use engine::{DeploymentId, Graph, Tags};
use framework::{Attr, Diagnostics};

/// The deployment of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Detector, DeploymentId, Tags), Diagnostics> {
    let run = looking(aws, name);
    let (spec, id, tags) = definition(&run).await?;
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

    definition_settings(&mut model, &spec);
    if spec.compatibility.known() == Some(&Compatibility::Ec2) {
        model.capacity = Some(Capacity::standard(&vendor::HOSTS));
    }

    let running = discover(&run, &id, &running_alone(&model, aws)).await?;
    placement(&mut model, &running).ok_or_else(|| nothing_runs(name))?;
    if let Some(ids) = tags.get(settings::SUBNETS) {
        model.subnet_ids = Attr::Known(ids.split(' ').map(known).collect());
    }
    model.vpc_id = shared::site::vpc_of(aws, &model.subnet_ids, "subnet_ids").await?;
    model.vpc_cidr_blocks = shared::site::vpc_ranges(aws, &model.vpc_id).await?;

    // Whether there is a load balancer only a look tells.
    let whole = Detector {
        load_balancer: Some(LoadBalancerBlock::whole()),
        ..model.clone()
    };
    let found = discover(&run, &id, &design::design(&whole, aws).graph).await?;
    model.load_balancer = recovery::load_balancer(&found, &model.vpc_cidr_blocks, |_| &model.subnet_ids);
    hosts(&mut model, &found, &settings::from_tags(&tags));
    parts_of(&mut model, &found, &running);
    brought(&mut model, &found, &spec, &running);
    client_settings(&mut model, &tags);
    let visit = site::visit(aws, &mut model).await;
    if visit.diagnostics.has_errors() {
        return Err(visit.diagnostics);
    }
    hardware::choose(visit.choice, &mut model.host);
    let graph = design::design(&model, aws).graph;
    // The look at the site has a patience of its own: what it took is not taken from this one.
    let found = discover(&looking(aws, name), &id, &graph).await?;
    model.components = Attr::Known(found.components(&graph));
    Ok((model, id, of_user(tags)))
}

/// The cluster and whatever may run in it.
fn running_alone(model: &Detector, aws: &Aws) -> Graph<Aws> {
    let mut graph = design::design(model, aws).graph;
    running::add_task_for_search(&mut graph, model);
    graph
}

/// Where it runs and how: from the service, or from the task that was run by itself.
fn placement(model: &mut Detector, found: &Found) -> Option<()> {
    if let Some(service) = found.spec::<EcsService>(SERVICE) {
        model.run_as = known("service");
        model.subnet_ids = ids(service.subnets.known()?.iter());
        model.assign_public_ip = service.assign_public_ip.known().copied().into();
        model.platform_version = service.platform_version.known().cloned().flatten().into();
        model.desired_count = service
            .desired_count
            .known()
            .map(|count| i64::from(count.number()))
            .into();
        model.enable_execute_command = service.enable_execute_command.known().copied().into();
        let balanced = service
            .load_balancers
            .known()
            .is_some_and(|targets| !targets.is_empty());
        let grace = service.health_check_grace_period.known().copied().flatten();
        model.health_check_grace_period_seconds = balanced.then_some(i64::from(grace.unwrap_or_default())).into();
        return Some(());
    }
    let task = found.spec::<EcsTask>(TASK)?;
    model.run_as = known("task");
    model.subnet_ids = ids(task.subnets.known()?.iter());
    model.assign_public_ip = task.assign_public_ip.known().copied().into();
    model.platform_version = task.platform_version.known().cloned().flatten().into();
    model.desired_count = Attr::Known(1);
    model.enable_execute_command = task.enable_execute_command.known().copied().into();
    Some(())
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

/// The hosts, where there are any.
fn hosts(model: &mut Detector, found: &Found, words: &BTreeMap<String, String>) {
    let group = "security_group_hosts";
    let told = recovery::capacity(found, words, &vendor::HOSTS, group, &model.vpc_cidr_blocks);
    let (capacity, host) = told.unzip();
    model.capacity = capacity;
    model.host = host.into();
}

/// What the parts that are ours tell.
fn parts_of(model: &mut Detector, found: &Found, running: &Found) {
    let basics = recovery::basics(found, running);
    model.container_insights = basics.container_insights;
    model.log_retention_in_days = basics.log_retention_in_days;
    model.iam_path = basics.iam_path;
    model.permissions_boundary = basics.permissions_boundary;
    model.ingress = found
        .spec::<SecurityGroup>("security_group_service")
        .and_then(|group| ingress(model, group, found));
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

/// The block, where the rules say anything but the default: the VPC's own ranges, or the load balancer alone.
fn ingress(model: &Detector, group: &SecurityGroup, found: &Found) -> Option<Ingress> {
    let rules = group.ingress.known()?;
    let balancer = found
        .object("security_group_load_balancer")
        .map(|group| group.identity().id.as_str());
    let ranges = ranges(rules);
    let group = |rule: &Rule| match rule.peer() {
        Peer::Group(id) => Some(id.to_string()).filter(|id| Some(id.as_str()) != balancer),
        Peer::V4(_) | Peer::V6(_) | Peer::PrefixList(_) => None,
    };
    let groups: BTreeSet<String> = rules.iter().filter_map(group).collect();
    let usual: BTreeSet<String> = match balancer {
        Some(_) => BTreeSet::new(),
        None => known_list(&model.vpc_cidr_blocks)
            .unwrap_or_default()
            .into_iter()
            .collect(),
    };
    if groups.is_empty() && ranges == usual {
        return None;
    }
    Some(Ingress {
        cidr_blocks: texts(ranges),
        security_group_ids: texts(groups),
    })
}

/// What is used and is not ours was brought by the user.
fn brought(model: &mut Detector, found: &Found, spec: &EcsTaskDefinition, running: &Found) {
    model.existing = recovery::brought(model.existing.take(), found, spec, groups(running));
    if let Some(persistence) = &mut model.persistence
        && found.object(FILE_SYSTEM).is_none()
    {
        let volume = file_system_volume(spec);
        persistence.file_system_id = volume.map(|volume| volume.file_system.to_string()).into();
    }
}

fn groups(running: &Found) -> Option<&BTreeSet<SecurityGroupId>> {
    let of_service = running
        .spec::<EcsService>(SERVICE)
        .and_then(|service| service.security_groups.known());
    let of_task = running
        .spec::<EcsTask>(TASK)
        .and_then(|task| task.security_groups.known());
    of_service.or(of_task)
}

/// What only we know of, from the tags.
fn client_settings(model: &mut Detector, tags: &Tags) {
    let words = settings::from_tags(tags);
    model.wait_for_steady_state = Attr::Known(words.get("wait_for_steady_state").is_none_or(|value| value == "true"));
    model.force_new_deployment = Attr::Known(words.get("force_new_deployment").is_some_and(|value| value == "true"));
    if let Some(persistence) = &mut model.persistence {
        persistence.kms_key_id = words.get("kms_key_id").cloned().into();
        if persistence.file_system_id.is_null() {
            let retains = words.get("retain_on_destroy").is_some_and(|value| value == "true");
            persistence.retain_on_destroy = Attr::Known(retains);
        }
    }
    settings::into_common(&words, &mut super::common(model));
}
