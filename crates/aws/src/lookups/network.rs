//! VPCs, subnets and security groups (Amazon EC2 API: `DescribeVpcs`, `DescribeSubnets`, `DescribeRouteTables`,
//! `DescribeSecurityGroups`).

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_ec2::types::{self, Filter, VpcCidrBlockStateCode};
use futures::future::try_join_all;

use super::routes::{self, RouteTable};
use crate::Aws;
use crate::error::refusal;
use crate::ids::{SecurityGroupId, SubnetId, VpcId};
use engine::{Error, ErrorKind, Result};

/// Which VPC is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VpcQuery {
    /// The one of this id.
    Id(VpcId),
    /// The one that carries all these tags.
    Tags(BTreeMap<String, String>),
    /// The region's default one.
    Default,
}

impl fmt::Display for VpcQuery {
    /// What follows the words "no VPC".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Tags(tags) => {
                f.write_str("with the tags ")?;
                for (index, (name, value)) in tags.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{name} = \"{value}\"")?;
                }
                Ok(())
            }
            Self::Default => f.write_str("that is the default one"),
        }
    }
}

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// All its IPv4 address ranges, the primary one first.
    pub cidr_blocks: Vec<String>,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// Its availability zone, by name: `us-east-1a`.
    pub zone: String,
    /// Whether its default route leads to an internet gateway. Known only from [`classified_subnets`]; else `false`.
    pub public: bool,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGroup {
    /// Its id.
    pub id: SecurityGroupId,
    /// Its VPC.
    pub vpc_id: VpcId,
}

/// Looks up a VPC.
///
/// # Errors
/// Tags that several VPCs carry are [`ErrorKind::Invalid`], and the error names those VPCs; else what AWS refused.
pub async fn vpc(aws: &Aws, query: &VpcQuery) -> Result<Option<Vpc>> {
    let filters = match query {
        VpcQuery::Id(id) => return Ok(aws.reads.ec2.vpcs.of_id(id.as_str()).await?.as_ref().map(Vpc::from)),
        VpcQuery::Tags(tags) => tags.iter().map(|(k, v)| filter(&format!("tag:{k}"), v)).collect(),
        VpcQuery::Default => vec![filter("is-default", "true")],
    };
    let request = aws.ec2.describe_vpcs().set_filters(Some(filters));
    let found: std::result::Result<Vec<_>, _> = request.into_paginator().items().send().collect().await;
    let found = found.map_err(|error| refusal("ec2:DescribeVpcs", &error))?;
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.into())),
        several => {
            let ids: Vec<_> = several.iter().filter_map(types::Vpc::vpc_id).collect();
            let message = format!("there are {} VPCs {query}: {}", several.len(), ids.join(", "));
            Err(Error::new(ErrorKind::Invalid, "ec2:DescribeVpcs", message)
                .with_remedy("Name the VPC by its id, or by tags that only one carries."))
        }
    }
}

impl From<&types::Vpc> for Vpc {
    fn from(vpc: &types::Vpc) -> Self {
        let mut cidr_blocks: Vec<String> = vpc.cidr_block().map(str::to_owned).into_iter().collect();
        for association in vpc.cidr_block_association_set() {
            let state = association.cidr_block_state().and_then(|state| state.state());
            let gone = matches!(
                state,
                Some(
                    VpcCidrBlockStateCode::Disassociated
                        | VpcCidrBlockStateCode::Disassociating
                        | VpcCidrBlockStateCode::Failed
                )
            );
            if let Some(block) = association.cidr_block().filter(|_| !gone)
                && !cidr_blocks.iter().any(|known| known == block)
            {
                cidr_blocks.push(block.to_owned());
            }
        }
        Self {
            id: vpc.vpc_id().unwrap_or_default().into(),
            cidr_blocks,
        }
    }
}

/// Looks up subnets; those that do not exist are left out. `public` stays `false`.
pub async fn subnets(aws: &Aws, ids: &[SubnetId]) -> Result<Vec<Subnet>> {
    let found = try_join_all(ids.iter().map(|id| aws.reads.ec2.subnets.of_id(id.as_str()))).await?;
    Ok(found.iter().flatten().map(Subnet::from).collect())
}

/// All subnets of a VPC, each with its being public or not.
pub async fn classified_subnets(aws: &Aws, vpc: &VpcId) -> Result<Vec<Subnet>> {
    let subnets = aws.reads.ec2.subnets.by("vpc-id", vpc.as_str());
    let (subnets, tables) = tokio::try_join!(subnets, route_tables(aws, vpc))?;
    let mut subnets: Vec<_> = subnets.iter().map(Subnet::from).collect();
    let public = routes::public(subnets.iter().map(|subnet| &subnet.id), &tables);
    for subnet in &mut subnets {
        subnet.public = public.contains(&subnet.id);
    }
    Ok(subnets)
}

/// All route tables of a VPC.
pub(super) async fn route_tables(aws: &Aws, vpc: &VpcId) -> Result<Vec<RouteTable>> {
    let tables = aws.reads.ec2.route_tables.by("vpc-id", vpc.as_str()).await?;
    Ok(tables.iter().map(RouteTable::from).collect())
}

impl From<&types::Subnet> for Subnet {
    fn from(subnet: &types::Subnet) -> Self {
        Self {
            id: subnet.subnet_id().unwrap_or_default().into(),
            vpc_id: subnet.vpc_id().unwrap_or_default().into(),
            zone: subnet.availability_zone().unwrap_or_default().to_owned(),
            public: false,
        }
    }
}

/// Looks up security groups; those that do not exist are left out.
pub async fn security_groups(aws: &Aws, ids: &[SecurityGroupId]) -> Result<Vec<SecurityGroup>> {
    let found = try_join_all(ids.iter().map(|id| aws.reads.ec2.security_groups.of_id(id.as_str()))).await?;
    Ok(found
        .iter()
        .flatten()
        .map(|group| SecurityGroup {
            id: group.group_id().unwrap_or_default().into(),
            vpc_id: group.vpc_id().unwrap_or_default().into(),
        })
        .collect())
}

pub(super) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{VpcCidrBlockAssociation, VpcCidrBlockState};

    use super::*;

    #[test]
    fn the_primary_range_comes_first_and_only_once_and_lost_ones_are_left_out() {
        let association = |block: &str, state| {
            VpcCidrBlockAssociation::builder()
                .cidr_block(block)
                .cidr_block_state(VpcCidrBlockState::builder().state(state).build())
                .build()
        };
        let vpc = types::Vpc::builder()
            .vpc_id("vpc-1")
            .cidr_block("10.0.0.0/16")
            .cidr_block_association_set(association("10.9.0.0/16", VpcCidrBlockStateCode::Associated))
            .cidr_block_association_set(association("10.0.0.0/16", VpcCidrBlockStateCode::Associated))
            .cidr_block_association_set(association("10.8.0.0/16", VpcCidrBlockStateCode::Disassociated))
            .build();
        assert_eq!(Vpc::from(&vpc).cidr_blocks, ["10.0.0.0/16", "10.9.0.0/16"]);
    }

    #[test]
    fn queries_read_well_after_the_words_no_vpc() {
        assert_eq!(VpcQuery::Id("vpc-1".into()).to_string(), "vpc-1");
        let tags = BTreeMap::from([
            ("Name".to_owned(), "main".to_owned()),
            ("team".to_owned(), "a".to_owned()),
        ]);
        assert_eq!(
            VpcQuery::Tags(tags).to_string(),
            "with the tags Name = \"main\", team = \"a\""
        );
        assert_eq!(VpcQuery::Default.to_string(), "that is the default one");
    }
}
