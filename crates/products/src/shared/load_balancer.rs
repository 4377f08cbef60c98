//! `load_balancer {}`: an application load balancer in front of the tasks.

use serde::{Deserialize, Serialize};

use super::site;
use aws::Aws;
use aws::lookups::{DefaultRoute, Subnet, Surroundings};
use framework::validators::{arn, cidr, custom, each, length, non_empty, one_of, range};
use framework::{Attr, Attribute, Block, Diagnostic, Diagnostics, Path, Type};

/// Seconds of grace where nothing else is said. Ours.
pub const GRACE: i64 = 120;

/// `load_balancer {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadBalancerBlock {
    /// `internal` or `internet-facing`.
    pub scheme: Attr<String>,
    /// Where it stands.
    pub subnet_ids: Attr<Vec<Attr<String>>>,
    /// Who reaches it.
    pub ingress_cidr_blocks: Attr<Vec<Attr<String>>>,
    /// The certificate of its HTTPS listener.
    pub certificate_arn: Attr<String>,
    /// Which protocols and ciphers HTTPS takes.
    pub ssl_policy: Attr<String>,
    /// Seconds without a byte after which a connection is closed.
    pub idle_timeout: Attr<i64>,
    /// Seconds a task that goes still gets to answer.
    pub deregistration_delay: Attr<i64>,
    /// Whether AWS refuses to delete it.
    pub deletion_protection: Attr<bool>,
    /// Whether headers with illegal names are dropped.
    pub drop_invalid_header_fields: Attr<bool>,
    /// A web ACL in front of it.
    pub web_acl_arn: Attr<String>,
    /// Where it logs its requests.
    pub access_logs: Option<AccessLogsBlock>,
}

/// `load_balancer { access_logs {} }`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AccessLogsBlock {
    /// The bucket.
    pub bucket: Attr<String>,
    /// The path in it.
    pub prefix: Attr<String>,
}

impl LoadBalancerBlock {
    /// One with every part that there can be, by which one that stands is looked for.
    pub fn whole() -> Self {
        let any = || Attr::Known("-".to_owned());
        Self {
            certificate_arn: any(),
            web_acl_arn: any(),
            ..Self::default()
        }
    }

    /// Whether the Internet reaches it.
    pub fn faces_internet(&self) -> bool {
        self.scheme.known().is_some_and(|scheme| scheme == "internet-facing")
    }

    /// Whether it speaks HTTPS.
    pub fn is_https(&self) -> bool {
        !self.certificate_arn.is_null()
    }

    /// Where it answers: the name of its certificate nobody here knows, so by its own in DNS.
    pub fn url(&self, dns_name: &Attr<String>) -> Attr<String> {
        let scheme = if self.is_https() { "https" } else { "http" };
        dns_name.clone().map(|name| format!("{scheme}://{name}"))
    }
}

/// The block. `subnets` says which ones are taken where none are named.
pub fn block(subnets: &'static str) -> Block {
    Block::single(
        "load_balancer",
        "An application load balancer in front of the tasks. Left out, there is none.",
        vec![
            Attribute::string("scheme", "`internal` (default) or `internet-facing`. A change makes a new one.")
                .default("internal")
                .validate(one_of(["internal", "internet-facing"])),
            super::schema::subnet_ids("subnet_ids", subnets).optional(),
            Attribute::set(
                "ingress_cidr_blocks",
                Type::String,
                "The address ranges that reach it. Left out: the VPC's own, if it is internal; an internet-facing one must name them.",
            )
            .optional()
            .validate(non_empty())
            .validate(each(cidr())),
            Attribute::string(
                "certificate_arn",
                "The ARN of the certificate of an HTTPS listener; requests to HTTP are then sent on to it. Left out: HTTP alone.",
            )
            .optional()
            .validate(custom("the ARN of a certificate, of ACM or IAM", is_certificate)),
            Attribute::string("ssl_policy", "Which protocols and ciphers HTTPS takes. Defaults to `ELBSecurityPolicy-TLS13-1-2-2021-06`.")
                .default("ELBSecurityPolicy-TLS13-1-2-2021-06")
                .validate(length(1..=256)),
            Attribute::number("idle_timeout", "Seconds without a byte after which a connection is closed. Defaults to `60`.")
                .default(60)
                .validate(range(1..=4000)),
            Attribute::number("deregistration_delay", "Seconds that a task which goes still has to answer what it was asked. Defaults to `300`.")
                .default(300)
                .validate(range(0..=3600)),
            Attribute::bool(
                "deletion_protection",
                "Whether AWS itself refuses to delete the load balancer, for whoever asks. A destroy of the deployment takes that off \
                 first: the deployment's own `deletion_protection` is what keeps it from that. Defaults to `false`.",
            )
            .default(false),
            Attribute::bool(
                "drop_invalid_header_fields",
                "Whether headers are dropped whose names have other signs than letters, digits and hyphens. Defaults to `true`.",
            )
            .default(true),
            Attribute::string("web_acl_arn", "The ARN of a regional WAF web ACL in front of it.").optional().validate(arn("wafv2")),
        ],
        vec![Block::single(
            "access_logs",
            "Where requests are logged.",
            vec![
                Attribute::string("bucket", "An S3 bucket of the region, whose policy lets Elastic Load Balancing write.")
                    .required()
                    .validate(length(3..=63)),
                Attribute::string("prefix", "The path in the bucket.").optional().validate(length(1..=512)),
            ],
            vec![],
        )],
    )
}

