//! What users bring of their own: it is there before the deployment, and stays when that goes.

use aws_sdk_wafv2::types::{AllowAction, DefaultAction, Scope, VisibilityConfig};

use crate::harness::{Sandbox, Wait, pem};

/// A secret whose text is a licence.
pub fn license(sandbox: &Sandbox) -> String {
    let secrets = &sandbox.aws.secretsmanager;
    let made = secrets
        .create_secret()
        .name("own-license")
        .secret_string("{}")
        .send()
        .wait()
        .unwrap();
    made.arn().unwrap().to_owned()
}

/// A certificate of that name, kept by IAM.
pub fn certificate(sandbox: &Sandbox, name: &str) -> String {
    let made = rcgen::generate_simple_self_signed(["deid.example.com".to_owned()]).unwrap();
    let uploaded = sandbox
        .aws
        .iam
        .upload_server_certificate()
        .server_certificate_name(name)
        .certificate_body(pem("CERTIFICATE", made.cert.der()))
        .private_key(pem("PRIVATE KEY", &made.signing_key.serialize_der()))
        .send()
        .wait()
        .unwrap();
    uploaded.server_certificate_metadata().unwrap().arn().to_owned()
}

/// A regional web ACL that lets everything through.
pub fn web_acl(sandbox: &Sandbox, name: &str) -> String {
    let seen = VisibilityConfig::builder()
        .sampled_requests_enabled(false)
        .cloud_watch_metrics_enabled(false)
        .metric_name(name);
    let allow = DefaultAction::builder().allow(AllowAction::builder().build()).build();
    let request = sandbox.aws.wafv2.create_web_acl().name(name).scope(Scope::Regional);
    let request = request.default_action(allow).visibility_config(seen.build().unwrap());
    let made = request.send().wait().unwrap();
    made.summary().unwrap().arn().unwrap().to_owned()
}
