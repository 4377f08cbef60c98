//! From permissions to the policy that grants them and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::{Policy, Statement};
use engine::Permission;

/// How many characters a managed policy may have, without white space. Source: AWS IAM user guide, *IAM and AWS STS
/// quotas*.
pub const MANAGED_POLICY_SIZE: usize = 6144;

/// Conditions of a statement, by their keys.
type Conditions = BTreeMap<String, BTreeSet<String>>;

/// The policy that grants these permissions: none twice, and none that a wider one of them grants already.
pub fn granting(permissions: &[Permission]) -> Policy {
    Policy::new(statements(permissions))
}

/// The same in as few documents as fit into managed policies.
pub fn granting_in_parts(permissions: &[Permission]) -> Vec<Policy> {
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    for statement in statements(permissions) {
        let fits = |part: &Vec<Statement>| {
            let with = Policy::new(part.iter().cloned().chain([statement.clone()]));
            with.to_json().len() <= MANAGED_POLICY_SIZE
        };
        match parts.iter_mut().find(|part| fits(part)) {
            Some(part) => part.push(statement),
            None => parts.push(vec![statement]),
        }
    }
    parts.into_iter().map(Policy::new).collect()
}

/// Each of the permissions that no other one of them covers, once.
pub fn smallest(permissions: &[Permission]) -> Vec<&Permission> {
    let mut kept: BTreeMap<(&str, &str, &Conditions), &Permission> = BTreeMap::new();
    for permission in permissions {
        let key = (permission.action, permission.resource.as_str(), &permission.conditions);
        // Of one permission for two reasons, the stronger one counts.
        let known = kept.entry(key).or_insert(permission);
        if permission.need < known.need {
            *known = permission;
        }
    }
    let kept: Vec<&Permission> = kept.into_values().collect();
    let covered = |permission: &Permission| {
        kept.iter().any(|other| {
            (&other.resource, &other.conditions) != (&permission.resource, &permission.conditions)
                && covers(other, permission)
        })
    };
    kept.iter().copied().filter(|permission| !covered(permission)).collect()
}

/// Whether one permission grants whatever another one does.
pub fn covers(wide: &Permission, narrow: &Permission) -> bool {
    let looser = wide.conditions.iter().all(|(key, values)| {
        let asked = narrow.conditions.get(key);
        asked.is_some_and(|asked| asked.is_subset(values))
    });
    wide.action == narrow.action && looser && matches(&wide.resource, &narrow.resource)
}

/// Whether a pattern of IAM (`*` and `?`) takes in a text, which may be a pattern itself.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().any(|(at, _)| matches(rest, &text[at..])) || matches(rest, "")
        }
        Some(sign) => {
            let mut signs = text.chars();
            let next = signs.next();
            let same = next.is_some_and(|next| next == sign || (sign == '?' && next != '*'));
            same && matches(&pattern[sign.len_utf8()..], signs.as_str())
        }
    }
}

/// As few statements as say it: actions on the same resources under the same conditions share one.
fn statements(permissions: &[Permission]) -> Vec<Statement> {
    let mut places: BTreeMap<(&str, &Conditions), BTreeSet<&str>> = BTreeMap::new();
    for permission in smallest(permissions) {
        let resources = places.entry((permission.action, &permission.conditions)).or_default();
        resources.insert(&permission.resource);
    }
    let mut actions: BTreeMap<(BTreeSet<&str>, &Conditions), BTreeSet<&str>> = BTreeMap::new();
    for ((action, conditions), resources) in places {
        actions.entry((resources, conditions)).or_default().insert(action);
    }
    let statements = actions.into_iter().map(|((resources, conditions), actions)| {
        let statement = Statement::allow(actions).on(resources);
        conditions.iter().fold(statement, |statement, (key, values)| {
            statement.when(operator(key), key, values.iter().cloned())
        })
    });
    statements.collect()
}

/// What compares values of a key. Source: *Service Authorization Reference*, *Condition keys* of each service, their types.
fn operator(key: &str) -> &'static str {
    match key {
        "ecs:cluster" | "iam:PermissionsBoundary" | "iam:PolicyARN" => "ArnEquals",
        _ => "StringEquals",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Need;

    fn permission(action: &'static str, resource: &str, tag: Option<&str>) -> Permission {
        let tag = tag.map(|value| ("aws:ResourceTag/a".to_owned(), BTreeSet::from([value.to_owned()])));
        Permission {
            action,
            resource: resource.to_owned(),
            conditions: tag.into_iter().collect(),
            need: Need::Call,
        }
    }

    #[test]
    fn actions_on_the_same_things_share_a_statement() {
        let policy = granting(&[
            permission("ecs:CreateCluster", "arn:cluster/a", None),
            permission("ecs:DeleteCluster", "arn:cluster/a", None),
            permission("ecs:DeleteCluster", "arn:cluster/a", None),
        ]);
        let both = Statement::allow(["ecs:CreateCluster", "ecs:DeleteCluster"]).on(["arn:cluster/a"]);
        assert_eq!(policy, Policy::new([both]));
    }

    #[test]
    fn what_a_wider_permission_grants_is_not_said_again() {
        let wide = permission("ec2:DescribeVpcs", "*", None);
        let narrow = permission("ec2:DescribeVpcs", "arn:vpc/*", Some("x"));
        assert_eq!(smallest(&[narrow.clone(), wide.clone()]), [&wide]);
        let other = permission("ec2:DeleteVpc", "arn:vpc/*", None);
        assert_eq!(smallest(&[narrow.clone(), other.clone()]), [&other, &narrow]);
    }

    #[test]
    fn a_condition_is_never_lost_to_a_permission_that_is_wider_in_its_resource_alone() {
        let tagged = permission("ec2:DeleteVpc", "*", Some("x"));
        let named = permission("ec2:DeleteVpc", "arn:vpc/1", None);
        assert_eq!(smallest(&[tagged.clone(), named.clone()]).len(), 2);
        assert!(!covers(&tagged, &named) && !covers(&named, &tagged));
    }

    #[test]
    fn patterns_take_in_texts_and_narrower_patterns() {
        for (pattern, text, taken) in [
            ("*", "anything", true),
            ("*", "", true),
            ("role/a-*", "role/a-b", true),
            ("role/a-*", "role/a-*", true),
            ("role/a-*", "role/*", false),
            ("secret:a-??????", "secret:a-AbCdEf", true),
            ("secret:a-??????", "secret:a-AbCdE", false),
            ("secret:a-??????", "secret:a-*", false),
            ("role/a", "role/ab", false),
        ] {
            assert_eq!(matches(pattern, text), taken, "{pattern} {text}");
        }
    }

    #[test]
    fn parts_fit_into_managed_policies_and_say_the_same_together() {
        let actions: [&'static str; 3] = ["ecs:CreateCluster", "ecs:DeleteCluster", "ecs:DescribeClusters"];
        let permissions: Vec<Permission> = (0..300)
            .map(|n| {
                permission(
                    actions[n % 3],
                    &format!("arn:aws:ecs:us-east-1:123456789012:cluster/{n}"),
                    Some(&n.to_string()),
                )
            })
            .collect();
        let parts = granting_in_parts(&permissions);
        assert!(parts.len() > 1);
        let mut said = 0;
        for part in &parts {
            assert!(part.to_json().len() <= MANAGED_POLICY_SIZE);
            said += part.to_json().matches("\"Effect\"").count();
        }
        assert_eq!(said, 300);
    }
}
