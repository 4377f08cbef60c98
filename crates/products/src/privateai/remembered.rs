//! Settings that no AWS object has a field for, remembered in tags of the task definition so that an import finds them.

use std::collections::BTreeMap;

use super::license::FILE_SYSTEM;
use super::model::PrivateAi;
use crate::settings;
use crate::shared::capacity;
use crate::shared::service::TASK_DEFINITION;
use crate::wiring::known_list;
use engine::{Key, Tags};
use framework::Attr;

/// The tags that remember them.
pub fn part_tags(model: &PrivateAi) -> BTreeMap<Key, Tags> {
    let mut model = model.clone();
    let is = |name: &'static str, on: bool| on.then(|| (name, "true".to_owned()));
    let number = |name: &'static str, attr: &Attr<i64>, default: i64| {
        attr.known()
            .filter(|value| **value != default)
            .map(|value| (name, value.to_string()))
    };
    let license = model.license.clone().unwrap_or_default();
    let words = [
        settings::flag("wait_for_steady_state", &model.wait_for_steady_state, true),
        settings::flag("force_new_deployment", &model.force_new_deployment, false),
        is(
            "bastion_ami_id",
            model.bastion.as_ref().is_some_and(|bastion| !bastion.ami_id.is_null()),
        ),
        is("capacity", model.capacity.is_some()),
        number("recovery_window", &license.recovery_window_in_days, 0),
        number("grace", &model.health_check_grace_period_seconds, 120),
        model
            .autoscaling
            .as_ref()
            .and_then(|_| number("desired_count", &model.desired_count, 1)),
    ];
    let cluster = model
        .existing
        .as_ref()
        .and_then(|existing| existing.cluster_arn.known().cloned());
    let mut words: Vec<(&str, String)> = words.into_iter().flatten().collect();
    words.extend(capacity::words(model.capacity.as_ref()));
    words.extend(settings::of_common(&super::common(&mut model)));
    let mut tags = settings::to_tags(words, cluster.as_deref());
    if !model.public_subnet_ids.is_null() {
        tags.extend(known_list(&model.public_subnet_ids).map(|ids| (settings::SUBNETS.to_owned(), ids.join(" "))));
    }
    BTreeMap::from([
        (Key::new(TASK_DEFINITION), tags),
        (Key::new(FILE_SYSTEM), model.basis().name_tag()),
    ])
}

/// Takes those of them that stand at the top of the model from the tags' words.
pub fn restore(model: &mut PrivateAi, words: &BTreeMap<String, String>) {
    model.wait_for_steady_state = Attr::Known(words.get("wait_for_steady_state").is_none_or(|value| value == "true"));
    model.force_new_deployment = Attr::Known(words.get("force_new_deployment").is_some_and(|value| value == "true"));
    settings::into_common(words, &mut super::common(model));
}
