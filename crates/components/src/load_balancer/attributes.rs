//! A load balancer's settings that AWS keeps as pairs of texts. Source: Elastic Load Balancing API (2015-12-01),
//! `LoadBalancerAttribute`.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;

use super::{AccessLogs, LoadBalancer, attribute};
use aws::Aws;
use aws::ask::ask;
use engine::{Call, Result};

const IDLE_TIMEOUT: &str = "idle_timeout.timeout_seconds";
pub(super) const DELETION_PROTECTION: &str = "deletion_protection.enabled";
const DROP_INVALID_HEADERS: &str = "routing.http.drop_invalid_header_fields.enabled";
const LOGS_ENABLED: &str = "access_logs.s3.enabled";
const LOGS_BUCKET: &str = "access_logs.s3.bucket";
const LOGS_PREFIX: &str = "access_logs.s3.prefix";

/// The settings as they are.
pub(super) struct Attributes {
    pub(super) idle_timeout: i32,
    pub(super) deletion_protection: bool,
    pub(super) access_logs: Option<AccessLogs>,
    pub(super) drop_invalid_headers: bool,
}

/// Reads the settings. One that AWS does not name has its documented default.
pub(super) async fn read(call: &Call<'_, Aws>, arn: &str) -> Result<Attributes> {
    let request = call
        .world
        .elbv2
        .describe_load_balancer_attributes()
        .load_balancer_arn(arn);
    let answer = ask(
        call,
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        request.send(),
    )
    .await?;
    let told: BTreeMap<&str, &str> = answer
        .attributes()
        .iter()
        .filter_map(|attribute| Some((attribute.key()?, attribute.value().unwrap_or_default())))
        .collect();
    let text = |key| told.get(key).copied().unwrap_or_default();
    Ok(Attributes {
        idle_timeout: text(IDLE_TIMEOUT).parse().unwrap_or(60),
        deletion_protection: text(DELETION_PROTECTION) == "true",
        access_logs: (text(LOGS_ENABLED) == "true").then(|| AccessLogs {
            bucket: text(LOGS_BUCKET).to_owned(),
            prefix: text(LOGS_PREFIX).to_owned(),
        }),
        drop_invalid_headers: text(DROP_INVALID_HEADERS) == "true",
    })
}

/// What `spec` wants of the named fields; without names, of all.
pub(super) fn wanted(spec: &LoadBalancer, fields: Option<&[&'static str]>) -> Result<Vec<LoadBalancerAttribute>> {
    let asked = |field| fields.is_none_or(|fields| fields.contains(&field));
    let mut attributes = Vec::new();
    if asked("idle_timeout") {
        attributes.push(attribute(IDLE_TIMEOUT, spec.idle_timeout.get()?.to_string()));
    }
    if asked("deletion_protection") {
        attributes.push(attribute(
            DELETION_PROTECTION,
            spec.deletion_protection.get()?.to_string(),
        ));
    }
    if asked("drop_invalid_headers") {
        attributes.push(attribute(
            DROP_INVALID_HEADERS,
            spec.drop_invalid_headers.get()?.to_string(),
        ));
    }
    if asked("access_logs") {
        let logs = spec.access_logs.get()?;
        attributes.push(attribute(LOGS_ENABLED, logs.is_some().to_string()));
        if let Some(AccessLogs { bucket, prefix }) = logs {
            attributes.push(attribute(LOGS_BUCKET, bucket));
            attributes.push(attribute(LOGS_PREFIX, prefix));
        }
    }
    Ok(attributes)
}

/// Changes settings, where there is something to change.
pub(super) async fn write(call: &Call<'_, Aws>, arn: &str, attributes: Vec<LoadBalancerAttribute>) -> Result<()> {
    if attributes.is_empty() {
        return Ok(());
    }
    let request = call
        .world
        .elbv2
        .modify_load_balancer_attributes()
        .load_balancer_arn(arn)
        .set_attributes(Some(attributes));
    ask(
        call,
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        request.send(),
    )
    .await
    .map(drop)
    .map_err(explained)
}

/// AWS tries to write to the bucket at once, and says no more than that it may not.
fn explained(error: engine::Error) -> engine::Error {
    if !error.message.contains("bucket") {
        return error;
    }
    error.with_remedy(
        "The bucket must be in the same region, and its policy must let Elastic Load Balancing write below the prefix: see \
         *Enable access logs for your Application Load Balancer* in the Elastic Load Balancing user guide.",
    )
}
