//! An operator's configuration, read back from what stands of it, for import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::design::{self, ALL, ROLE, USER, attachment_key, policy_key};
use super::model::{Operator, Role, User};
use super::vendor;
use crate::aws::Aws;
use crate::aws::components::{IamPolicy, IamRole, IamUser};
use crate::aws::policy::Policy;
use crate::engine::{self, DeploymentId, Graph, IgnoreTags, Key, Notes, Owner, Run, Spec, Survey, Tags};
use crate::framework::{Attr, Diagnostic, Diagnostics};
use crate::products::parts::{self, Part};
use crate::products::settings;
use crate::products::shared::recovery::{LIMIT, boundary};

/// The policies of which one always stands, and carries the settings that no AWS object has a field for.
pub const SETTINGS_ON: [&str; 2] = [ALL, vendor::SERVICES[0]];

/// What was found of one operator.
struct Found {
    survey: Survey,
    id: DeploymentId,
}

impl Found {
    /// Whether that part is there and this operator's own.
    fn owns(&self, key: &Key) -> bool {
        let object = self.survey.objects.get(key);
        object.is_some_and(|object| matches!(object.owner(), Owner::Namesake(id) if *id == self.id))
    }

    fn spec<S: Spec>(&self, key: &Key) -> Option<&S> {
        self.survey.objects.get(key).filter(|_| self.owns(key))?.spec()
    }
}

/// The operator of that name: its configuration, its parts, its id, and the tags that it carries.
pub async fn recover(aws: &Arc<Aws>, name: &str) -> Result<(Operator, DeploymentId, Tags), Diagnostics> {
    let run = run(aws, name);
    let single = discover(&run, &candidate(name, "single", None)).await?;
    let split = discover(&run, &candidate(name, "per_service", None)).await?;
    let ids: BTreeSet<DeploymentId> = single.namesakes().union(&split.namesakes()).cloned().collect();
    let id = match ids.iter().collect::<Vec<_>>().as_slice() {
        [] => return Err(nothing(aws, name)),
        [id] => (*id).clone(),
        _ => return Err(several(name, &ids)),
    };
    let single = Found {
        survey: single,
        id: id.clone(),
    };
    let split = Found {
        survey: split,
        id: id.clone(),
    };
    let (word, found) = if single.owns(&policy_key(ALL)) {
        ("single", single)
    } else {
        ("per_service", split)
    };
    let anchor = SETTINGS_ON
        .map(policy_key)
        .into_iter()
        .find(|key| found.owns(key))
        .ok_or_else(|| incomplete(name))?;
    let path = found
        .spec::<IamPolicy>(&anchor)
        .and_then(|policy| policy.path.known().cloned());
    let tags = found
        .survey
        .objects
        .get(&anchor)
        .and_then(|object| object.tags().cloned());
    let tags = tags.unwrap_or_default();

    let mut model = candidate(name, word, path);
    principal(&mut model, &found);
    let found = Found {
        survey: discover(&run, &model).await?,
        id: id.clone(),
    };
    attachments(&mut model, &found);
    client_settings(&mut model, &tags);
    let graph = design::design(&model, aws).graph;
    model.components = Attr::Known(components(&found, &graph));
    let tags = tags
        .into_iter()
        .filter(|(tag, _)| !tag.starts_with("thatdot:") && !tag.starts_with("aws:"))
        .collect();
    Ok((model, id, tags))
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
        notes: Notes::default(),
    }
}

async fn discover(run: &Run<Aws>, model: &Operator) -> Result<Survey, Diagnostics> {
    let failed = |error: &engine::Error| {
        Diagnostics::from(Diagnostic::error(
            format!("Could not look for the operator {}", run.name),
            error.explained(),
        ))
    };
    let graph = if model.iam_path.is_unknown() {
        design::without_attachments(model, &run.world)
    } else {
        design::design(model, &run.world).graph
    };
    let survey = engine::discover(&graph, run).await.map_err(|error| failed(&error))?;
    match survey.failures.first() {
        Some(failure) => Err(failed(&failure.error)),
        None => Ok(survey),
    }
}

/// The user or the role that there is.
fn principal(model: &mut Operator, found: &Found) {
    let (user, role) = (Key::new(USER), Key::new(ROLE));
    model.user = None;
    model.role = None;
    if let Some(spec) = found.spec::<IamUser>(&user) {
        model.user = Some(User::default());
        model.permissions_boundary = boundary(&spec.permissions_boundary);
    } else if let Some(spec) = found.spec::<IamRole>(&role) {
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
        .spec::<IamRole>(&Key::new(ROLE))
        .and_then(|role| role.managed_policies.known())
        .is_some_and(|policies| policies.contains(&crate::aws::ManagedPolicy::MarketplaceMeteringRegisterUsage));
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

/// The parts that are ours and that the configuration asks for.
fn components(found: &Found, graph: &Graph<Aws>) -> BTreeMap<String, Attr<Part>> {
    let parts = graph.keys().filter(|key| found.owns(key)).filter_map(|key| {
        let (kind, object) = (graph.kind(key)?, found.survey.objects.get(key)?);
        Some((key.to_string(), Attr::Known(parts::standing(kind, object.identity()))))
    });
    parts.collect()
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
