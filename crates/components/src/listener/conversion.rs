//! Between a listener's words and AWS's. Source: Elastic Load Balancing API (2015-12-01), `Action`,
//! `RedirectActionConfig`.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, ForwardActionConfig, Listener as Described, ProtocolEnum,
    RedirectActionConfig, RedirectActionStatusCodeEnum,
};

use super::{ListenerAction, ListenerProtocol};
use engine::{Error, Result};

/// Protocol, certificate and security policy, as AWS takes them.
pub(super) fn to_protocol(protocol: &ListenerProtocol) -> (ProtocolEnum, Option<Certificate>, Option<String>) {
    match protocol {
        ListenerProtocol::Http => (ProtocolEnum::Http, None, None),
        ListenerProtocol::Https {
            certificate_arn,
            ssl_policy,
        } => {
            let certificate = Certificate::builder().certificate_arn(certificate_arn).build();
            (ProtocolEnum::Https, Some(certificate), Some(ssl_policy.clone()))
        }
    }
}

/// The protocol as AWS tells it.
pub(super) fn protocol(found: &Described) -> ListenerProtocol {
    if found.protocol() != Some(&ProtocolEnum::Https) {
        return ListenerProtocol::Http;
    }
    let certificate = found.certificates().first().and_then(Certificate::certificate_arn);
    ListenerProtocol::Https {
        certificate_arn: certificate.unwrap_or_default().to_owned(),
        ssl_policy: found.ssl_policy().unwrap_or_default().to_owned(),
    }
}

/// The default action, as AWS takes it.
pub(super) fn to_action(action: &ListenerAction) -> Result<Action> {
    match action {
        ListenerAction::Forward(group) => Ok(Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .target_group_arn(group.as_str())
            .build()),
        ListenerAction::RedirectToHttps { port } => {
            let redirect = RedirectActionConfig::builder()
                .protocol("HTTPS")
                .port(port.to_string())
                .status_code(RedirectActionStatusCodeEnum::Http301)
                .build();
            Ok(Action::builder()
                .r#type(ActionTypeEnum::Redirect)
                .redirect_config(redirect)
                .build())
        }
        ListenerAction::Other(words) => Err(Error::bug(
            "elasticloadbalancing:CreateListener",
            format!("an action of ours is none that we make: {words}"),
        )),
    }
}

/// The default action as AWS tells it; a target group stands in one or two places there.
pub(super) fn action(actions: &[Action]) -> ListenerAction {
    let [action] = actions else {
        return ListenerAction::Other(format!("{} actions", actions.len()));
    };
    let known = match action.r#type() {
        Some(ActionTypeEnum::Forward) => forward(action),
        Some(ActionTypeEnum::Redirect) => action.redirect_config().and_then(redirect),
        _ => None,
    };
    known.unwrap_or_else(|| ListenerAction::Other(in_words(action)))
}

fn forward(action: &Action) -> Option<ListenerAction> {
    let config = action.forward_config();
    let groups = config.map(ForwardActionConfig::target_groups).unwrap_or_default();
    let sticks = config
        .and_then(ForwardActionConfig::target_group_stickiness_config)
        .is_some_and(|stickiness| stickiness.enabled() == Some(true));
    let group = match groups {
        [] => action.target_group_arn(),
        [group] => group.target_group_arn(),
        _ => None,
    };
    group
        .filter(|_| !sticks)
        .map(|group| ListenerAction::Forward(group.into()))
}

fn redirect(config: &RedirectActionConfig) -> Option<ListenerAction> {
    // What AWS fills in where it was told nothing: the request's own.
    let is = |told: Option<&str>, kept: &str| told.is_none_or(|told| told == kept);
    let same = is(config.host(), "#{host}") && is(config.path(), "/#{path}") && is(config.query(), "#{query}");
    let permanent = config.status_code() == Some(&RedirectActionStatusCodeEnum::Http301);
    let port = config.port()?.parse().ok()?;
    (same && permanent && config.protocol() == Some("HTTPS")).then_some(ListenerAction::RedirectToHttps { port })
}

fn in_words(action: &Action) -> String {
    let kind = action.r#type().map_or("unknown", ActionTypeEnum::as_str);
    match action.redirect_config() {
        Some(to) => {
            let part = |told: Option<&str>| told.unwrap_or("#").to_owned();
            let status = to.status_code().map_or("", RedirectActionStatusCodeEnum::as_str);
            format!(
                "redirect ({status}) to {}://{}:{}{}?{}",
                part(to.protocol()),
                part(to.host()),
                part(to.port()),
                part(to.path()),
                part(to.query())
            )
        }
        None => kind.to_owned(),
    }
}
