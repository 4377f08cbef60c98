//! How components say what the caller must be allowed: actions at places. The place is as narrow as can be told before the
//! object exists: by the name that it will have, else by the tag that names its deployment. Source: AWS *Service
//! Authorization Reference*, the tables *Actions* and *Resource types* of each service.
//!
//! A look at an object that is known by its id alone names no tag: of one that is gone AWS knows none, and would deny
//! where it should say that there is no such object.
//!
//! What is allowed on `*` AWS limits to nothing: its reference names no resource and no condition for it that would tell the
//! deployment's from others'. Nearly all of it reads. What writes: `ecs:DeregisterTaskDefinition`,
//! `elasticloadbalancing:SetWebAcl`, the deliveries of API Gateway's access logs, and `route53:AssociateVPCWithHostedZone`, of
//! whose zones AWS alone knows the ids.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::Aws;
use super::ids::{ClusterArn, RoleArn};
use engine::{Input, Need, Permission, TAG_DEPLOYMENT};

/// Where a component's object will stand: account, region and deployment.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    aws: &'a Aws,
    deployment: &'a str,
}

/// What actions are done to.
#[derive(Debug, Clone)]
pub struct Place {
    resources: Vec<String>,
    conditions: BTreeMap<String, BTreeSet<String>>,
    deployment: String,
}

/// The text of an input, or `*` while it is not known.
pub fn text<T: Display>(input: &Input<T>) -> String {
    input.known().map_or_else(|| "*".to_owned(), ToString::to_string)
}

impl<'a> Site<'a> {
    /// Where objects of a deployment of that name stand.
    pub fn new(aws: &'a Aws, deployment: &'a str) -> Self {
        Self { aws, deployment }
    }

    /// Everywhere: for actions that AWS limits to no resource.
    pub fn anywhere(self) -> Place {
        self.exactly("*")
    }

    /// One ARN, or a pattern of some.
    pub fn exactly(self, arn: impl Into<String>) -> Place {
        Place {
            resources: vec![arn.into()],
            conditions: BTreeMap::new(),
            deployment: self.deployment.to_owned(),
        }
    }

    /// A resource of a service in this account and region: `cluster/demo` of `ecs`.
    pub fn at(self, service: &str, resource: impl Display) -> Place {
        let Aws {
            partition,
            region,
            account_id,
            ..
        } = self.aws;
        self.exactly(format!("arn:{partition}:{service}:{region}:{account_id}:{resource}"))
    }

    /// A resource of IAM, which has no region: `role/demo`.
    pub fn iam(self, resource: impl Display) -> Place {
        let Aws {
            partition, account_id, ..
        } = self.aws;
        self.exactly(format!("arn:{partition}:iam::{account_id}:{resource}"))
    }

    /// A path of API Gateway, whose resources name no account: `/apis`.
    pub fn api(self, path: &str) -> Place {
        let Aws { partition, region, .. } = self.aws;
        self.exactly(format!("arn:{partition}:apigateway:{region}::{path}"))
    }

    /// All objects of a kind of Amazon EC2.
    pub fn ec2(self, kind: &str) -> Place {
        self.at("ec2", format!("{kind}/*"))
    }

    /// Making an object of Amazon EC2 of these kinds, with its tags. `action` as in `ec2:CreateVpc`.
    pub fn ec2_made<const N: usize>(self, action: &'static str, kinds: [&str; N]) -> Vec<Permission> {
        let operation = action.trim_start_matches("ec2:");
        let new = kinds.map(|kind| self.ec2(kind)).into_iter().reduce(Place::and);
        let new = new.unwrap_or_else(|| self.anywhere());
        let tags = new.clone().when("ec2:CreateAction", [operation]);
        [new.made_ours().called([action]), tags.behind(["ec2:CreateTags"])].concat()
    }

    /// Changing the tags of the deployment's objects of a kind of Amazon EC2.
    pub fn ec2_retagged(self, kind: &str) -> Vec<Permission> {
        self.ec2(kind).ours().called(["ec2:CreateTags", "ec2:DeleteTags"])
    }

    /// The objects of a kind of Amazon EC2 that an input names: one of ours by its tag, while it has no id.
    pub fn ec2_named<T>(self, kind: &str, input: &Input<T>) -> Place {
        let all = self.ec2(kind);
        match input {
            Input::Ref(_) => all.ours(),
            Input::Known(_) | Input::Unknown => all,
        }
    }

    /// Starting instances, whoever does it: us, or Amazon EC2 Auto Scaling in our name. What is new carries the deployment's
    /// name; where it stands and what it is made of need not be ours.
    pub fn instances(self, permitted: impl Fn(&Place) -> Vec<Permission>) -> Vec<Permission> {
        let new = self.ec2("volume").and(self.ec2("network-interface"));
        let new = self.ec2("instance").and(new).made_ours();
        let Aws { partition, region, .. } = self.aws;
        // Images are Amazon's: their ARNs name no account.
        let image = self.exactly(format!("arn:{partition}:ec2:{region}::image/*"));
        let around = ["key-pair", "security-group", "subnet"].map(|kind| self.ec2(kind));
        let around = around.into_iter().fold(image, Place::and);
        [permitted(&new), permitted(&around)].concat()
    }

