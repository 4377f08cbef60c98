//! Between how many tasks a service may be scaled. Sources: Application Auto Scaling API, `RegisterScalableTarget`,
//! `DescribeScalableTargets`, `DeregisterScalableTarget`.

use crate::aws::ids::ServiceArn;

crate::spec! {
    /// The registration of a service with Application Auto Scaling.
    pub struct ScalableTarget {
        /// The service.
        replace service: ServiceArn,
        /// The fewest tasks.
        update min_capacity: i32,
        /// The most tasks.
        update max_capacity: i32,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalableTargetOutput {
    /// The service, once it can have scaling policies: policies refer to this.
    pub service: ServiceArn,
}
