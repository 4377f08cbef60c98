//! `thatdot_operator`

use crate::products::operator::OperatorProduct;
use crate::provider::deployment::Deployment;

/// The resource.
pub fn operator() -> Deployment<OperatorProduct> {
    Deployment::new(OperatorProduct)
}