    /// The tags of instances that are started.
    pub fn instance_tags(self) -> Vec<Permission> {
        let new = self
            .ec2("instance")
            .and(self.ec2("volume"))
            .and(self.ec2("network-interface"));
        new.when("ec2:CreateAction", ["RunInstances"])
            .behind(["ec2:CreateTags"])
    }

    /// The name of a cluster: ours is called like its deployment. `*` while one of the user's own is not known.
    pub fn cluster<'c>(self, cluster: &'c Input<ClusterArn>) -> &'c str
    where
        'a: 'c,
    {
        match cluster {
            Input::Known(arn) => arn.cluster_name(),
            Input::Ref(_) => self.deployment,
            Input::Unknown => "*",
        }
    }

    /// Everywhere, for actions that AWS limits by the cluster that the request names.
    pub fn in_cluster(self, cluster: &str) -> Place {
        match cluster {
            "*" => self.anywhere(),
            name => {
                let named = self.at("ecs", format!("cluster/{name}"));
                self.anywhere().when("ecs:cluster", named.resources)
            }
        }
    }

    /// What Application Auto Scaling does to services of Amazon ECS; whose they are, the ids of its targets do not tell.
    pub fn scaled_services(self) -> Place {
        self.at("application-autoscaling", "scalable-target/*")
            .when("application-autoscaling:service-namespace", ["ecs"])
            .when(
                "application-autoscaling:scalable-dimension",
                ["ecs:service:DesiredCount"],
            )
    }

    /// Handing a role that the user brings to a service. A role of ours says so itself, to whom it trusts.
    pub fn passed(self, role: &Input<RoleArn>, service: &str) -> Vec<Permission> {
        let Some(arn) = role.known() else {
            return Vec::new();
        };
        let place = self.exactly(arn.as_str()).when("iam:PassedToService", [service]);
        place.behind(["iam:PassRole"])
    }

    /// The role that a service makes for itself where the account has none yet.
    pub fn linked_role(self, service: &str) -> Place {
        let place = self.iam(format!("role/aws-service-role/{service}/*"));
        place.when("iam:AWSServiceName", [service])
    }

    /// Encrypting with a key of the user's own, through a service: `secretsmanager`.
    pub fn encrypted(self, key: Option<&str>, service: &str) -> Vec<Permission> {
        let Some(key) = key else {
            return Vec::new();
        };
        let place = if key.starts_with("arn:") && key.contains(":key/") {
            self.exactly(key)
        } else {
            self.at("kms", "key/*")
        };
        let through = format!("{service}.{}.amazonaws.com", self.aws.region);
        place.when("kms:ViaService", [through]).behind([
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
        ])
    }
}

impl Place {
    /// Both places, under the conditions of this one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.resources.extend(other.resources);
        self
    }

    /// Only what carries the tag of the deployment's name.
    #[must_use]
    pub fn ours(self) -> Self {
        let name = self.deployment.clone();
        self.when(&format!("aws:ResourceTag/{TAG_DEPLOYMENT}"), [name])
    }

    /// Only what is made with the tag of the deployment's name.
    #[must_use]
    pub fn made_ours(self) -> Self {
        let name = self.deployment.clone();
        self.when(&format!("aws:RequestTag/{TAG_DEPLOYMENT}"), [name])
    }

    /// Only where the key has one of these values.
    #[must_use]
    pub fn when<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.conditions.insert(key.to_owned(), values);
        self
    }

    /// Actions that the component calls here, and fails without.
    pub fn called<const N: usize>(&self, actions: [&'static str; N]) -> Vec<Permission> {
        self.permit(&actions, Need::Call)
    }

    /// Actions that AWS checks behind the component's calls.
    pub fn behind<const N: usize>(&self, actions: [&'static str; N]) -> Vec<Permission> {
        self.permit(&actions, Need::Behind)
    }

    /// Actions that the component calls here, and can do without.
    pub fn helpful<const N: usize>(&self, actions: [&'static str; N]) -> Vec<Permission> {
        self.permit(&actions, Need::Help)
    }

    fn permit(&self, actions: &[&'static str], need: Need) -> Vec<Permission> {
        let pairs = actions
            .iter()
            .flat_map(|action| self.resources.iter().map(move |resource| (action, resource)));
        let permissions = pairs.map(|(action, resource)| Permission {
            action,
            resource: resource.clone(),
            conditions: self.conditions.clone(),
            need,
        });
        permissions.collect()
    }
}
