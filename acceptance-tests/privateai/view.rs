//! What the tests of this resource share: configurations to start from, and views on what AWS holds.

use crate::detector::REQUIRED;
use crate::harness::Sandbox;

/// The address of the one deployment that most configurations hold.
pub const ADDRESS: &str = "thatdot_privateai_deployment.this";

/// Its image.
pub const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu";

/// A deployment in the test's VPC, with `body` added.
pub fn deployment(sandbox: &Sandbox, body: &str) -> String {
    format!(
        "{REQUIRED}\nresource \"thatdot_privateai_deployment\" \"this\" {{\n  name = \"deid\"\n  vpc_id = \"{}\"\n  \
         private_subnet_ids = {:?}\n  public_subnet_ids = {:?}\n  image = \"{IMAGE}\"\n{body}\n}}\n",
        sandbox.vpc.vpc_id, sandbox.vpc.private_subnet_ids, sandbox.vpc.public_subnet_ids
    )
}
