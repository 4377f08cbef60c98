//! What the tests of this resource share: configurations to start from, and views on what IAM holds.

use std::collections::BTreeSet;

use aws::policy::Policy;
use serde_json::Value;

pub use crate::components::not_ready;
use crate::detector::REQUIRED;
use crate::harness::{Sandbox, Wait};

/// The address of the one operator that most configurations hold.
pub const ADDRESS: &str = "thatdot_operator.this";

/// Its name.
pub const NAME: &str = "deid-admin";

/// The account that the stand-in plays.
pub const ACCOUNT: &str = "123456789012";

/// The guide as it was published.
const GUIDE: &str = include_str!("../guides/private-ai-ecs-manual-deployment-guide.txt");

/// An operator with `body` in its configuration.
pub fn operator(body: &str) -> String {
    format!("{REQUIRED}\nresource \"thatdot_operator\" \"this\" {{\n  name = \"{NAME}\"\n{body}\n}}\n")
}

/// An operator that stands.
pub fn standing(body: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(&operator(body));
    sandbox
}

/// The ARN of one of AWS's own policies.
pub fn managed(name: &str) -> String {
    format!("arn:aws:iam::aws:policy/{name}")
}

/// The ARN of one of the operator's policies.
pub fn own(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{NAME}-operator{name}")
}

/// The guide's policy in this account, without what is wrong in it.
pub fn guides_policy() -> Policy {
    let announced = GUIDE
        .find("The final policy is listed here")
        .expect("the guide shows a policy");
    let start = announced + GUIDE[announced..].find('{').expect("JSON begins with a brace");
    let mut documents = serde_json::Deserializer::from_str(&GUIDE[start..]).into_iter::<Value>();
    let mut document = documents.next().expect("a document follows").expect("it is JSON");
    for statement in document["Statement"].as_array_mut().expect("statements") {
        if let Some(actions) = statement["Action"].as_array_mut() {
            // API Gateway, on a log group.
            actions.retain(|action| action != "apigateway:*");
        }
    }
    Policy::parse(&document.to_string().replace("807274709480", ACCOUNT)).expect("a policy")
}

/// What a policy says now.
pub fn document(sandbox: &Sandbox, arn: &str) -> Policy {
    let iam = &sandbox.aws.iam;
    let policy = iam.get_policy().policy_arn(arn).send().wait().unwrap();
    let version = policy.policy().unwrap().default_version_id().unwrap().to_owned();
    let version = iam.get_policy_version().policy_arn(arn).version_id(version);
    let version = version.send().wait().unwrap();
    Policy::parse(version.policy_version().unwrap().document().unwrap()).unwrap()
}

/// The ARNs of what is attached to the user.
pub fn of_user(sandbox: &Sandbox) -> BTreeSet<String> {
    let listed = sandbox.aws.iam.list_attached_user_policies().user_name(NAME);
    let listed = listed.send().wait().unwrap();
    let arns = listed
        .attached_policies()
        .iter()
        .filter_map(|policy| policy.policy_arn());
    arns.map(str::to_owned).collect()
}

/// The ARNs of what is attached to the role.
pub fn of_role(sandbox: &Sandbox) -> BTreeSet<String> {
    let listed = sandbox.aws.iam.list_attached_role_policies().role_name(NAME);
    let listed = listed.send().wait().unwrap();
    let arns = listed
        .attached_policies()
        .iter()
        .filter_map(|policy| policy.policy_arn());
    arns.map(str::to_owned).collect()
}

/// A user of somebody else's.
pub fn somebody(sandbox: &Sandbox, name: &str) -> String {
    let made = sandbox.aws.iam.create_user().user_name(name).send().wait().unwrap();
    made.user().unwrap().arn().to_owned()
}
