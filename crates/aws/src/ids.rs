//! Names, ids and ARNs, each of its own type, so that one cannot stand where another is meant.

/// Whether an answer tells an id. An empty one names nothing, and what is called by it might be another's.
pub fn is_told(id: &impl AsRef<str>) -> bool {
    !id.as_ref().is_empty()
}

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
    /// The id of an internet gateway.
    InternetGatewayId;
    /// The id of a NAT gateway.
    NatGatewayId;
    /// The id of a route table.
    RouteTableId;
    /// The id by which an Elastic IP address is allocated.
    AllocationId;
    /// The id of a VPC endpoint.
    VpcEndpointId;
    /// The id of a flow log.
    FlowLogId;
    /// The id of an EFS file system.
    FileSystemId;
    /// The id of an EFS mount target.
    MountTargetId;
    /// The id of an EFS access point.
    AccessPointId;
    /// The tag of a container image.
    ImageTag;
    /// The ARN of an ECR repository.
    RepositoryArn;
    /// The name of an ECR repository.
    RepositoryName;
    /// Where an ECR repository's images are pulled from, without a scheme.
    RepositoryUrl;
    /// The ARN of an auto scaling group, which no other group has again, even under the same name.
    AutoScalingGroupArn;
    /// The name of an ECS capacity provider, unique in the region of an account.
    CapacityProviderName;
    /// The id of a machine image.
    ImageId;
    /// The id of an EC2 instance.
    InstanceId;
    /// The ARN of an instance profile, by which an EC2 instance has a role.
    InstanceProfileArn;
    /// The id of an EC2 launch template.
    LaunchTemplateId;
    /// The name of a CloudWatch log group.
    LogGroupName;
    /// The ARN of an Elastic Load Balancing target group.
    TargetGroupArn;
    /// The ARN of a Secrets Manager secret, with the six characters that Secrets Manager adds to its name.
    SecretArn;
    /// The ARN of an application load balancer.
    LoadBalancerArn;
    /// The ARN of a load balancer's listener.
    ListenerArn;
    /// The id of an HTTP API of Amazon API Gateway.
    ApiId;
    /// The id of a VPC link of Amazon API Gateway.
    VpcLinkId;
    /// The id of an integration, within its API.
    IntegrationId;
    /// The id of a route, within its API.
    RouteId;
    /// The id of an authorizer, within its API.
    AuthorizerId;
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

impl AutoScalingGroupArn {
    /// What tells the group from others of its name, earlier and later ones: the first eight digits of its UUID. Source:
    /// Service Authorization Reference, *Actions, resources, and condition keys for Amazon EC2 Auto Scaling*
    /// (`autoScalingGroup:GROUP_ID:autoScalingGroupName/NAME`).
    pub fn unique_part(&self) -> &str {
        let id = self.0.split(':').nth(6).unwrap_or_default();
        id.split('-').next().unwrap_or_default()
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

    /// `service/CLUSTER/NAME`: how Application Auto Scaling names the service. Source: Application Auto Scaling API,
    /// `RegisterScalableTarget`.
    pub fn resource_id(&self) -> String {
        format!("service/{}/{}", self.cluster_name(), self.service_name())
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

/// What follows the first of these words in an ARN's resource.
fn after<'a>(text: &'a str, word: &str) -> &'a str {
    text.split_once(word).map_or(text, |(_, rest)| rest)
}

impl LoadBalancerArn {
    /// `app/NAME/ID`: how metrics, scaling policies and network interfaces name a load balancer. Source: Elastic Load
    /// Balancing user guide, *CloudWatch metrics for your Application Load Balancer*.
    pub fn full_name(&self) -> &str {
        after(&self.0, ":loadbalancer/")
    }
}

impl TargetGroupArn {
    /// `targetgroup/NAME/ID`: how metrics and scaling policies name a target group. Source: as for load balancers.
    pub fn full_name(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').nth(1).unwrap_or_default()
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
        assert_eq!(service.resource_id(), "service/cluster/name");
        let short = ServiceArn::from("arn:aws:ecs:us-east-1:123456789012:service/name");
        assert_eq!((short.cluster_name(), short.service_name()), ("default", "name"));
        let definition = TaskDefinitionArn::from("arn:aws:ecs:us-east-1:123456789012:task-definition/family:7");
        assert_eq!(definition.family_and_revision(), Some(("family", 7)));
        let balancer = LoadBalancerArn::from("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/demo/50dc");
        assert_eq!(balancer.full_name(), "app/demo/50dc");
        let group = TargetGroupArn::from("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/demo/73e2");
        assert_eq!((group.full_name(), group.name()), ("targetgroup/demo/73e2", "demo"));
        let hosts = "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:01234567-89ab-cdef-0123-456789abcdef:autoScalingGroupName/demo";
        assert_eq!(AutoScalingGroupArn::from(hosts).unique_part(), "01234567");
    }
}
