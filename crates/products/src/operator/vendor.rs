//! What the vendor's guide lets the operator do. Source: Private AI, *AWS ECS Manual Deployment Guide*, sections 3 and 4.

use std::collections::BTreeMap;

use aws::Partition;
use aws::ids::AccountId;
use aws::policy::{Policy, Statement};

/// AWS's own policies that the guide attaches to the user, by the part that they are in a deployment. The guide's note has
/// them replaced by narrower ones in production.
pub const FULL_ACCESS: [(&str, &str); 2] = [
    ("ecs_full_access", "AmazonECS_FullAccess"),
    ("efs_full_access", "AmazonElasticFileSystemFullAccess"),
];

/// AWS's own policy that users of the AWS Marketplace need, by the part that it is in a deployment.
pub const METERING: (&str, &str) = ("marketplace", "AWSMarketplaceMeteringRegisterUsage");

/// The services that the policy is of, as IAM names them, in the order of their names.
pub const SERVICES: [&str; 8] = [
    "apigateway",
    "autoscaling",
    "cloudformation",
    "ec2",
    "ecr",
    "elasticloadbalancing",
    "iam",
    "logs",
];

/// Whose policy it is: what the guide's sample has filled in with somebody's own.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The partition.
    pub partition: &'a Partition,
    /// The account.
    pub account_id: &'a AccountId,
    /// The region of the image repository.
    pub ecr_region: &'a str,
}

/// The statements of the guide's final policy, by service.
fn statements(site: Site<'_>) -> [(&'static str, Vec<Statement>); 8] {
    let Site {
        partition,
        account_id,
        ecr_region,
    } = site;
    let arn = |rest: &str| format!("arn:{partition}:{rest}");
    let api = |path: &str| arn(&format!("apigateway:*::/{path}"));
    let ec2 = |kind: &str| arn(&format!("ec2:*:{account_id}:{kind}/*"));
    [
        (
            "apigateway",
            vec![Statement::allow(["apigateway:*"]).on([
                api("account"),
                api("apis"),
                api("apis/*"),
                api("apis/*/integrations"),
                api("apis/*/integrations/*/integrationresponses"),
                api("apis/*/routes"),
                api("apis/*/stages"),
                api("restapis"),
                api("vpclinks"),
                api("vpclinks/*"),
            ])],
        ),
        (
            "autoscaling",
            vec![Statement::allow(["autoscaling:CreateOrUpdateTags"]).on([arn(&format!(
                "autoscaling:*:{account_id}:autoScalingGroup:*:autoScalingGroupName/*"
            ))])],
        ),
        (
            "cloudformation",
            vec![Statement::allow(["cloudformation:ListStacks"]).on(["*"])],
        ),
        (
            "ec2",
            vec![
                Statement::allow([
                    "ec2:AllocateAddress",
                    "ec2:AuthorizeSecurityGroupEgress",
                    "ec2:CreateLaunchTemplate",
                    "ec2:CreateLaunchTemplateVersion",
                    "ec2:CreateNatGateway",
                    "ec2:CreateTags",
                    "ec2:ModifyLaunchTemplate",
                    "ec2:RevokeSecurityGroupEgress",
                    "ec2:StartInstances",
                    "ec2:StopInstances",
                    "ec2:TerminateInstances",
                ])
                .on([
                    "elastic-ip",
                    "instance",
                    "launch-template",
                    "natgateway",
                    "security-group",
                    "subnet",
                ]
                .map(ec2)),
            ],
        ),
        (
            "ecr",
            vec![Statement::allow(["ecr:*"]).on([arn(&format!("ecr:{ecr_region}:{account_id}:repository/*"))])],
        ),
        (
            "elasticloadbalancing",
            vec![
                Statement::allow([
                    "elasticloadbalancing:DescribeSSLPolicies",
                    "elasticloadbalancing:DescribeTargetHealth",
                ])
                .on(["*"]),
            ],
        ),
        (
            "iam",
            vec![
                Statement::allow(["iam:GetRole", "iam:ListInstanceProfilesForRole"])
                    .on([arn(&format!("iam::{account_id}:role/*"))]),
            ],
        ),
        (
            "logs",
            vec![
                Statement::allow(["logs:GetLogEvents"])
                    .on([arn(&format!("logs:*:{account_id}:log-group:*:log-stream:*"))]),
                // The guide's statement names `apigateway:*`, too. No API of API Gateway is on a log group, so that it
                // allows nothing there, and who reads the policy would think that it did.
                Statement::allow(["logs:DescribeLogStreams", "logs:PutRetentionPolicy"])
                    .on([arn(&format!("logs:*:{account_id}:log-group:*"))]),
            ],
        ),
    ]
}

