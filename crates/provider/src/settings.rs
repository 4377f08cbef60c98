//! The provider block as settings of the connection to AWS, and the connection's failures as diagnostics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::Context;
use super::model::{AssumeRole, AssumeRoleWithWebIdentity, Endpoints, ProviderModel};
use aws::connect::{self, Secret, Session, Settings, WebIdentity, WebIdentityToken};
use engine::{IgnoreTags, Tags};
use framework::{Attr, Diagnostic, Diagnostics, Path, parse_duration};

/// Checks what spans attributes.
pub fn validate(model: &ProviderModel, diagnostics: &mut Diagnostics) {
    if !model.allowed_account_ids.is_null() && !model.forbidden_account_ids.is_null() {
        diagnostics.push(
            Diagnostic::error(
                "Two lists of accounts",
                "allowed_account_ids and forbidden_account_ids exclude each other: leave one of them out.",
            )
            .at(Path::of(["forbidden_account_ids"])),
        );
    }
    for (given, missing, attribute) in [
        (&model.access_key, &model.secret_key, "secret_key"),
        (&model.secret_key, &model.access_key, "access_key"),
    ] {
        if !given.is_null() && missing.is_null() {
            diagnostics.push(
                Diagnostic::error(
                    "Half an access key",
                    format!("access_key and secret_key go together: {attribute} is missing."),
                )
                .at(Path::of([attribute])),
            );
        }
    }
    if let Some(role) = &model.assume_role_with_web_identity
        && role.web_identity_token.is_null() == role.web_identity_token_file.is_null()
    {
        diagnostics.push(
            Diagnostic::error(
                "Which token?",
                "Give exactly one of web_identity_token and web_identity_token_file.",
            )
            .at(Path::of(["assume_role_with_web_identity"])),
        );
    }
}

/// Connects to AWS, over that HTTP client where there is one.
pub async fn configure(
    model: &ProviderModel,
    terraform_version: &str,
    over: Option<SharedHttpClient>,
) -> Result<Context, Diagnostics> {
    let unknown = unknown_settings(model);
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let aws = connect::connect(settings(model, terraform_version), over)
        .await
        .map_err(|error| {
            let diagnostic = Diagnostic::error("Cannot work with AWS", error.to_string());
            match error.setting() {
                Some(setting) => diagnostic.at(Path::of([setting])),
                None => diagnostic,
            }
        })?;
    aws.get_ready();
    let default_tags = model
        .default_tags
        .as_ref()
        .map(|block| known_map(&block.tags))
        .unwrap_or_default();
    let ignore_tags = model.ignore_tags.as_ref().map(|block| IgnoreTags {
        keys: known_set(&block.keys),
        prefixes: known_set(&block.key_prefixes),
    });
    Ok(Context {
        aws: Arc::new(aws),
        default_tags,
        ignore_tags: ignore_tags.unwrap_or_default(),
        preflight: model.preflight.known() == Some(&true),
    })
}

/// Settings that decide whom we call cannot wait for apply.
fn unknown_settings(model: &ProviderModel) -> Diagnostics {
    let settings = [
        ("region", model.region.is_unknown()),
        ("profile", model.profile.is_unknown()),
        ("access_key", model.access_key.is_unknown()),
        ("secret_key", model.secret_key.is_unknown()),
        ("token", model.token.is_unknown()),
        (
            "assume_role",
            model
                .assume_role
                .as_ref()
                .is_some_and(|role| role.role_arn.is_unknown()),
        ),
        (
            "assume_role_with_web_identity",
            model.assume_role_with_web_identity.as_ref().is_some_and(|role| {
                role.role_arn.is_unknown()
                    || role.web_identity_token.is_unknown()
                    || role.web_identity_token_file.is_unknown()
            }),
        ),
    ];
    let unknown = settings.into_iter().filter(|(_, unknown)| *unknown);
    unknown
        .map(|(name, _)| {
            Diagnostic::error(
                "A provider setting is not known yet",
                format!(
                    "{name} depends on a resource that is not made yet, so AWS cannot be asked anything. Make that resource \
                     first (terraform apply -target=…), or set {name} from something that is known."
                ),
            )
            .at(Path::of([name]))
        })
        .collect()
}

