//! Configurations of the tests, and how they look at what stands.

pub use crate::components::{id_of, not_ready, parts};
use crate::detector::REQUIRED;
use crate::harness::{Attributes, Sandbox};

/// The name of the one deployment that most configurations hold.
pub const NAME: &str = "deid";

/// The resource under test.
pub const ADDRESS: &str = "thatdot_privateai_deployment.deid";

/// A licence that must never show.
pub const LICENSE: &str = r#"{"key":"planted-licence-7f3a"}"#;

/// What every licensed deployment has.
pub const LICENSED: &str = r#"
  license {
    content_wo         = "{\"key\":\"planted-licence-7f3a\"}"
    content_wo_version = 1
  }
"#;

/// A configuration with this body in the resource.
pub fn deployment(sandbox: &Sandbox, body: &str) -> String {
    let list = |ids: &[String]| ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
    format!(
        r#"{REQUIRED}
resource "thatdot_privateai_deployment" "deid" {{
  name               = "deid"
  vpc_id             = "{}"
  private_subnet_ids = [{}]
  public_subnet_ids  = [{}]
  image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu"
{body}
}}
"#,
        sandbox.vpc.vpc_id,
        list(&sandbox.vpc.private_subnet_ids),
        list(&sandbox.vpc.public_subnet_ids),
    )
}

/// The keys of the parts.
pub fn keys(state: &Attributes) -> Vec<String> {
    state.keys("components").into_iter().map(str::to_owned).collect()
}
