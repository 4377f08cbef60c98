//! What is written down of a network's traffic: the log group, the role that it is written as, and the flow log.

use std::collections::{BTreeMap, BTreeSet};

use super::keys;
use super::model::{FlowLogs, Network};
use crate::shared::roles::boundary;
use crate::shared::schema::LOG_RETENTION;
use crate::wiring::input;
use aws::Aws;
use aws::ids::{LogGroupName, RoleArn, VpcId};
use aws::policy::{Policy, Statement};
use components::{FlowLog, IamRole, LogGroup, OUR_INLINE_POLICIES, TrafficType};
use engine::{Graph, Input, Key};

/// Who writes flow logs. Source: Amazon VPC user guide, *IAM role for publishing flow logs to CloudWatch Logs*.
const SERVICE: &str = "vpc-flow-logs.amazonaws.com";

/// The log group's name.
fn group_name(network: &str) -> String {
    format!("/thatdot/{network}/flow-logs")
}

/// Adds the flow log and what it needs.
pub fn add(graph: &mut Graph<Aws>, model: &Network, aws: &Aws, block: &FlowLogs, vpc: &Input<VpcId>) {
    let group = graph.add(
        Key::new(keys::LOG_GROUP),
        LogGroup {
            name: input(
                &model.name,
                |name| LogGroupName::from(group_name(&name)),
                LogGroupName::from(""),
            ),
            retention_in_days: input(
                &block.retention_in_days,
                |days| i32::try_from(days).ok().filter(|days| *days > 0),
                i32::try_from(LOG_RETENTION).ok(),
            ),
        },
    );
    let role = role(graph, model, aws);
    graph.add(
        Key::new(keys::FLOW_LOG),
        FlowLog {
            vpc_id: vpc.clone(),
            traffic_type: input(
                &block.traffic_type,
                |word| TrafficType::from(word.as_str()),
                TrafficType::All,
            ),
            log_group: group.output("name", Clone::clone),
            role,
        },
    );
}

/// A role that may write to this one group. It need not make the group, which stands before it.
fn role(graph: &mut Graph<Aws>, model: &Network, aws: &Aws) -> Input<RoleArn> {
    let Aws {
        partition,
        region,
        account_id,
        ..
    } = aws;
    let sources = format!("arn:{partition}:ec2:{region}:{account_id}:vpc-flow-log/*");
    let groups = format!("arn:{partition}:logs:{region}:{account_id}:log-group:");
    let writing = |name: String| {
        let group = format!("{groups}{}", group_name(&name));
        let write = Statement::allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"])
            .on([group.clone(), format!("{group}:*")]);
        let look = Statement::allow(["logs:DescribeLogGroups"]).on(["*"]);
        BTreeMap::from([(format!("{OUR_INLINE_POLICIES}flow-logs"), Policy::new([write, look]))])
    };
    let handle = graph.add(
        Key::new(keys::ROLE),
        IamRole {
            // Roles belong to an account, networks to a region of it.
            name: input(&model.name, |name| format!("{name}-{region}-flow-logs"), String::new()),
            path: "/".into(),
            description: input(
                &model.name,
                |name| format!("thatDot network {name} - flow log role"),
                String::new(),
            ),
            trust: Policy::trust(SERVICE, account_id, &sources).into(),
            managed_policies: BTreeSet::new().into(),
            inline_policies: input(&model.name, writing, BTreeMap::new()),
            permissions_boundary: boundary(&model.permissions_boundary),
        },
    );
    handle.output("arn", Clone::clone)
}
