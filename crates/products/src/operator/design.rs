//! An operator as a graph of components: what the guide's sections 3 and 4 do by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Operator, Role, User};
use super::vendor::{self, Site};
use crate::product::Design;
use crate::shared::roles::boundary;
use crate::wiring::{input, known_list};
use aws::ids::{PolicyArn, RoleArn, UserArn};
use aws::policy::{Policy, Statement};
use aws::{Aws, ManagedPolicy};
use components::{IamPolicy, IamPolicyAttachment, IamRole, IamUser, PrincipalKind};
use engine::{Graph, Input, Key};
use framework::Attr;

/// The key of the policy that is one for all services, and how the keys of the others begin.
pub const POLICY: &str = "iam_policy";
/// The key of the user.
pub const USER: &str = "iam_user";
/// The key of the role.
pub const ROLE: &str = "iam_role";
/// How the keys of attachments begin.
const ATTACHMENT: &str = "iam_policy_attachment_";
/// What the policy that is one for all services is called in `policy_arns`.
pub const ALL: &str = "all";

/// The policies of which one always stands, and carries the settings that no AWS object has a field for.
pub const SETTINGS_ON: [&str; 2] = [ALL, vendor::SERVICES[0]];

/// Where the outputs come from.
pub struct Wiring {
    /// The policies: `all`, or each by its service.
    pub policies: BTreeMap<&'static str, Input<PolicyArn>>,
    /// The user, where there is one.
    pub user_arn: Input<Option<UserArn>>,
    /// The role, where there is one.
    pub role_arn: Input<Option<RoleArn>>,
}

/// The operator's parts and wiring.
pub fn design(model: &Operator, aws: &Aws) -> Design<Wiring> {
    let mut graph = Graph::new();
    let policies = policies(&mut graph, model, aws);
    let lock = graph.keys().next().cloned();
    let user = model.user.as_ref().map(|user| add_user(&mut graph, model, user));
    let role = model.role.as_ref().map(|role| add_role(&mut graph, model, role));
    let principals = [
        user.clone().map(|arn| {
            let name = arn.with("name", (), |arn: UserArn, ()| arn.user_name().to_owned());
            (PrincipalKind::User, name)
        }),
        role.clone().map(|arn| {
            let name = arn.with("name", (), |arn: RoleArn, ()| arn.role_name().to_owned());
            (PrincipalKind::Role, name)
        }),
    ];
    for principal in principals.into_iter().flatten() {
        attach(&mut graph, model, aws, &policies, &principal);
    }
    if let Some(lock) = lock {
        let others: Vec<Key> = graph.keys().filter(|key| **key != lock).cloned().collect();
        for key in others {
            graph.after(&key, &lock, "it is the lock on the operator's name");
        }
    }
    let wiring = Wiring {
        policies,
        user_arn: optional(user),
        role_arn: optional(role),
    };
    Design { graph, wiring }
}

/// The policies, the user and the role alone, to look for by name.
pub fn without_attachments(model: &Operator, aws: &Aws) -> Graph<Aws> {
    let mut graph = Graph::new();
    policies(&mut graph, model, aws);
    if let Some(user) = &model.user {
        add_user(&mut graph, model, user);
    }
    if let Some(role) = &model.role {
        add_role(&mut graph, model, role);
    }
    graph
}

/// The policies of [`SETTINGS_ON`] alone, to look for by name.
pub fn anchor(name: &str) -> Graph<Aws> {
    let model = Operator {
        name: Attr::Known(name.to_owned()),
        ..Operator::default()
    };
    let mut graph = Graph::new();
    for service in SETTINGS_ON {
        graph.add(
            policy_key(service),
            IamPolicy {
                name: policy_name(&model, service),
                path: Input::Unknown,
                description: Input::Unknown,
                document: Input::Unknown,
            },
        );
    }
    graph
}

/// An output of a part that may not be there.
fn optional<T: Clone + PartialEq + Send + Sync + 'static>(arn: Option<Input<T>>) -> Input<Option<T>> {
    arn.map_or(Input::Known(None), |arn| arn.with("some", (), |arn, ()| Some(arn)))
}

/// Lets a new attachment wait until those that are no longer wanted are gone: IAM admits ten to a user or role, and both
/// kinds of policies together are more.
pub fn succeed(prior: &Operator, graph: &mut Graph<Aws>) {
    let before: BTreeSet<Key> = attached(prior).into_iter().map(attachment_key).collect();
    let now: BTreeSet<Key> = graph
        .keys()
        .filter(|key| key.as_str().starts_with(ATTACHMENT))
        .cloned()
        .collect();
    for newer in now.difference(&before) {
        for older in before.difference(&now) {
            graph.succeeds(newer, older.clone());
        }
    }
}

/// What is attached to the user or role, by the attachments' part in the operator.
fn attached(model: &Operator) -> BTreeSet<&'static str> {
    if model.user.is_none() && model.role.is_none() {
        return BTreeSet::new();
    }
    let own = if model.policies.is_unknown() {
        &[][..]
    } else if model.is_split() {
        &vendor::SERVICES[..]
    } else {
        &[ALL]
    };
    let full_access = vendor::FULL_ACCESS
        .into_iter()
        .filter(|_| model.has_full_access() && !model.full_access_policies.is_unknown());
    // The role has the Marketplace's policy as a part of itself.
    let metering = model.is_metered() && model.user.is_some();
    let managed = full_access.chain(Some(vendor::METERING).filter(|_| metering));
    own.iter().copied().chain(managed.map(|(part, _)| part)).collect()
}

