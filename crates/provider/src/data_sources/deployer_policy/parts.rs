//! The parts that a deployment is told to have, one by one.

use super::Model;
use framework::{Attr, Attribute};
use products::deployer::Part;

pub(super) const DETECTOR: &str = "detector";
pub(super) const PRIVATEAI: &str = "privateai";
pub(super) const NETWORK: &str = "network";

const BOTH: &[&str] = &[DETECTOR, PRIVATEAI];

/// A part that is asked for by name.
pub(super) struct Asked {
    pub(super) part: Part,
    pub(super) name: &'static str,
    description: &'static str,
    /// The products that can have it.
    pub(super) of: &'static [&'static str],
    pub(super) value: fn(&Model) -> &Attr<bool>,
}

/// All of them.
pub(super) const PARTS: [Asked; 18] = [
    Asked {
        part: Part::Persistence,
        name: "persistence",
        description: "Whether it has `persistence {}`.",
        of: &[DETECTOR],
        value: |model| &model.persistence,
    },
    Asked {
        part: Part::AccessPoint,
        name: "access_point",
        description: "Whether `persistence {}` has an `access_point {}`.",
        of: &[DETECTOR],
        value: |model| &model.access_point,
    },
    Asked {
        part: Part::RunTask,
        name: "run_task",
        description: "Whether it has `run_as = \"task\"`.",
        of: &[DETECTOR],
        value: |model| &model.run_task,
    },
    Asked {
        part: Part::Capacity,
        name: "capacity",
        description: "Whether it has `capacity {}`.",
        of: &[DETECTOR],
        value: |model| &model.capacity,
    },
    Asked {
        part: Part::Fargate,
        name: "fargate",
        description: "Whether it has `fargate {}` in place of hosts.",
        of: &[PRIVATEAI],
        value: |model| &model.fargate,
    },
    Asked {
        part: Part::Spot,
        name: "spot",
        description: "Whether `capacity {}` has `spot = true`.",
        of: BOTH,
        value: |model| &model.spot,
    },
    Asked {
        part: Part::License,
        name: "license",
        description: "Whether it has a `license {}` whose content it keeps in a secret.",
        of: &[PRIVATEAI],
        value: |model| &model.license,
    },
    Asked {
        part: Part::LicenseOnEfs,
        name: "license_on_efs",
        description: "Whether `license {}` has `on = \"efs\"`.",
        of: &[PRIVATEAI],
        value: |model| &model.license_on_efs,
    },
    Asked {
        part: Part::Marketplace,
        name: "marketplace",
        description: "Whether it has `marketplace = true`.",
        of: &[PRIVATEAI],
        value: |model| &model.marketplace,
    },
    Asked {
        part: Part::LoadBalancer,
        name: "load_balancer",
        description: "Whether it has a `load_balancer {}`.",
        of: BOTH,
        value: |model| &model.load_balancer,
    },
    Asked {
        part: Part::WebAcl,
        name: "web_acl",
        description: "Whether `load_balancer {}` has a `web_acl_arn`.",
        of: BOTH,
        value: |model| &model.web_acl,
    },
    Asked {
        part: Part::ApiGateway,
        name: "api_gateway",
        description: "Whether it has an `api_gateway {}`.",
        of: &[PRIVATEAI],
        value: |model| &model.api_gateway,
    },
    Asked {
        part: Part::Jwt,
        name: "jwt",
        description: "Whether `api_gateway {}` has `authorization = \"JWT\"`.",
        of: &[PRIVATEAI],
        value: |model| &model.jwt,
    },
    Asked {
        part: Part::Bastion,
        name: "bastion",
        description: "Whether it has a `bastion {}`.",
        of: &[PRIVATEAI],
        value: |model| &model.bastion,
    },
    Asked {
        part: Part::Autoscaling,
        name: "autoscaling",
        description: "Whether it has an `autoscaling {}`.",
        of: &[PRIVATEAI],
        value: |model| &model.autoscaling,
    },
    Asked {
        part: Part::NoNat,
        name: "no_nat",
        description: "Whether it has `nat = \"none\"`.",
        of: &[NETWORK],
        value: |model| &model.no_nat,
    },
    Asked {
        part: Part::FlowLogs,
        name: "flow_logs",
        description: "Whether it has `flow_logs {}`.",
        of: &[NETWORK],
        value: |model| &model.flow_logs,
    },
    Asked {
        part: Part::Endpoints,
        name: "endpoints",
        description: "Whether it has `endpoints {}`.",
        of: &[NETWORK],
        value: |model| &model.endpoints,
    },
];

/// The attribute that asks for a part.
pub(super) fn flag(asked: &Asked) -> Attribute {
    let Asked {
        name, description, of, ..
    } = asked;
    let text = match of {
        [product] => format!("{description} Only with `product = \"{product}\"`."),
        _ => format!("{description} Not with `product = \"{NETWORK}\"`."),
    };
    Attribute::bool(*name, text).optional()
}
