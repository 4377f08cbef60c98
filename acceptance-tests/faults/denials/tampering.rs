//! What somebody changes behind Terraform's back, for the next apply to put right, or a destroy to take along.

use serde_json::{Value as Json, json};

use crate::scenario::{Part, parts};
use crate::terraform::Terraform;
use crate::world::World;

/// A deployment that stands, and the world that it stands in.
pub struct Standing<'a> {
    world: &'a World,
    parts: Vec<Part>,
}

impl<'a> Standing<'a> {
    /// What the state knows stands.
    pub fn of(terraform: &Terraform, world: &'a World) -> Self {
        Self {
            world,
            parts: parts(terraform),
        }
    }

    /// The id of the first part whose key begins so.
    fn id(&self, key: &str) -> &str {
        &self.ids(key)[0]
    }

    /// Its ARN; its id, where that is its ARN.
    fn arn(&self, key: &str) -> &str {
        self.ids(key).last().expect("an id")
    }

    fn ids(&self, key: &str) -> &[String] {
        let part = self.parts.iter().find(|part| part.key.starts_with(key));
        &part.unwrap_or_else(|| panic!("there is no {key}")).ids
    }

    /// Asks a service that speaks in forms.
    fn asks(&self, service: &str, version: &str, form: &[(&str, &str)]) -> String {
        let words = form.iter().map(|(name, value)| format!("&{name}={}", encoded(value)));
        let body = format!("Version={version}{}", words.collect::<String>());
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.world.asked(service, &headers, &body)
    }

    fn ec2(&self, form: &[(&str, &str)]) -> String {
        self.asks("ec2", "2016-11-15", form)
    }

    fn autoscaling(&self, form: &[(&str, &str)]) {
        self.asks("autoscaling", "2011-01-01", form);
    }

    /// Gives a mount target that group alone.
    fn regroup(&self, mount_target: &str, group: &str) {
        let path = format!("/2015-02-01/mount-targets/{mount_target}/security-groups");
        let body = json!({"SecurityGroups": [group]}).to_string();
        self.world.asked_at("elasticfilesystem", "PUT", &path, &[], &body);
    }

    fn iam(&self, form: &[(&str, &str)]) {
        self.asks("iam", "2010-05-08", form);
    }

    fn elb(&self, form: &[(&str, &str)]) {
        self.asks("elasticloadbalancing", "2015-12-01", form);
    }
}

/// Nothing.
pub fn nothing(_: &Standing<'_>) {}

/// Changes a Private AI's task role, bastion, load balancer, mount targets and hosts, which are being replaced by older ones.
pub fn of_privateai(standing: &Standing<'_>) {
    let trust: Json = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ]});
    let (role, trust) = ("deid-us-east-1-task", trust.to_string());
    standing.iam(&[("Action", "UpdateRole"), ("RoleName", role), ("Description", "theirs")]);
    standing.iam(&[
        ("Action", "UpdateAssumeRolePolicy"),
        ("RoleName", role),
        ("PolicyDocument", &trust),
    ]);
    let more =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]});
    standing.iam(&[
        ("Action", "PutRolePolicy"),
        ("RoleName", role),
        ("PolicyName", "theirs"),
        ("PolicyDocument", &more.to_string()),
    ]);
    let (bastion, group) = (
        standing.id("ec2_instance_bastion"),
        standing.id("security_group_service"),
    );
    standing.ec2(&[
        ("Action", "ModifyInstanceMetadataOptions"),
        ("InstanceId", bastion),
        ("HttpTokens", "optional"),
    ]);
    standing.ec2(&[
        ("Action", "ModifyInstanceAttribute"),
        ("InstanceId", bastion),
        ("GroupId.1", group),
    ]);
    standing.ec2(&[("Action", "StopInstances"), ("InstanceId.1", bastion)]);
    standing.ec2(&[
        ("Action", "UpdateSecurityGroupRuleDescriptionsIngress"),
        ("GroupId", standing.id("security_group_bastion")),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "22"),
        ("IpPermissions.1.ToPort", "22"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "203.0.113.4/32"),
        ("IpPermissions.1.IpRanges.1.Description", "theirs"),
    ]);
    standing.elb(&[
        ("Action", "SetSecurityGroups"),
        ("LoadBalancerArn", standing.arn("load_balancer")),
        ("SecurityGroups.member.1", group),
    ]);
    standing.elb(&[
        ("Action", "ModifyTargetGroup"),
        ("TargetGroupArn", standing.arn("target_group")),
        ("HealthCheckPath", "/theirs"),
    ]);
    standing.elb(&[
        ("Action", "ModifyListener"),
        ("ListenerArn", standing.arn("listener_http")),
        ("Port", "81"),
    ]);
    standing.regroup(standing.id("efs_mount_target"), group);
    let hosts = standing.id("auto_scaling_group");
    standing.autoscaling(&[
        ("Action", "UpdateAutoScalingGroup"),
        ("AutoScalingGroupName", hosts),
        ("LaunchTemplate.LaunchTemplateId", standing.id("launch_template")),
        ("LaunchTemplate.Version", "1"),
    ]);
    standing.autoscaling(&[("Action", "StartInstanceRefresh"), ("AutoScalingGroupName", hosts)]);
}

/// Changes a network's subnets, and whom an endpoint serves.
pub fn of_network(standing: &Standing<'_>) {
    let subnet = standing.id("subnet_private");
    standing.ec2(&[
        ("Action", "ModifySubnetAttribute"),
        ("SubnetId", subnet),
        ("MapPublicIpOnLaunch.Value", "true"),
    ]);
    let tables = standing.ec2(&[
        ("Action", "DescribeRouteTables"),
        ("Filter.1.Name", "association.subnet-id"),
        ("Filter.1.Value.1", subnet),
    ]);
    let tie = tables.split(['<', '>']).find(|text| text.starts_with("rtbassoc-"));
    standing.ec2(&[
        ("Action", "ReplaceRouteTableAssociation"),
        ("AssociationId", tie.expect("the subnet follows a table")),
        ("RouteTableId", standing.id("route_table_public")),
    ]);
    standing.ec2(&[
        ("Action", "ModifyVpcEndpoint"),
        ("VpcEndpointId", standing.id("vpc_endpoint_s3")),
        ("RemoveRouteTableId.1", standing.id("route_table_private")),
    ]);
}

/// A value as a form has it.
fn encoded(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(byte).collect()
}