/// What the AWS Marketplace's policy allows, for those who write policies of their own. Source: AWS managed policy
/// reference, *`AWSMarketplaceMeteringRegisterUsage`*.
pub fn metering() -> Statement {
    Statement::allow(["aws-marketplace:RegisterUsage"]).on(["*"])
}

/// The policy as one.
pub fn whole(site: Site<'_>, more: impl IntoIterator<Item = Statement>) -> Policy {
    let statements = statements(site).into_iter().flat_map(|(_, statements)| statements);
    Policy::new(statements.chain(more))
}

/// The policy split per service.
pub fn per_service(site: Site<'_>) -> BTreeMap<&'static str, Policy> {
    let policies = statements(site).into_iter();
    policies
        .map(|(service, statements)| (service, Policy::new(statements)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guide as it was published.
    const GUIDE: &str = include_str!("../../../../acceptance-tests/guides/private-ai-ecs-manual-deployment-guide.txt");

    /// What stands in the guide's policy where it is wrong: API Gateway on a log group.
    const WRONG: &str = r#"                "logs:PutRetentionPolicy",
                "apigateway:*"
"#;

    fn guides_policy(text: &str) -> Policy {
        let announced = text
            .find("The final policy is listed here")
            .expect("the guide shows a policy");
        let start = announced + text[announced..].find('{').expect("JSON begins with a brace");
        let mut documents = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Policy>();
        documents
            .next()
            .expect("a document follows")
            .expect("the document is a policy")
    }

    fn ours<'a>(partition: &'a Partition, account: &'a AccountId) -> Site<'a> {
        Site {
            partition,
            account_id: account,
            ecr_region: "us-east-1",
        }
    }

    #[test]
    fn the_policy_is_the_guides_but_for_what_is_wrong_in_it() {
        let (partition, account) = (Partition::named("aws"), AccountId::from("807274709480"));
        let policy = whole(ours(&partition, &account), []);
        assert_ne!(policy, guides_policy(GUIDE), "what is wrong in the guide is left out");
        assert_eq!(GUIDE.matches(WRONG).count(), 1, "the guide has changed");
        let mended = GUIDE.replace(WRONG, "                \"logs:PutRetentionPolicy\"\n");
        assert_eq!(policy, guides_policy(&mended));
    }

    #[test]
    fn split_per_service_it_says_the_same() {
        let (partition, account) = (Partition::named("aws"), AccountId::from("807274709480"));
        let split = per_service(ours(&partition, &account));
        assert_eq!(split.keys().copied().collect::<Vec<_>>(), SERVICES);
        for (service, policy) in &split {
            let text = policy.to_json();
            let actions = text.matches(&format!("\"{service}:")).count();
            assert!(actions > 0, "{service}: {text}");
        }
        let whole: serde_json::Value = serde_json::from_str(&whole(ours(&partition, &account), []).to_json()).unwrap();
        let count = |policy: &serde_json::Value| policy["Statement"].as_array().unwrap().len();
        let parts = split
            .values()
            .map(|policy| count(&serde_json::from_str(&policy.to_json()).unwrap()));
        assert_eq!(parts.sum::<usize>(), count(&whole));
    }

    #[test]
    fn another_partition_and_account_are_filled_in_everywhere() {
        let (partition, account) = (Partition::named("aws-us-gov"), AccountId::from("210987654321"));
        let site = Site {
            ecr_region: "us-gov-west-1",
            ..ours(&partition, &account)
        };
        let text = whole(site, [metering()]).to_json();
        for foreign in ["arn:aws:", "807274709480", "us-east-1"] {
            assert!(!text.contains(foreign), "{foreign} in {text}");
        }
        assert!(
            text.contains("arn:aws-us-gov:ecr:us-gov-west-1:210987654321:repository/*"),
            "{text}"
        );
        assert!(text.contains("aws-marketplace:RegisterUsage"), "{text}");
    }
}
