//! `thatdot_privateai_deployment`

use crate::products::privateai::PrivateAiProduct;
use crate::provider::deployment::Deployment;

/// The resource.
pub fn privateai_deployment() -> Deployment<PrivateAiProduct> {
    Deployment::new(PrivateAiProduct)
}
