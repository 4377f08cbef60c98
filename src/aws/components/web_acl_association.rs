//! Which web ACL guards a load balancer. Source: AWS WAF API, `AssociateWebACL`, `GetWebACLForResource`,
//! `DisassociateWebACL`.

use crate::aws::ids::LoadBalancerArn;

crate::spec! {
    /// A load balancer's web ACL: one at most, and another takes its place.
    pub struct WebAclAssociation {
        /// What is guarded.
        replace resource: LoadBalancerArn,
        /// The ARN of a regional web ACL of the same region.
        update web_acl_arn: String,
    }
}
