//! What does not go together in a configuration, told before anything is asked of AWS.

use super::license;
use super::model::{ApiGateway, License, PrivateAi};
use super::vendor;
use crate::shared::{capacity, environment, existing, fargate, load_balancer};
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// Checks what spans attributes. Unknown values pass.
pub fn validate(model: &PrivateAi, diagnostics: &mut Diagnostics) {
    environment::validate(&model.environment, &model.secrets, diagnostics);
    if let Some(existing) = &model.existing {
        existing::validate(
            existing,
            &model.container_insights,
            &model.permissions_boundary,
            diagnostics,
        );
    }
    if let Some(capacity) = &model.capacity {
        capacity::validate(capacity, diagnostics);
    }
    foreign_groups(model, diagnostics);
    on_fargate(model, diagnostics);
    licensing(model, diagnostics);
    if let Some(block) = &model.load_balancer {
        load_balancer::validate(block, diagnostics);
    }
    if let Some(block) = &model.api_gateway {
        gateway(model, block, diagnostics);
    }
    public_subnets(model, diagnostics);
    autoscaling(model, diagnostics);
}

fn error(summary: &str, detail: impl Into<String>, path: Path) -> Diagnostic {
    Diagnostic::error(summary, detail).at(path)
}

/// Groups of the user's own are never changed, so what would be a rule of theirs has no effect.
fn foreign_groups(model: &PrivateAi, diagnostics: &mut Diagnostics) {
    let existing = model.existing.as_ref();
    if existing.is_none_or(|existing| existing.security_group_ids.is_null()) {
        return;
    }
    let ssh = model.capacity.as_ref().map(|capacity| &capacity.ssh_from);
    let settings = [
        (!model.egress_cidr_blocks.is_null(), Path::of(["egress_cidr_blocks"])),
        (
            ssh.and_then(Attr::known).is_some_and(|word| word == "vpc"),
            Path::of(["capacity", "ssh_from"]),
        ),
    ];
    for (_, path) in settings.into_iter().filter(|(set, _)| *set) {
        diagnostics.push(error(
            "A rule of groups that are not ours",
            format!(
                "existing.security_group_ids brings the groups of hosts and tasks, which the deployment never changes, so \
                 {path} would have no effect. Remove one of the two."
            ),
            path,
        ));
    }
}

fn on_fargate(model: &PrivateAi, diagnostics: &mut Diagnostics) {
    let Some(block) = &model.fargate else { return };
    let or = |attr: &Attr<i64>, default| match attr {
        Attr::Null => Some(default),
        Attr::Unknown => None,
        Attr::Known(value) => Some(*value),
    };
    let sizes = or(&model.cpu, vendor::FARGATE_CPU).zip(or(&model.memory, vendor::MEMORY));
    if let Some((cpu, memory)) = sizes {
        diagnostics.extend(fargate::size(cpu, memory));
    }
    diagnostics.extend(fargate::platform(
        &block.platform_version,
        model.has_file_system().then_some("license { on = \"efs\" }"),
        !block.ephemeral_storage_gib.is_null(),
        Path::of(["fargate", "platform_version"]),
    ));
    if !model.ordered_placement_strategy.is_empty() {
        diagnostics.push(error(
            "Fargate has no hosts to choose from",
            "ordered_placement_strategy says on which hosts tasks are placed; with fargate there are none of yours. Remove one \
             of the two.",
            Path::of(["ordered_placement_strategy"]),
        ));
    }
}

fn licensing(model: &PrivateAi, diagnostics: &mut Diagnostics) {
    match (&model.license, &model.marketplace) {
        (_, Attr::Unknown) | (None, Attr::Known(true)) => {}
        (Some(_), Attr::Known(true)) => diagnostics.push(error(
            "The Marketplace's container brings its licence",
            "With marketplace = true the licence is part of the image. Remove the license block, or marketplace.",
            Path::of(["license"]),
        )),
        (Some(block), _) => content(block, diagnostics),
        (None, _) => diagnostics.push(error(
            "The product does not start without a licence",
            "Give the text of license.json in license { content_wo = …, content_wo_version = 1 }, or name a secret that holds \
             it in license { secret_arn = … }. The AWS Marketplace's image needs none: for it, set marketplace = true.",
            Path::of(["license"]),
        )),
    }
}

fn content(license: &License, diagnostics: &mut Diagnostics) {
    let path = |name| Path::of(["license", name]);
    // With a version it may be the text that is in the secret already: `missing_text` knows.
    if license.secret_arn.is_null() && license.content_wo.is_null() && license.content_wo_version.is_null() {
        diagnostics.push(without_text(
            "Give either content_wo (with content_wo_version), or secret_arn.",
        ));
    }
    if license.content_wo.is_null() || license.content_wo.is_unknown() || !license.content_wo_version.is_null() {
        // Nothing to version, or a version is there.
    } else {
        diagnostics.push(error(
            "content_wo needs a version",
            "Terraform keeps nothing of content_wo, so only content_wo_version can tell that it has changed. Start with 1.",
            path("content_wo_version"),
        ));
    }
    if !license.secret_arn.is_null() && !license.kms_key_id.is_null() {
        diagnostics.push(error(
            "A setting of a secret that is not ours",
            "secret_arn names a secret of your own, which the deployment never changes, so kms_key_id would have no effect. \
             Remove one of the two.",
            path("kms_key_id"),
        ));
    }
}

fn without_text(detail: &str) -> Diagnostic {
    error("A licence without a text", detail, Path::of(["license", "content_wo"]))
}

