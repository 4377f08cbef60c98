//! Names, ids and ARNs, each of its own type, so that one cannot stand where another is meant.

/// Declares a text of its own type.
macro_rules! newtype {
    ($($(#[$meta:meta])* $name:ident;)*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(String);

            impl $name {
                /// The text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl From<String> for $name {
                fn from(text: String) -> Self {
                    Self(text)
                }
            }

            impl From<&str> for $name {
                fn from(text: &str) -> Self {
                    Self(text.to_owned())
                }
            }

            impl From<&$name> for String {
                fn from(name: &$name) -> Self {
                    name.0.clone()
                }
            }

            impl From<$name> for String {
                fn from(name: $name) -> Self {
                    name.0
                }
            }
        )*
    };
}

newtype! {
    /// The twelve digits of an account.
    AccountId;
    /// The ARN of an IAM role.
    RoleArn;
    /// The ARN of an IAM policy.
    PolicyArn;
    /// The ARN of an IAM user.
    UserArn;
    /// The ARN of an ECS cluster.
    ClusterArn;
    /// The ARN of an ECS service, in its long form, which holds the cluster's name.
    ServiceArn;
    /// The ARN of one revision of an ECS task definition.
    TaskDefinitionArn;
    /// The ARN of an ECS task.
    TaskArn;
    /// The id of a security group.
    SecurityGroupId;
    /// The id of a subnet.
    SubnetId;
    /// The id of a VPC.
    VpcId;
    /// The id of an EFS file system.
    FileSystemId;
    /// The id of an EFS mount target.
    MountTargetId;
    /// The id of an EFS access point.
    AccessPointId;
    /// The name of a CloudWatch log group.
    LogGroupName;
}

/// What follows the last slash.
fn last(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or_default()
}

impl RoleArn {
    /// The role's name, without its path.
    pub fn role_name(&self) -> &str {
        last(&self.0)
    }
}

impl UserArn {
    /// The user's name, without its path.
    pub fn user_name(&self) -> &str {
        last(&self.0)
    }
}

impl ClusterArn {
    /// The cluster's name.
    pub fn cluster_name(&self) -> &str {
        last(&self.0)
    }
}

impl ServiceArn {
    /// The service's name.
    pub fn service_name(&self) -> &str {
        last(&self.0)
    }

    /// The name of the service's cluster; the default cluster's, where an ARN in the short form leaves it out. Source:
    /// Amazon ECS developer guide, *Amazon Resource Names (ARNs) and IDs*.
    pub fn cluster_name(&self) -> &str {
        let mut parts = self.0.rsplitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(_), Some(cluster), Some(_)) => cluster,
            _ => "default",
        }
    }
}

impl TaskArn {
    /// The task's id.
    pub fn task_id(&self) -> &str {
        last(&self.0)
    }
}

impl TaskDefinitionArn {
    /// The family.
    pub fn family(&self) -> &str {
        let revision = self.revision();
        revision.rsplit_once(':').map_or(revision, |(family, _)| family)
    }

    /// `FAMILY:NUMBER`, by which the API knows a revision too.
    pub fn revision(&self) -> &str {
        last(&self.0)
    }

    /// The family and the revision.
    pub fn family_and_revision(&self) -> Option<(&str, u32)> {
        let (family, revision) = last(&self.0).rsplit_once(':')?;
        Some((family, revision.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_tell_the_names_they_hold() {
        assert_eq!(
            RoleArn::from("arn:aws:iam::123456789012:role/a/b/name").role_name(),
            "name"
        );
        assert_eq!(UserArn::from("arn:aws:iam::123456789012:user/name").user_name(), "name");
        let service = ServiceArn::from("arn:aws:ecs:us-east-1:123456789012:service/cluster/name");
        assert_eq!((service.cluster_name(), service.service_name()), ("cluster", "name"));
        let short = ServiceArn::from("arn:aws:ecs:us-east-1:123456789012:service/name");
        assert_eq!((short.cluster_name(), short.service_name()), ("default", "name"));
        let definition = TaskDefinitionArn::from("arn:aws:ecs:us-east-1:123456789012:task-definition/family:7");
        assert_eq!(definition.family_and_revision(), Some(("family", 7)));
    }
}
