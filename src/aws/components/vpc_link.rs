//! The way from Amazon API Gateway into a VPC. Source: Amazon API Gateway V2 API, `CreateVpcLink`, `GetVpcLink`,
//! `GetVpcLinks`, `UpdateVpcLink`, `DeleteVpcLink`; developer guide, *Set up VPC links V2*.

use std::collections::BTreeSet;

use crate::aws::ids::{SecurityGroupId, SubnetId, VpcLinkId};

crate::spec! {
    /// A VPC link, which several APIs could share.
    pub struct VpcLink {
        /// Its name, which need not be unique: 1 to 128 characters.
        update name: String,
        /// Where its network interfaces stand.
        replace subnets: BTreeSet<SubnetId>,
        /// The groups of these interfaces.
        replace security_groups: BTreeSet<SecurityGroupId>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcLinkOutput {
    /// The id.
    pub id: VpcLinkId,
}
