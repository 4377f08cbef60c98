//! A deployment's configuration, read back from what stands of it, for import.

mod around;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{ApiGateway, Autoscaling, Bastion, Fargate, License, Placement, PrivateAi};
use super::{design, license, remembered, running, site, vendor};
use crate::settings;
use crate::shared::capacity::Capacity;
use crate::shared::environment::entries;
use crate::shared::load_balancer::LoadBalancerBlock;
use crate::shared::recovery::{
    self, Found, definition, discover, ids, known, looking, nothing_runs, of_user, ranges, texts,
};
use crate::shared::service::SERVICE;
use crate::shared::{self, Existing};
use aws::{Aws, ManagedPolicy, Peer};
use components::{
    Compatibility, DesiredCount, EcsService, EcsTaskDefinition, IamRole, Launch, PlacementStrategy, Secret,
    SecurityGroup, Volume,
};
use engine::{DeploymentId, Tags};
use framework::{Attr, Diagnostics};

/// The deployment of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(PrivateAi, DeploymentId, Tags), Diagnostics> {
    let run = looking(aws, name);
    let (spec, id, tags) = definition(&run).await?;
    let words = settings::from_tags(&tags);
    let mut model = PrivateAi {
        name: known(name),
        public_subnet_ids: tags
            .get(settings::SUBNETS)
            .map(|ids| ids.split(' ').map(known).collect::<Vec<_>>())
            .into(),
        ..PrivateAi::default()
    };
    if let Some(cluster) = tags.get(settings::CLUSTER) {
        model.existing = Some(Existing {
            cluster_arn: known(cluster),
            ..Existing::default()
        });
    }
    definition_settings(&mut model, &spec);

    // Everything that a deployment can have, so that one look finds whatever this one has.
    let whole = everything(&model);
    let found = discover(&run, &id, &design::design(&whole, aws).graph).await?;
    let service = found.spec::<EcsService>(SERVICE).ok_or_else(|| nothing_runs(name))?;
    service_settings(&mut model, service, &words);
    model.vpc_id = shared::site::vpc_of(aws, &model.private_subnet_ids, "private_subnet_ids").await?;
    model.vpc_cidr_blocks = shared::site::vpc_ranges(aws, &model.vpc_id).await?;
    let basics = recovery::basics(&found, &found);
    model.container_insights = basics.container_insights;
    model.log_retention_in_days = basics.log_retention_in_days;
    model.iam_path = basics.iam_path;
    model.permissions_boundary = basics.permissions_boundary;
    // Groups are known by their VPC, so they are found only now.
    let found = discover(
        &run,
        &id,
        &design::design(&with_place(everything(&model), &model), aws).graph,
    )
    .await?;
    model.marketplace = Attr::Known(metering(&found));
    model.existing = recovery::brought(model.existing.take(), &found, &spec, service.security_groups.known());
    hosts(&mut model, &found, &words);
    license_settings(&mut model, &found, &words);
    model.load_balancer = recovery::load_balancer(&found, &model.vpc_cidr_blocks, |faces_internet| {
        if faces_internet {
            &model.public_subnet_ids
        } else {
            &model.private_subnet_ids
        }
    });
    around::api_gateway(&mut model, &found);
    around::bastion(&mut model, &found, &words);
    around::autoscaling(&mut model, &found);
    model.egress_cidr_blocks = way_out(&found);
    remembered::restore(&mut model, &words);

    let visit = site::visit(aws, &mut model).await;
    if visit.diagnostics.has_errors() {
        return Err(visit.diagnostics);
    }
    visit.choice.fill_in(&mut model);
    percentages(&mut model, service);
    let graph = design::design(&model, aws).graph;
    // The look at the site has a patience of its own: what it took is not taken from this one.
    let found = discover(&looking(aws, name), &id, &graph).await?;
    model.components = Attr::Known(found.components(&graph));
    Ok((model, id, of_user(tags)))
}

/// A model with every block, by which every part is looked for.
fn everything(model: &PrivateAi) -> PrivateAi {
    let mut whole = model.clone();
    let on_fargate = whole.fargate.is_some();
    if !on_fargate {
        whole.capacity = Some(Capacity::standard(&vendor::HOSTS));
    }
    if let Some(license) = &mut whole.license {
        // A secret of ours is found by its name; whatever else is named was the user's.
        license.secret_arn = Attr::Null;
    }
    whole.load_balancer = Some(LoadBalancerBlock::whole());
    whole.api_gateway = Some(ApiGateway {
        authorization: known("JWT"),
        access_log: Attr::Known(true),
        ..ApiGateway::default()
    });
    whole.bastion = Some(Bastion::default());
    whole.autoscaling = Some(Autoscaling {
        cpu_percent: Attr::Known(1),
        memory_percent: Attr::Known(1),
        requests_per_task: Attr::Known(1),
        ..Autoscaling::default()
    });
    whole
}

fn with_place(mut whole: PrivateAi, model: &PrivateAi) -> PrivateAi {
    whole.vpc_id = model.vpc_id.clone();
    whole.vpc_cidr_blocks = model.vpc_cidr_blocks.clone();
    whole
}

