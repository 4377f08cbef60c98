//! `thatdot_detector_deployment`

use crate::products::detector::DetectorProduct;
use crate::provider::deployment::Deployment;

/// The resource.
pub fn detector_deployment() -> Deployment<DetectorProduct> {
    Deployment::new(DetectorProduct)
}
