//! Defaults that an auditor would accept, each by a test of its own: of a detector and a Private AI with every part, for which
//! nothing was said of safety. What is only for who asks for it in so many words is refused where it is not.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::deployer_policy::audit::{self, Look};
use crate::detector::REQUIRED;
use crate::harness::Sandbox;
use crate::own;

/// The two of them, for all tests that run at once.
fn standing() -> Arc<Sandbox> {
    static SHARED: Mutex<Weak<Sandbox>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let made = Arc::new(made());
        *shared = Arc::downgrade(&made);
        made
    })
}

fn made() -> Sandbox {
    let sandbox = Sandbox::new();
    let certificate = own::certificate(&sandbox, "fraud");
    sandbox.apply(&format!(
        r#"{REQUIRED}
        resource "thatdot_detector_deployment" "fraud" {{
          name       = "fraud"
          vpc_id     = "{vpc}"
          subnet_ids = {private:?}
          persistence {{}}
          load_balancer {{ certificate_arn = "{certificate}" }}
        }}
        resource "thatdot_privateai_deployment" "deid" {{
          name               = "deid"
          vpc_id             = "{vpc}"
          private_subnet_ids = {private:?}
          public_subnet_ids  = {public:?}
          image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:1"
          capacity {{ max_size = 2 }}
          license {{
            content_wo         = "{{}}"
            content_wo_version = 1
            on                 = "efs"
          }}
          load_balancer {{}}
          api_gateway {{ authorization = "AWS_IAM" }}
          bastion {{}}
        }}
        "#,
        vpc = sandbox.vpc.vpc_id,
        private = sandbox.vpc.private_subnet_ids,
        public = sandbox.vpc.public_subnet_ids,
    ));
    sandbox
}

/// Looks at what stands, which must be something.
fn looked_at(look: Look) {
    assert!(look(&standing()) > 0, "there was nothing to look at");
}

#[test]
fn file_systems_are_encrypted_at_rest() {
    looked_at(audit::file_systems_are_encrypted_at_rest);
}

#[test]
fn file_systems_are_mounted_encrypted_and_by_roles_alone() {
    looked_at(audit::file_systems_are_mounted_encrypted_and_by_roles_alone);
}

#[test]
fn no_rule_is_open_to_the_world() {
    looked_at(audit::no_rule_is_open_to_the_world);
}

#[test]
fn no_api_answers_to_everybody() {
    looked_at(audit::apis_ask_who_calls);
}

#[test]
fn who_may_call_an_api_must_be_said_in_so_many_words() {
    let sandbox = Sandbox::new();
    sandbox.configure(&format!(
        r#"{REQUIRED}
        resource "thatdot_privateai_deployment" "deid" {{
          name               = "deid"
          vpc_id             = "{}"
          private_subnet_ids = {:?}
          image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:1"
          load_balancer {{}}
          api_gateway {{}}
        }}
        "#,
        sandbox.vpc.vpc_id, sandbox.vpc.private_subnet_ids
    ));
    let errors = sandbox.terraform.plan(&[]).errors();
    let asks = errors
        .iter()
        .any(|error| error.text().contains("\"authorization\" is required"));
    assert!(asks, "{errors:?}");
}

#[test]
fn roles_are_assumed_on_behalf_of_this_account_and_its_resources_alone() {
    looked_at(audit::roles_trust_services_on_behalf_of_this_account_alone);
}

#[test]
fn hosts_give_out_credentials_by_the_new_metadata_service_alone() {
    looked_at(audit::hosts_have_new_metadata);
}

#[test]
fn disks_are_encrypted() {
    looked_at(audit::disks_are_encrypted);
}

#[test]
fn a_task_and_what_starts_it_have_roles_of_their_own() {
    looked_at(audit::tasks_have_two_roles);
}

#[test]
fn logs_are_kept_for_a_time_and_no_longer() {
    looked_at(audit::logs_end);
}

#[test]
fn https_takes_tls_of_version_1_2_or_later() {
    looked_at(audit::https_is_not_old);
}

#[test]
fn inline_policies_name_what_they_are_about() {
    looked_at(audit::inline_policies_name_what_they_are_about);
}
