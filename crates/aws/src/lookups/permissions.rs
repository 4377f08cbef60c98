//! What the looks of this module take, by what is looked at. All of them are reads.

use super::ImageFamily;
use super::image_platforms::in_ecr;
use crate::Aws;
use crate::ids::{ClusterArn, FileSystemId, RoleArn, SecretArn};
use crate::permissions::Site;
use engine::Permission;
use registry::ImageReference;

/// A part of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// A cluster.
    Cluster(ClusterArn),
    /// A role.
    Role(RoleArn),
    /// A log group.
    LogGroup,
    /// A file system.
    FileSystem(FileSystemId),
    /// A secret.
    Secret(SecretArn),
}

fn site(aws: &Aws) -> Site<'_> {
    Site::new(aws, "")
}

/// VPCs, their subnets, and how these reach AWS.
pub fn sees_networks(aws: &Aws) -> Vec<Permission> {
    [
        site(aws).anywhere().called([
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcEndpoints",
            "ec2:DescribeVpcs",
        ]),
        site(aws).anywhere().helpful(["ec2:DescribeNatGateways"]),
    ]
    .concat()
}

/// Where networks can stand, and what stands there already.
pub fn sees_zones(aws: &Aws) -> Vec<Permission> {
    site(aws).anywhere().called([
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeTags",
        "ec2:DescribeVpcEndpointServices",
    ])
}

/// Kinds of hosts and the images for them.
pub fn sees_hosts(aws: &Aws) -> Vec<Permission> {
    let Aws { partition, region, .. } = aws;
    let parameters = ImageFamily::ALL.map(|family| {
        let parameter = format!("arn:{partition}:ssm:{region}::parameter{}", family.parameter());
        site(aws).exactly(parameter).called(["ssm:GetParameter"])
    });
    [
        site(aws).anywhere().called([
            "ec2:DescribeImages",
            "ec2:DescribeInstanceTypeOfferings",
            "ec2:DescribeInstanceTypes",
        ]),
        parameters.concat(),
    ]
    .concat()
}

/// Policies of the user's own, and how many more are admitted.
pub fn sees_policies(aws: &Aws) -> Vec<Permission> {
    [
        site(aws).anywhere().called(["iam:GetAccountSummary"]),
        site(aws).iam("policy/*").called(["iam:GetPolicy"]),
    ]
    .concat()
}

/// Images in registries of Amazon ECR.
pub fn sees_images(aws: &Aws) -> Vec<Permission> {
    let Aws { partition, .. } = aws;
    [
        site(aws).anywhere().called(["ecr:GetAuthorizationToken"]),
        // Where the source is such a registry, whosever it is.
        site(aws)
            .exactly(format!("arn:{partition}:ecr:*:*:repository/*"))
            .behind(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]),
    ]
    .concat()
}

/// For which processors an image is: of Amazon ECR, as any may be that is not named yet. Whoever may not look is told
/// nothing of it.
pub fn sees_platforms(aws: &Aws, image: Option<&ImageReference>) -> Vec<Permission> {
    let Aws { partition, .. } = aws;
    let repository = match image {
        None => Some("*:*:repository/*".to_owned()),
        Some(image) => {
            in_ecr(image).map(|(region, account)| format!("{region}:{account}:repository/{}", image.repository()))
        }
    };
    let place = repository.map(|repository| site(aws).exactly(format!("arn:{partition}:ecr:{repository}")));
    place.map_or_else(Vec::new, |place| {
        place.helpful(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
    })
}

/// A part of the user's own.
pub fn sees(aws: &Aws, brought: &Brought) -> Vec<Permission> {
    let site = site(aws);
    match brought {
        Brought::Cluster(arn) => site.exactly(arn.as_str()).called(["ecs:DescribeClusters"]),
        Brought::Role(arn) => site.exactly(arn.as_str()).called(["iam:GetRole"]),
        Brought::LogGroup => site.anywhere().called(["logs:DescribeLogGroups"]),
        Brought::FileSystem(id) => site
            .at("elasticfilesystem", format!("file-system/{id}"))
            .called(["elasticfilesystem:DescribeMountTargets"]),
        Brought::Secret(arn) => site.exactly(arn.as_str()).called(["secretsmanager:DescribeSecret"]),
    }
}