/// What the task definition tells.
fn definition_settings(model: &mut PrivateAi, spec: &EcsTaskDefinition) {
    model.cpu = spec.cpu.known().copied().into();
    model.memory = spec.memory.known().copied().into();
    let on_fargate = spec.compatibility.known() == Some(&Compatibility::Fargate);
    if on_fargate {
        let gib = spec.ephemeral_storage_gib.known().copied().flatten();
        model.fargate = Some(Fargate {
            ephemeral_storage_gib: gib.map(i64::from).into(),
            ..Fargate::default()
        });
    }
    let containers = spec.containers.known().map(Vec::as_slice).unwrap_or_default();
    if let Some(product) = containers.iter().find(|container| container.name == vendor::CONTAINER) {
        model.image = known(&product.image);
        model.environment = entries(&product.environment);
        model.secrets = entries(&product.secrets);
        model.stop_timeout = product.stop_timeout.map(i64::from).into();
    }
    if containers
        .iter()
        .any(|container| container.name == vendor::LICENSE_CONTAINER)
    {
        let volumes = spec.volumes.known().map(Vec::as_slice).unwrap_or_default();
        let on_efs = volumes.iter().any(|volume| matches!(volume, Volume::Efs(_)));
        let secret = containers.iter().find_map(license::secret_of);
        model.license = Some(License {
            on: known(if on_efs { "efs" } else { "task" }),
            secret_arn: secret.into(),
            ..License::default()
        });
    }
}

/// What the service tells.
fn service_settings(model: &mut PrivateAi, service: &EcsService, words: &BTreeMap<String, String>) {
    model.private_subnet_ids = service
        .subnets
        .known()
        .map_or(Attr::Null, |subnets| ids(subnets.iter()));
    model.enable_execute_command = service.enable_execute_command.known().copied().into();
    let told = words.get("desired_count").and_then(|count| count.parse().ok());
    let count = service.desired_count.known().copied().map(DesiredCount::number);
    model.desired_count = told.or(count.map(i64::from)).into();
    let grace = words
        .get("grace")
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(120);
    model.health_check_grace_period_seconds = Attr::Known(grace);
    let rules = service
        .placement_strategy
        .known()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let rule = |rule: &PlacementStrategy| Placement {
        kind: known(&rule.kind().to_string()),
        field: rule.field().map(str::to_owned).into(),
    };
    model.ordered_placement_strategy = rules.iter().map(rule).collect();
    if let Some(fargate) = &mut model.fargate {
        let version = service.platform_version.known().cloned().flatten();
        fargate.platform_version = version.into();
        fargate.spot = Attr::Known(service.launch.known().is_some_and(on_spot));
    }
}

/// Whether tasks run on Fargate's spare capacity.
fn on_spot(launch: &Launch) -> bool {
    matches!(launch, Launch::CapacityProviders(shares) if shares.iter().any(|share| share.provider.as_str() == Launch::FARGATE_SPOT))
}

/// The percentages, where they are not those that would be chosen.
fn percentages(model: &mut PrivateAi, service: &EcsService) {
    let Some(rollout) = service.rollout.known() else { return };
    let chosen = running::standard_percentages(model);
    if chosen == Some((rollout.minimum_healthy_percent, rollout.maximum_percent)) {
        return;
    }
    model.deployment_minimum_healthy_percent = Attr::Known(i64::from(rollout.minimum_healthy_percent));
    model.deployment_maximum_percent = Attr::Known(i64::from(rollout.maximum_percent));
}

/// Whether the task may meter its use.
fn metering(found: &Found) -> bool {
    let role = found.spec::<IamRole>("iam_role_task");
    let policies = role.and_then(|role| role.managed_policies.known());
    policies.is_some_and(|policies| policies.contains(&ManagedPolicy::MarketplaceMeteringRegisterUsage))
}

fn hosts(model: &mut PrivateAi, found: &Found, words: &BTreeMap<String, String>) {
    let found = recovery::capacity(
        found,
        words,
        &vendor::HOSTS,
        "security_group_service",
        &model.vpc_cidr_blocks,
    );
    let Some((capacity, host)) = found else { return };
    if words.contains_key("capacity") || capacity != Capacity::standard(&vendor::HOSTS) {
        model.capacity = Some(capacity);
    }
    model.host = Attr::Known(host);
}

fn license_settings(model: &mut PrivateAi, found: &Found, words: &BTreeMap<String, String>) {
    let Some(block) = &mut model.license else { return };
    block.recovery_window_in_days = Attr::Known(
        words
            .get("recovery_window")
            .and_then(|days| days.parse().ok())
            .unwrap_or(0),
    );
    if let Some(secret) = found.spec::<Secret>(license::SECRET) {
        block.secret_arn = Attr::Null;
        block.kms_key_id = secret.kms_key_id.known().cloned().flatten().into();
        block.content_wo_version = secret.content_version.known().copied().into();
    }
}

/// Where hosts and tasks may connect to; null where that is everywhere.
fn way_out(found: &Found) -> Attr<Vec<Attr<String>>> {
    let group = found.spec::<SecurityGroup>("security_group_service");
    let rules = group
        .and_then(|group| group.egress.known().cloned().flatten())
        .unwrap_or_default();
    if rules.iter().any(|rule| *rule.peer() == Peer::anywhere()) {
        return Attr::Null;
    }
    texts(ranges(&rules))
}