fn settings(model: &ProviderModel, terraform_version: &str) -> Settings {
    let secret = |attr: &Attr<String>| attr.known().map(Secret::new);
    let files = |attr| known_list(attr).into_iter().map(expand_home).collect();
    Settings {
        region: model.region.known().cloned(),
        profile: model.profile.known().cloned(),
        access_key: model.access_key.known().cloned(),
        secret_key: secret(&model.secret_key),
        token: secret(&model.token),
        shared_config_files: files(&model.shared_config_files),
        shared_credentials_files: files(&model.shared_credentials_files),
        assume_role: model.assume_role.as_ref().map(assume_role),
        web_identity: model.assume_role_with_web_identity.as_ref().and_then(web_identity),
        endpoints: model.endpoints.as_ref().map(endpoints).unwrap_or_default(),
        max_retries: model.max_retries.known().and_then(|count| u32::try_from(*count).ok()),
        allowed_account_ids: known_list(&model.allowed_account_ids),
        forbidden_account_ids: known_list(&model.forbidden_account_ids),
        skip_credentials_validation: model.skip_credentials_validation.known() == Some(&true),
        custom_ca_bundle: model.custom_ca_bundle.known().cloned().map(expand_home),
        http_proxy: model.http_proxy.known().cloned(),
        https_proxy: model.https_proxy.known().cloned(),
        no_proxy: model.no_proxy.known().cloned(),
        use_fips_endpoint: model.use_fips_endpoint.known().copied(),
        use_dualstack_endpoint: model.use_dualstack_endpoint.known().copied(),
        terraform_version: Some(terraform_version.to_owned()),
    }
}

fn assume_role(block: &AssumeRole) -> connect::AssumeRole {
    connect::AssumeRole {
        session: Session {
            role_arn: block.role_arn.known().cloned().unwrap_or_default(),
            session_name: block.session_name.known().cloned(),
            duration: block.duration.known().and_then(|text| parse_duration(text)),
            policy: block.policy.known().cloned(),
            policy_arns: known_list(&block.policy_arns),
        },
        external_id: block.external_id.known().cloned(),
        tags: known_map(&block.tags),
        transitive_tag_keys: known_list(&block.transitive_tag_keys),
        source_identity: block.source_identity.known().cloned(),
    }
}

fn web_identity(block: &AssumeRoleWithWebIdentity) -> Option<WebIdentity> {
    let token = match block.web_identity_token.known() {
        Some(text) => WebIdentityToken::Text(Secret::new(text)),
        None => WebIdentityToken::File(expand_home(block.web_identity_token_file.known()?.clone())),
    };
    Some(WebIdentity {
        session: Session {
            role_arn: block.role_arn.known().cloned().unwrap_or_default(),
            session_name: block.session_name.known().cloned(),
            duration: block.duration.known().and_then(|text| parse_duration(text)),
            policy: block.policy.known().cloned(),
            policy_arns: known_list(&block.policy_arns),
        },
        token,
    })
}

fn endpoints(block: &Endpoints) -> connect::Endpoints {
    connect::Endpoints {
        apigatewayv2: block.apigatewayv2.known().cloned(),
        appautoscaling: block.appautoscaling.known().cloned(),
        autoscaling: block.autoscaling.known().cloned(),
        ec2: block.ec2.known().cloned(),
        ecr: block.ecr.known().cloned(),
        ecs: block.ecs.known().cloned(),
        efs: block.efs.known().cloned(),
        elbv2: block.elbv2.known().cloned(),
        iam: block.iam.known().cloned(),
        logs: block.logs.known().cloned(),
        meteringmarketplace: block.meteringmarketplace.known().cloned(),
        secretsmanager: block.secretsmanager.known().cloned(),
        ssm: block.ssm.known().cloned(),
        sts: block.sts.known().cloned(),
        wafv2: block.wafv2.known().cloned(),
    }
}

/// `~/` at the beginning of a path, as every AWS tool reads it.
fn expand_home(path: String) -> std::path::PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}

fn known_list(attr: &Attr<Vec<Attr<String>>>) -> Vec<String> {
    attr.known()
        .into_iter()
        .flatten()
        .filter_map(|item| item.known().cloned())
        .collect()
}

fn known_set(attr: &Attr<Vec<Attr<String>>>) -> BTreeSet<String> {
    known_list(attr).into_iter().collect()
}

fn known_map(attr: &Attr<BTreeMap<String, Attr<String>>>) -> Tags {
    let entries = attr.known().into_iter().flatten();
    entries
        .filter_map(|(name, value)| Some((name.clone(), value.known()?.clone())))
        .collect()
}
