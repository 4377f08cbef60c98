//! A flow log of a VPC, written to a CloudWatch log group. Sources: Amazon EC2 API, `CreateFlowLogs`, `DescribeFlowLogs`,
//! `DeleteFlowLogs`; Amazon VPC user guide, *Work with flow logs*: nothing of one but its tags can be changed.

use aws_sdk_ec2::types::{FlowLog as Described, FlowLogsResourceType, LogDestinationType, ResourceType};

use aws::Aws;
use aws::ask::ask;
use aws::choice;
use aws::ec2;
use aws::error::{lacking, unless_absent};
use aws::ids::{FlowLogId, LogGroupName, RoleArn, VpcId, is_told};
use aws::permissions::Site;
use aws::retry::retry_while;
use aws::retry::vpc::FLOW_LOG_TOO_EARLY;
use aws::tags;
use engine::{Call, Component, Created, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

choice! {
    /// Which traffic is written down.
    pub enum TrafficType {
        /// What a rule let through.
        Accept = "ACCEPT",
        /// What a rule kept out.
        Reject = "REJECT",
        /// Both.
        All = "ALL",
    }
}

engine::spec! {
    /// A flow log.
    pub struct FlowLog {
        /// The VPC whose traffic is written down.
        replace vpc_id: VpcId,
        /// Which traffic.
        replace traffic_type: TrafficType,
        /// Where to.
        replace log_group: LogGroupName,
        /// The role that it is written as.
        replace role: RoleArn,
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    call.world.reads.ec2.flow_logs.seen(call, id).await
}

impl Component<Aws> for FlowLog {
    const TYPE: &'static str = "flow_log";
    /// A VPC has room for one flow log to a log group.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = FlowLogId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateFlowLogs", ["vpc-flow-log"]),
            site.ec2_named("vpc", &self.vpc_id).behind(["ec2:CreateFlowLogs"]),
            site.ec2("vpc-flow-log").ours().called(["ec2:DeleteFlowLogs"]),
            site.anywhere().called(["ec2:DescribeFlowLogs"]),
            site.ec2_retagged("vpc-flow-log"),
            site.passed(&self.role, "vpc-flow-logs.amazonaws.com"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let found = call.world.reads.ec2.flow_logs.tagged(call).await?;
        let found = ec2::ours_or_first(call, found, Described::tags);
        Ok(found.and_then(|log| Some(ec2::identity(call, &ResourceType::VpcFlowLog, log.flow_log_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, FlowLogId>>> {
        let Some(log) = describe(call, &identity.id).await? else {
            return Ok(None);
        };
        let traffic = log
            .traffic_type()
            .map(aws_sdk_ec2::types::TrafficType::as_str)
            .unwrap_or_default();
        Ok(Some(Observed {
            identity: ec2::identity(call, &ResourceType::VpcFlowLog, &identity.id),
            spec: Self {
                vpc_id: VpcId::from(log.resource_id().unwrap_or_default()).into(),
                traffic_type: TrafficType::from(traffic).into(),
                log_group: LogGroupName::from(log.log_group_name().unwrap_or_default()).into(),
                role: RoleArn::from(log.deliver_logs_permission_arn().unwrap_or_default()).into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(log.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<FlowLogId>> {
        const ATTEMPTED: &str = "ec2:CreateFlowLogs";
        let request = call
            .world
            .ec2
            .create_flow_logs()
            .resource_type(FlowLogsResourceType::Vpc)
            .resource_ids(self.vpc_id.get()?)
            .traffic_type(self.traffic_type.get()?.as_str().into())
            .log_destination_type(LogDestinationType::CloudWatchLogs)
            .log_group_name(self.log_group.get()?)
            .deliver_logs_permission_arn(self.role.get()?)
            .tag_specifications(ec2::tagged(call, ResourceType::VpcFlowLog));
        let id = retry_while(call, &FLOW_LOG_TOO_EARLY, || async {
            let request = request.clone().client_token(chance::client_token());
            let answer = ask(call, ATTEMPTED, request.send()).await?;
            if let Some(error) = ec2::unsuccessful(ATTEMPTED, answer.unsuccessful()) {
                return Err(error);
            }
            let made = answer.flow_log_ids().first().cloned();
            made.filter(is_told).ok_or_else(|| lacking(ATTEMPTED, "flow log id"))
        })
        .await?;
        Ok(Created {
            identity: ec2::identity(call, &ResourceType::VpcFlowLog, &id),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        _call: &Call<'_, Aws>,
        have: &Observed<Self, FlowLogId>,
        _fields: &[&'static str],
    ) -> Result<FlowLogId> {
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        const ATTEMPTED: &str = "ec2:DeleteFlowLogs";
        let request = call.world.ec2.delete_flow_logs().flow_log_ids(&identity.id);
        let answer = unless_absent(ask(call, ATTEMPTED, request.send()).await)?;
        match answer.and_then(|answer| ec2::unsuccessful(ATTEMPTED, answer.unsuccessful())) {
            Some(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;
    use aws::testing::{Answer, Stage};

    fn wanted() -> FlowLog {
        FlowLog {
            vpc_id: VpcId::from("vpc-1").into(),
            traffic_type: TrafficType::All.into(),
            log_group: LogGroupName::from("/thatdot/demo/flow-logs").into(),
            role: RoleArn::from("arn:aws:iam::123456789012:role/flow-logs").into(),
        }
    }

    fn unsuccessful(code: &str, message: &str) -> Answer {
        Answer::xml(format!(
            "<CreateFlowLogsResponse><flowLogIdSet/><unsuccessful><item><resourceId>vpc-1</resourceId><error>\
             <code>{code}</code><message>{message}</message></error></item></unsuccessful></CreateFlowLogsResponse>"
        ))
    }

    fn made() -> Answer {
        Answer::xml(
            "<CreateFlowLogsResponse><flowLogIdSet><item>fl-1</item></flowLogIdSet><unsuccessful/>\
             </CreateFlowLogsResponse>",
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_that_is_not_known_everywhere_yet_is_waited_for() {
        let attempts = AtomicU32::new(0);
        let stage = Stage::answering(move |_| match attempts.fetch_add(1, SeqCst) {
            0 => Answer::refused_ec2("InvalidParameter", "Unable to assume given IAM role"),
            1 => unsuccessful("InvalidParameter", "Unable to assume given IAM role"),
            _ => made(),
        });
        let log = wanted().create(&stage.call()).await.unwrap();
        assert_eq!(log.output.as_str(), "fl-1");
        assert_eq!(stage.operations().len(), 3);
    }

    #[tokio::test]
    async fn a_refusal_that_comes_with_a_success_is_a_refusal() {
        let stage = Stage::answering(|_| unsuccessful("FlowLogsLimitExceeded", "too many"));
        let error = wanted().create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LimitExceeded);
    }

    #[tokio::test]
    async fn a_second_one_to_the_same_group_is_told_so() {
        let stage = Stage::answering(|_| {
            Answer::refused_ec2(
                "FlowLogAlreadyExists",
                "Error. There is an existing Flow Log with the same configuration and log destination.",
            )
        });
        let error = wanted().create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
    }

    #[tokio::test]
    async fn a_missing_flow_log_is_absent() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "DescribeFlowLogs" => Answer::xml("<DescribeFlowLogsResponse><flowLogSet/></DescribeFlowLogsResponse>"),
            _ => Answer::refused_ec2(
                "InvalidFlowLogId.NotFound",
                "These flow log ids in the input list are not found",
            ),
        });
        let identity = Identity {
            id: "fl-1".into(),
            arn: None,
        };
        assert!(wanted().read(&stage.call(), &identity).await.unwrap().is_none());
        wanted().delete(&stage.call(), &identity).await.unwrap();
    }
}
