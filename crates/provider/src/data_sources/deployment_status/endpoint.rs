//! Asking a deployment's endpoint. Nothing that happens here is an error: a plan must not fail because what it is about is
//! down, or because the machine that plans is elsewhere.

use std::time::Duration;

use serde::Deserialize;

use super::model::Model;
use aws::lookups::RunningTask;
use aws::{Web, WebAnswer};
use products::PORT;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(3);

/// What was asked and answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Where was asked.
    pub url: Option<String>,
    /// Why there was no answer; nothing where there was one.
    pub reason: Option<String>,
    /// The HTTP status of `/`.
    pub status: Option<u16>,
    /// The version that `/` tells.
    pub app_version: Option<String>,
    /// The HTTP status of `/healthz`.
    pub healthz: Option<u16>,
}

/// What Private AI answers at `/`. Source: Private AI, *AWS ECS Manual Deployment Guide*, section 17, step 25.
#[derive(Deserialize)]
struct Root {
    app_version: String,
}

/// Asks where the configuration says, or else the newest running task.
pub async fn ask(web: &Web, config: &Model, tasks: &[RunningTask]) -> Endpoint {
    let unasked = |reason: &str| Endpoint {
        reason: Some(reason.to_owned()),
        ..Endpoint::default()
    };
    if config.probe.known() == Some(&false) {
        return unasked("it was not asked, since probe is false");
    }
    let urls = candidates(config, tasks);
    let answers = futures::future::join_all(urls.iter().map(|url| ask_one(web, url))).await;
    let mut answers = answers.into_iter();
    let Some(first) = answers.next() else {
        return unasked("no task with an address runs");
    };
    if first.reason.is_none() {
        return first;
    }
    answers.find(|answer| answer.reason.is_none()).unwrap_or(first)
}

fn candidates(config: &Model, tasks: &[RunningTask]) -> Vec<String> {
    if let Some(url) = config.endpoint_url.known() {
        return vec![url.trim_end_matches('/').to_owned()];
    }
    let newest = tasks.iter().find(|task| task.status == "RUNNING");
    let addresses = newest.into_iter().flat_map(|task| [&task.public_ip, &task.private_ip]);
    addresses
        .flatten()
        .map(|address| format!("http://{address}:{PORT}"))
        .collect()
}

async fn ask_one(web: &Web, url: &str) -> Endpoint {
    let (root_url, health_url) = (format!("{url}/"), format!("{url}/healthz"));
    let (root, health) = tokio::join!(web.get(&root_url, LIMIT), web.get(&health_url, LIMIT));
    let status = |answer: &Result<WebAnswer, String>| answer.as_ref().ok().map(|answer| answer.status);
    let version = |answer: &WebAnswer| serde_json::from_slice::<Root>(&answer.body).ok();
    Endpoint {
        url: Some(url.to_owned()),
        status: status(&root),
        healthz: status(&health),
        app_version: root.as_ref().ok().and_then(version).map(|root| root.app_version),
        // An endpoint that answers one of the two is there.
        reason: root.err().filter(|_| health.is_err()),
    }
}
