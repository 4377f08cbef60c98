//! An operator's configuration, read back from what stands of it, for import.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::design::{self, ALL, ROLE, USER, attachment_key, policy_key};
use super::model::{Operator, Role, User};
use super::vendor;
use crate::settings;
use crate::shared::recovery::{Found, boundary, discover, look, looking, of_user};
use aws::Aws;
use aws::policy::Policy;
use components::{IamPolicy, IamRole, IamUser};
use engine::{DeploymentId, Graph, Tags};
use framework::{Attr, Diagnostic, Diagnostics};

/// The operator of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Operator, DeploymentId, Tags), Diagnostics> {
    let run = looking(aws, name);
    let single = look(&run, &graph(&candidate(name, "single", None), aws)).await?;
    let split = look(&run, &graph(&candidate(name, "per_service", None), aws)).await?;
    let ids: BTreeSet<DeploymentId> = single.namesakes().union(&split.namesakes()).cloned().collect();
    let id = match ids.iter().collect::<Vec<_>>().as_slice() {
        [] => return Err(nothing(aws, name)),
        [id] => (*id).clone(),
        _ => return Err(several(name, &ids)),
    };
    let single = Found::new(single, &id);
    let split = Found::new(split, &id);
    let (word, found) = if single.owns(&policy_key(ALL)) {
        ("single", single)
    } else {
        ("per_service", split)
    };
    let anchor = design::SETTINGS_ON
        .map(policy_key)
        .into_iter()
        .find(|key| found.owns(key))
        .ok_or_else(|| incomplete(name))?;
    let path = found
        .spec::<IamPolicy>(anchor.as_str())
        .and_then(|policy| policy.path.known().cloned());
    let tags = found.object(anchor.as_str()).and_then(|object| object.tags().cloned());
    let tags = tags.unwrap_or_default();

    let mut model = candidate(name, word, path);
    principal(&mut model, &found);
    let found = discover(&run, &id, &graph(&model, aws)).await?;
    attachments(&mut model, &found);
    client_settings(&mut model, &tags);
    model.components = Attr::Known(found.own_components(&design::design(&model, aws).graph));
    Ok((model, id, of_user(tags)))
}

/// An operator with everything that one can have, to look for. Its path is unknown before it is found.
fn candidate(name: &str, policies: &str, path: Option<String>) -> Operator {
    Operator {
        name: Attr::Known(name.to_owned()),
        policies: Attr::Known(policies.to_owned()),
        marketplace: Attr::Known(true),
        full_access_policies: Attr::Known(true),
        iam_path: path.map_or(Attr::Unknown, Attr::Known),
        user: Some(User::default()),
        role: Some(Role::default()),
        ..Operator::default()
    }
}

/// What to look for: while the path is unknown, nothing that hangs on a policy.
fn graph(model: &Operator, aws: &Aws) -> Graph<Aws> {
    if model.iam_path.is_unknown() {
        design::without_attachments(model, aws)
    } else {
        design::design(model, aws).graph
    }
}

/// The user or the role that there is.
fn principal(model: &mut Operator, found: &Found) {
    model.user = None;
    model.role = None;
    if let Some(spec) = found.spec::<IamUser>(USER) {
        model.user = Some(User::default());
        model.permissions_boundary = boundary(&spec.permissions_boundary);
    } else if let Some(spec) = found.spec::<IamRole>(ROLE) {
        model.role = Some(trusted(spec.trust.known()));
        model.permissions_boundary = boundary(&spec.permissions_boundary);
    }
}

/// The block, by ARNs where they say it all.
fn trusted(trust: Option<&Policy>) -> Role {
    let Some(trust) = trust else { return Role::default() };
    let arns: Vec<String> = trust.principals().into_iter().map(str::to_owned).collect();
    if design::trusting(&arns) == *trust {
        Role {
            trusted_arns: Attr::Known(arns.into_iter().map(Attr::Known).collect()),
            trust_policy: Attr::Null,
        }
    } else {
        Role {
            trusted_arns: Attr::Null,
            trust_policy: Attr::Known(trust.to_json()),
        }
    }
}

/// What is attached to the user or role.
fn attachments(model: &mut Operator, found: &Found) {
    let full_access = vendor::FULL_ACCESS
        .iter()
        .any(|(part, _)| found.owns(&attachment_key(part)));
    let of_role = found
        .spec::<IamRole>(ROLE)
        .and_then(|role| role.managed_policies.known())
        .is_some_and(|policies| policies.contains(&aws::ManagedPolicy::MarketplaceMeteringRegisterUsage));
    let of_user = found.owns(&attachment_key(vendor::METERING.0));
    // Without a user or role there is nothing to attach to, and the defaults stand.
    let alone = model.user.is_none() && model.role.is_none();
    model.full_access_policies = Attr::Known(full_access || alone);
    model.marketplace = Attr::Known(of_role || of_user);
}

/// What only we know of, from the tags.
fn client_settings(model: &mut Operator, tags: &Tags) {
    let words = settings::from_tags(tags);
    model.ecr_region = words.get("ecr_region").cloned().into();
    if let Some(user) = &mut model.user {
        user.force_destroy = Attr::Known(words.get("force_destroy").is_some_and(|value| value == "true"));
    }
    settings::into_common(&words, &mut super::common(model));
}

fn nothing(aws: &Aws, name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("There is no operator {name}"),
        format!(
            "In account {}, no policy, user or role carries the tags of an operator of that name. The id to import by is the \
             operator's name.",
            aws.account_id
        ),
    )
    .into()
}

fn several(name: &str, ids: &BTreeSet<DeploymentId>) -> Diagnostics {
    let ids: Vec<&str> = ids.iter().map(DeploymentId::as_str).collect();
    Diagnostic::error(
        format!("There is more than one operator {name}"),
        format!(
            "What carries that name belongs to several: {} (tag thatdot:deployment-id). Delete what is left over of all but \
             one, and import again.",
            ids.join(", ")
        ),
    )
    .into()
}

fn incomplete(name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("The operator {name} is incomplete"),
        "The policy that its settings are kept on is missing, so its configuration cannot be told. Apply the configuration \
         with adopt_existing = true instead: that takes over what stands and makes the rest.",
    )
    .into()
}