/// Refuses a plan that would put a text into the secret that the configuration does not hold. The secret keeps the one of
/// the same version: a configuration that Terraform has written for an import cannot hold it, and need not.
pub fn missing_text(config: &PrivateAi, prior: Option<&PrivateAi>) -> Option<Diagnostic> {
    let license = config.license.as_ref()?;
    if !license.secret_arn.is_null() || !license.content_wo.is_null() {
        return None;
    }
    let version = |prior: &PrivateAi| prior.license.as_ref().map(|license| license.content_wo_version.clone());
    let kept = prior.filter(|prior| holds_text(prior)).and_then(version);
    (kept.as_ref() != Some(&license.content_wo_version)).then(|| {
        without_text(
            "The secret has no text of this content_wo_version yet, and what it had before cannot be read back. Give it as \
             content_wo.",
        )
    })
}

/// Whether the secret stands, with the text that was put into it.
fn holds_text(model: &PrivateAi) -> bool {
    let parts = model.components.known();
    let secret = parts.and_then(|parts| parts.get(license::SECRET)?.known());
    let status = secret.and_then(|secret| secret.status.known());
    status.is_some_and(|status| status != "missing" && !status.contains("content"))
}

fn gateway(model: &PrivateAi, block: &ApiGateway, diagnostics: &mut Diagnostics) {
    let path = |name| Path::of(["api_gateway", name]);
    match &model.load_balancer {
        None => diagnostics.push(error(
            "An API with nothing behind it",
            "api_gateway stands in front of an internal load balancer. Add load_balancer {}.",
            Path::of(["api_gateway"]),
        )),
        Some(balancer) if balancer.faces_internet() => diagnostics.push(error(
            "An API in front of an open door",
            "api_gateway protects an internal load balancer; one with scheme = \"internet-facing\" is reached past it. Set \
             scheme = \"internal\", or remove api_gateway.",
            Path::of(["load_balancer", "scheme"]),
        )),
        Some(balancer) if !balancer.is_https() && !block.tls_server_name.is_null() => diagnostics.push(error(
            "A name for a certificate that is not there",
            "tls_server_name goes with an HTTPS load balancer: set load_balancer { certificate_arn = … }, or remove it.",
            path("tls_server_name"),
        )),
        Some(balancer) if balancer.certificate_arn.known().is_some() && block.tls_server_name.is_null() => diagnostics.push(error(
            "Which name is the certificate for?",
            "The API checks the load balancer's certificate against a name, which is not the load balancer's own. Give it as \
             tls_server_name.",
            path("tls_server_name"),
        )),
        Some(_) => {}
    }
    let Some(authorization) = block.authorization.known() else {
        return;
    };
    let jwt = [
        ("jwt_issuer", block.jwt_issuer.is_null()),
        ("jwt_audience", block.jwt_audience.is_null()),
    ];
    if authorization == "JWT" {
        for (name, _) in jwt.iter().filter(|(_, missing)| *missing) {
            diagnostics.push(error(
                "Whose tokens, and for whom?",
                format!("authorization = \"JWT\" needs jwt_issuer and jwt_audience; {name} is not set."),
                path(name),
            ));
        }
    } else {
        let scopes = ("jwt_scopes", block.jwt_scopes.is_null());
        for (name, _) in jwt.iter().chain([&scopes]).filter(|(_, missing)| !*missing) {
            diagnostics.push(error(
                "A setting of tokens without tokens",
                format!("{name} has no effect with authorization = \"{authorization}\". Remove it, or set authorization = \"JWT\"."),
                path(name),
            ));
        }
    }
    if block.throttling_burst_limit.is_null() != block.throttling_rate_limit.is_null() {
        diagnostics.push(error(
            "Half a limit",
            "throttling_burst_limit and throttling_rate_limit go together: give both, or none.",
            path(if block.throttling_burst_limit.is_null() {
                "throttling_burst_limit"
            } else {
                "throttling_rate_limit"
            }),
        ));
    }
}

fn public_subnets(model: &PrivateAi, diagnostics: &mut Diagnostics) {
    if !model.public_subnet_ids.is_null() {
        return;
    }
    if model
        .bastion
        .as_ref()
        .is_some_and(|bastion| bastion.subnet_id.is_null())
    {
        diagnostics.push(error(
            "The bastion needs a public subnet",
            "Give public_subnet_ids, or bastion { subnet_id = … }.",
            Path::of(["public_subnet_ids"]),
        ));
    }
    let homeless = |block: &load_balancer::LoadBalancerBlock| block.faces_internet() && block.subnet_ids.is_null();
    if model.load_balancer.as_ref().is_some_and(homeless) {
        diagnostics.push(error(
            "An internet-facing load balancer needs public subnets",
            "Give public_subnet_ids, of two zones at least.",
            Path::of(["public_subnet_ids"]),
        ));
    }
}

fn autoscaling(model: &PrivateAi, diagnostics: &mut Diagnostics) {
    let Some(block) = &model.autoscaling else { return };
    let path = |name| Path::of(["autoscaling", name]);
    if block.cpu_percent.is_null() && block.memory_percent.is_null() && block.requests_per_task.is_null() {
        diagnostics.push(error(
            "By what is the number of tasks to be set?",
            "Give at least one of cpu_percent, memory_percent and requests_per_task.",
            Path::of(["autoscaling"]),
        ));
    }
    if let (Some(min), Some(max)) = (block.min_count.known(), block.max_count.known())
        && min > max
    {
        diagnostics.push(error(
            "A minimum above the maximum",
            format!("min_count = {min} is more than max_count = {max}."),
            path("min_count"),
        ));
    }
    if !block.requests_per_task.is_null() && model.load_balancer.is_none() {
        diagnostics.push(error(
            "Nobody counts the requests",
            "Requests are counted by the load balancer. Add load_balancer {}, or remove requests_per_task.",
            path("requests_per_task"),
        ));
    }
}