/// The key of a policy.
pub fn policy_key(service: &str) -> Key {
    if service == ALL {
        Key::new(POLICY)
    } else {
        Key::new(format!("{POLICY}_{service}"))
    }
}

/// The key of an attachment.
pub fn attachment_key(part: &str) -> Key {
    Key::new(format!("{ATTACHMENT}{part}"))
}

/// A policy's name.
fn policy_name(model: &Operator, service: &'static str) -> Input<String> {
    input(
        &model.name,
        |name| {
            if service == ALL {
                format!("{name}-operator")
            } else {
                format!("{name}-operator-{service}")
            }
        },
        String::new(),
    )
}

fn path(model: &Operator) -> Input<String> {
    input(&model.iam_path, |path| path, "/".to_owned())
}

fn policies(graph: &mut Graph<Aws>, model: &Operator, aws: &Aws) -> BTreeMap<&'static str, Input<PolicyArn>> {
    let documents = documents(model, aws);
    let mut arns = BTreeMap::new();
    for (service, document) in documents {
        let what = if service == ALL { "all services" } else { service };
        let handle = graph.add(
            policy_key(service),
            IamPolicy {
                name: policy_name(model, service),
                path: path(model),
                description: input(
                    &model.name,
                    |name| format!("What the operator {name} of Private AI on Amazon ECS may do: {what}"),
                    String::new(),
                ),
                document,
            },
        );
        arns.insert(service, handle.output("arn", Clone::clone));
    }
    if model.policies.is_unknown() {
        graph.mark_undetermined();
    }
    arns
}

/// The documents by their part; none while it is open how many there will be.
fn documents(model: &Operator, aws: &Aws) -> BTreeMap<&'static str, Input<Policy>> {
    if model.policies.is_unknown() {
        return BTreeMap::new();
    }
    let region = match &model.ecr_region {
        Attr::Null => Some(aws.region.to_string()),
        Attr::Unknown => None,
        Attr::Known(region) => Some(region.clone()),
    };
    let site = |region| Site {
        partition: &aws.partition,
        account_id: &aws.account_id,
        ecr_region: region,
    };
    // What the region goes into is one document, or the policy of one service; its place is the same whatever it is.
    let known = region.as_deref().unwrap_or_default();
    if model.is_split() {
        let split = vendor::per_service(site(known)).into_iter();
        let of = |(service, policy)| match &region {
            None if service == "ecr" => (service, Input::Unknown),
            _ => (service, Input::Known(policy)),
        };
        return split.map(of).collect();
    }
    let whole = region.as_deref().map(|region| vendor::whole(site(region), []));
    BTreeMap::from([(ALL, whole.map_or(Input::Unknown, Input::Known))])
}

fn add_user(graph: &mut Graph<Aws>, model: &Operator, user: &User) -> Input<UserArn> {
    let handle = graph.add(
        Key::new(USER),
        IamUser {
            name: input(&model.name, |name| name, String::new()),
            path: path(model),
            permissions_boundary: boundary(&model.permissions_boundary),
            force_destroy: input(&user.force_destroy, |force| force, false),
        },
    );
    handle.output("arn", Clone::clone)
}

fn add_role(graph: &mut Graph<Aws>, model: &Operator, role: &Role) -> Input<RoleArn> {
    let managed = if model.is_metered() {
        BTreeSet::from([ManagedPolicy::MarketplaceMeteringRegisterUsage])
    } else {
        BTreeSet::new()
    };
    let handle = graph.add(
        Key::new(ROLE),
        IamRole {
            name: input(&model.name, |name| name, String::new()),
            path: path(model),
            description: input(
                &model.name,
                |name| format!("The operator {name} of Private AI on Amazon ECS"),
                String::new(),
            ),
            trust: trust(role),
            managed_policies: match model.marketplace {
                Attr::Unknown => Input::Unknown,
                _ => managed.into(),
            },
            inline_policies: BTreeMap::new().into(),
            permissions_boundary: boundary(&model.permissions_boundary),
        },
    );
    handle.output("arn", Clone::clone)
}

/// Who may assume the role. A text that is no policy was refused before.
pub fn trust(role: &Role) -> Input<Policy> {
    match &role.trust_policy {
        Attr::Known(text) => Policy::parse(text).unwrap_or_else(|_| Policy::new([])).into(),
        Attr::Unknown => Input::Unknown,
        Attr::Null => known_list(&role.trusted_arns).map_or(Input::Unknown, |arns| trusting(&arns).into()),
    }
}

/// The trust policy that lets these assume a role.
pub fn trusting(arns: &[String]) -> Policy {
    Policy::new([Statement::allow(["sts:AssumeRole"]).to_aws(arns.iter().cloned())])
}

/// Attaches what the operator is to have.
fn attach(
    graph: &mut Graph<Aws>,
    model: &Operator,
    aws: &Aws,
    policies: &BTreeMap<&'static str, Input<PolicyArn>>,
    (kind, principal): &(PrincipalKind, Input<String>),
) {
    let managed = |part: &str| {
        let all = vendor::FULL_ACCESS.into_iter().chain([vendor::METERING]);
        let name = all.into_iter().find(|(known, _)| *known == part).map(|(_, name)| name);
        name.map(|name| Input::Known(aws.partition.managed_policy(name)))
    };
    for part in attached(model) {
        if let Some(policy) = policies.get(part).cloned().or_else(|| managed(part)) {
            let attachment = IamPolicyAttachment {
                kind: (*kind).into(),
                principal: principal.clone(),
                path: path(model),
                policy,
            };
            graph.add(attachment_key(part), attachment);
        }
    }
    if model.marketplace.is_unknown() || model.full_access_policies.is_unknown() {
        graph.mark_undetermined();
    }
}
