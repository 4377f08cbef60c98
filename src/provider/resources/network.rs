//! `thatdot_network`

use crate::products::network::NetworkProduct;
use crate::provider::deployment::Deployment;

/// The resource.
pub fn network() -> Deployment<NetworkProduct> {
    Deployment::new(NetworkProduct)
}
