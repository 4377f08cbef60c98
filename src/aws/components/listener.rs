//! A port on which a load balancer takes requests. Source: Elastic Load Balancing API (2015-12-01), `CreateListener`,
//! `DescribeListeners`, `ModifyListener`, `DeleteListener`.

use crate::aws::ids::{ListenerArn, LoadBalancerArn, TargetGroupArn};

crate::spec! {
    /// A listener with its default action alone. A load balancer has one per port.
    pub struct Listener {
        /// The load balancer.
        replace load_balancer: LoadBalancerArn,
        /// The port.
        update port: i32,
        /// What is spoken on it.
        update protocol: ListenerProtocol,
        /// What becomes of a request.
        update action: ListenerAction,
    }
}

/// What is spoken on a listener's port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenerProtocol {
    /// HTTP.
    Http,
    /// HTTP over TLS.
    Https {
        /// The ARN of the certificate, in ACM or IAM.
        certificate_arn: String,
        /// The name of the security policy: which versions of TLS and which ciphers.
        ssl_policy: String,
    },
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenerAction {
    /// A target of this group gets it.
    Forward(TargetGroupArn),
    /// The client is told (301) to ask again over HTTPS at this port.
    RedirectToHttps {
        /// The port.
        port: i32,
    },
    /// Something that we do not make, in words.
    Other(String),
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerOutput {
    /// The ARN.
    pub arn: ListenerArn,
}