/// `health_check_grace_period_seconds`. `why` says what it is good for.
pub fn grace(why: &str) -> Attribute {
    Attribute::number(
        "health_check_grace_period_seconds",
        format!(
            "Seconds that a new task has before the load balancer's opinion of it counts. Defaults to `{GRACE}`{why}."
        ),
    )
    .default(GRACE)
    .validate(range(0..=2_147_483_647))
}

/// What a deployment with a load balancer puts out.
pub fn outputs() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    vec![
        text(
            "load_balancer_dns_name",
            "The load balancer's name in DNS; null without `load_balancer`.",
        ),
        text(
            "load_balancer_zone_id",
            "The hosted zone of that name, for an alias record.",
        ),
        text("load_balancer_arn", "The load balancer's ARN."),
        text("target_group_arn", "The target group's ARN."),
    ]
}

/// The ARN of a certificate that a listener can have. Source: Elastic Load Balancing API, `Certificate`.
fn is_certificate(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "acm", .., resource] => resource.starts_with("certificate/"),
        ["arn", _, "iam", .., resource] => resource.starts_with("server-certificate/"),
        _ => false,
    }
}

/// Refuses what does not go together.
pub fn validate(block: &LoadBalancerBlock, diagnostics: &mut Diagnostics) {
    if block.faces_internet() && block.ingress_cidr_blocks.is_null() {
        diagnostics.push(
            Diagnostic::error(
                "Whom does the load balancer let in?",
                "An internet-facing load balancer must name the address ranges that reach it: ingress_cidr_blocks = \
                 [\"0.0.0.0/0\"] is everybody.",
            )
            .at(Path::of(["load_balancer", "ingress_cidr_blocks"])),
        );
    }
}

/// Subnets, and the attribute that names them.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The subnets.
    pub subnets: &'a [Subnet],
    /// The attribute.
    pub attribute: &'static str,
}

/// Where it is to stand: in subnets of two zones, among them every zone that `tasks` run in, which lead to the Internet if
/// it faces that. `usual` are those that are taken where the block names none, `around` what was seen already. Source: Elastic Load Balancing API,
/// `CreateLoadBalancer`.
pub async fn look(
    aws: &Aws,
    around: &Surroundings,
    vpc_id: &Attr<String>,
    block: &LoadBalancerBlock,
    usual: Named<'_>,
    tasks: Named<'_>,
) -> Diagnostics {
    let named = Path::of(["load_balancer", "subnet_ids"]);
    let (subnets, path) = if block.subnet_ids.is_null() {
        (usual.subnets.to_vec(), Path::of([usual.attribute]))
    } else {
        match site::subnets(aws, vpc_id, &block.subnet_ids, named.clone()).await {
            Ok(subnets) => (subnets, named),
            Err(problems) => return problems,
        }
    };
    match subnets.as_slice() {
        [] => Diagnostics::new(),
        [alone] => Diagnostic::error(
            "A load balancer stands in two zones",
            format!(
                "{} is its only subnet, in {}. Name one of another zone too.",
                alone.id, alone.zone
            ),
        )
        .at(path)
        .into(),
        _ => {
            let mut diagnostics = apart(&subnets, tasks, &path);
            if block.faces_internet() {
                diagnostics.append(inward(aws, around, &subnets, &path).await);
            }
            diagnostics
        }
    }
}

/// The zones of tasks that a load balancer in these subnets sends no request to. Source: Elastic Load Balancing API,
/// `TargetHealth`, on `Target.NotInUse`.
fn apart(subnets: &[Subnet], tasks: Named<'_>, path: &Path) -> Diagnostics {
    let bare = tasks
        .subnets
        .iter()
        .filter(|task| !subnets.iter().any(|subnet| subnet.zone == task.zone));
    let told = bare.map(|task| {
        Diagnostic::error(
            "Tasks that the load balancer does not reach",
            format!(
                "Tasks may run in {} ({}), where the load balancer has no subnet: it sends requests only to the zones that it \
                 stands in. Give it a subnet of that zone, or leave {} out of {}.",
                task.zone, task.id, task.id, tasks.attribute
            ),
        )
        .at(path.clone())
    });
    told.collect()
}

/// The subnets that no request from the Internet comes to.
async fn inward(aws: &Aws, around: &Surroundings, subnets: &[Subnet], path: &Path) -> Diagnostics {
    let routes = match around.routes(aws, subnets).await {
        Ok(routes) => routes,
        Err(error) => return site::failed("the subnets' routes", &error, path.clone()).into(),
    };
    let inward = routes
        .iter()
        .filter(|route| route.to != Some(DefaultRoute::InternetGateway));
    let told = inward.map(|route| {
        Diagnostic::error(
            "An internet-facing load balancer in a private subnet",
            format!(
                "{} ({}) has no default route to an internet gateway, so nobody outside would reach the load balancer there. \
                 Name public subnets in load_balancer {{ subnet_ids = … }}, or set scheme = \"internal\".",
                route.subnet, route.zone
            ),
        )
        .at(path.clone())
    });
    told.collect()
}
