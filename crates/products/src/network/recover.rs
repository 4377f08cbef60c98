//! A network's configuration, read back from what stands of it, for import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{Endpoints, FlowLogs, Network};
use super::{design, keys};
use crate::settings;
use crate::shared::recovery::{Found, boundary, discover, failed, known, look, looking, of_user};
use aws::{Aws, lookups};
use components::{FlowLog, IamRole, LogGroup, Vpc};
use engine::{DeploymentId, Graph, Input, Key, Owner, Tags};
use framework::{Attr, Diagnostic, Diagnostics};

/// The network of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Network, DeploymentId, Tags), Diagnostics> {
    let run = looking(aws, name);
    let vpc = look(&run, &anchor()).await?;
    let object = vpc.objects.get(&Key::new(keys::VPC));
    let Some((object, id)) = object.and_then(|object| match object.owner() {
        Owner::Namesake(id) => Some((object, id.clone())),
        _ => None,
    }) else {
        return Err(nothing(aws, name));
    };
    let tags = object.tags().cloned().unwrap_or_default();
    let range = object.spec().and_then(|vpc: &Vpc| vpc.cidr_block.known());
    let words = settings::from_tags(&tags);
    let parts = lookups::part_keys(aws, &id)
        .await
        .map_err(|error| failed(name, &error))?;

    let mut model = Network {
        name: known(name),
        cidr_block: range.map(ToString::to_string).into(),
        ..Network::default()
    };
    configured(&mut model, &parts, &words);
    let found = discover(&run, &id, &design::design(&model, aws).graph).await?;
    // Of what was deleted, EC2 keeps the tags for a while.
    let standing: BTreeSet<Key> = parts.into_iter().filter(|key| found.owns(key)).collect();
    configured(&mut model, &standing, &words);
    flow_logs(&mut model, &found);
    settings::into_common(&words, &mut super::common(&mut model));
    let graph = design::design(&model, aws).graph;
    model.components = Attr::Known(found.own_components(&graph));
    let mut tags = of_user(tags);
    tags.retain(|tag, value| !keys::is_own_name(name, tag, value));
    Ok((model, id, tags))
}

fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Attr<Vec<Attr<String>>> {
    Attr::Known(texts.into_iter().map(known).collect())
}

/// The VPC, which every network has and which is found by the network's name alone.
pub fn anchor() -> Graph<Aws> {
    let mut graph = Graph::new();
    graph.add(
        Key::new(keys::VPC),
        Vpc {
            cidr_block: Input::Unknown,
            dns_support: Input::Unknown,
            dns_host_names: Input::Unknown,
        },
    );
    graph
}

/// What was asked for, as the parts that there are tell it.
fn configured(model: &mut Network, parts: &BTreeSet<Key>, words: &BTreeMap<String, String>) {
    let zones: BTreeSet<&str> = parts.iter().filter_map(keys::zone_of_subnet).collect();
    let nat_zones: BTreeSet<&str> = parts
        .iter()
        .filter_map(keys::zone_of_nat_gateway)
        .filter(|zone| zones.contains(zone))
        .collect();
    let nat = match (nat_zones.len(), words.get(super::NAT)) {
        (0, _) => "none",
        (1, Some(word)) => word.as_str(),
        (1, None) => "single",
        _ => "per_az",
    };
    model.az_count = i64::try_from(zones.len()).map_or(Attr::Null, Attr::Known);
    model.availability_zones = list(zones);
    model.nat = known(nat);
    model.nat_availability_zones = list(nat_zones);
    let services: BTreeSet<&str> = parts.iter().filter_map(keys::service_of_endpoint).collect();
    model.endpoints = (!services.is_empty()).then(|| Endpoints {
        services: list(services),
    });
    model.flow_logs = parts.contains(&Key::new(keys::FLOW_LOG)).then(FlowLogs::default);
}

fn flow_logs(model: &mut Network, found: &Found) {
    let Some(block) = &mut model.flow_logs else { return };
    let log: Option<&FlowLog> = found.spec(keys::FLOW_LOG);
    let group: Option<&LogGroup> = found.spec(keys::LOG_GROUP);
    block.traffic_type = log
        .and_then(|log| log.traffic_type.known())
        .map(ToString::to_string)
        .into();
    let days = group.and_then(|group| group.retention_in_days.known().copied());
    block.retention_in_days = days.map(|days| days.map_or(0, i64::from)).into();
    let role: Option<&IamRole> = found.spec(keys::ROLE);
    model.permissions_boundary = role.map_or(Attr::Null, |role| boundary(&role.permissions_boundary));
}

fn nothing(aws: &Aws, name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("There is no network {name}"),
        format!(
            "In account {}, region {}, no VPC carries the tags of a network of that name. The id to import by is the \
             network's name.",
            aws.account_id, aws.region
        ),
    )
    .into()
}
