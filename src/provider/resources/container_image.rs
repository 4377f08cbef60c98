//! `thatdot_container_image`

use crate::products::container_image::ContainerImageProduct;
use crate::provider::deployment::Deployment;

/// The resource.
pub fn container_image() -> Deployment<ContainerImageProduct> {
    Deployment::new(ContainerImageProduct)
}
