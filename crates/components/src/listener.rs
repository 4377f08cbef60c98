//! A port on which a load balancer takes requests. Source: Elastic Load Balancing API (2015-12-01), `CreateListener`,
//! `DescribeListeners`, `ModifyListener`, `DeleteListener`.

mod conversion;

use aws_sdk_elasticloadbalancingv2::types::Listener as Described;

use aws::ask::{ask, in_time};
use aws::error::{lacking, unless_absent};
use aws::ids::{ListenerArn, LoadBalancerArn, TargetGroupArn, is_told};
use aws::permissions::Site;
use aws::tags::{are_of, to_elb};
use aws::{Aws, elb};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
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

impl Component<Aws> for Listener {
    const TYPE: &'static str = "listener";
    /// A port has room for one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    /// Source: Elastic Load Balancing API, `DeleteLoadBalancer`: its listeners go with it.
    const GOES_WITH: Option<&'static str> = Some("load_balancer");
    type Output = ListenerOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        // One of ours is called like its deployment.
        let ours = format!("app/{deployment}/*");
        let known = self.load_balancer.known();
        let name = known.and_then(|arn| arn.as_str().split(":loadbalancer/").nth(1));
        let name = name.unwrap_or(&ours);
        let balancer = site.at("elasticloadbalancing", format!("loadbalancer/{name}"));
        let new = site.at("elasticloadbalancing", format!("listener/{name}/*"));
        let (balancer, listeners) = match known {
            Some(_) => (balancer, new.clone()),
            None => (balancer.ours(), new.clone().ours()),
        };
        [
            balancer.called(["elasticloadbalancing:CreateListener"]),
            listeners.called([
                "elasticloadbalancing:AddTags",
                "elasticloadbalancing:DeleteListener",
                "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:RemoveTags",
            ]),
            new.when("elasticloadbalancing:CreateAction", ["CreateListener"])
                .behind(["elasticloadbalancing:AddTags"]),
            site.anywhere().called([
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeTags",
            ]),
        ]
        .concat()
    }

    /// By its tags, else by its port: then it is another's that stands in the way.
    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(balancer) = self.load_balancer.known() else {
            return Ok(None);
        };
        let pages = call
            .world
            .elbv2
            .describe_listeners()
            .load_balancer_arn(balancer.as_str())
            .into_paginator()
            .items()
            .send();
        let pages = pages.collect::<std::result::Result<Vec<_>, _>>();
        let found =
            unless_absent(ask(call, "elasticloadbalancing:DescribeListeners", pages).await)?.unwrap_or_default();
        let arns: Vec<String> = found
            .iter()
            .filter_map(|listener| listener.listener_arn.clone())
            .collect();
        let tags = elb::tags_of(call, &arns).await?;
        let is_ours = |listener: &&Described| {
            let tags = listener.listener_arn().and_then(|arn| tags.get(arn));
            tags.is_some_and(|tags| are_of(call, tags))
        };
        let is_in_the_way = |listener: &&Described| listener.port() == self.port.known().copied();
        let listener = found.iter().find(is_ours).or_else(|| found.iter().find(is_in_the_way));
        listener.map(identity).transpose()
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, ListenerOutput>>> {
        let arn = arn(identity);
        let (found, tags) = tokio::join!(described(call, arn), elb::tags_of_one(call, arn));
        let (Some(found), Some(tags)) = (found?, unless_absent(tags)?) else {
            return Ok(None);
        };
        let spec = Self {
            load_balancer: LoadBalancerArn::from(found.load_balancer_arn().unwrap_or_default()).into(),
            port: found.port().unwrap_or_default().into(),
            protocol: conversion::protocol(&found).into(),
            action: conversion::action(found.default_actions()).into(),
        };
        Ok(Some(Observed {
            identity: self::identity(&found)?,
            spec,
            output: output(&found)?,
            tags: Some(tags),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<ListenerOutput>> {
        let (protocol, certificate, policy) = conversion::to_protocol(self.protocol.get()?);
        let request = call
            .world
            .elbv2
            .create_listener()
            .load_balancer_arn(self.load_balancer.get()?.as_str())
            .port(*self.port.get()?)
            .protocol(protocol)
            .set_certificates(certificate.map(|certificate| vec![certificate]))
            .set_ssl_policy(policy)
            .default_actions(conversion::to_action(self.action.get()?)?)
            .set_tags(Some(to_elb(call.tags)));
        let answer = ask(call, "elasticloadbalancing:CreateListener", request.send()).await;
        let answer = answer.map_err(explained)?;
        let made = answer
            .listeners()
            .first()
            .ok_or_else(|| lacking("elasticloadbalancing:CreateListener", "listener"))?;
        Ok(Created {
            identity: identity(made)?,
            output: output(made)?,
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, ListenerOutput>,
        _fields: &[&'static str],
    ) -> Result<ListenerOutput> {
        let (protocol, certificate, policy) = conversion::to_protocol(self.protocol.get()?);
        let request = call
            .world
            .elbv2
            .modify_listener()
            .listener_arn(arn(&have.identity))
            .port(*self.port.get()?)
            .protocol(protocol)
            .set_certificates(certificate.map(|certificate| vec![certificate]))
            .set_ssl_policy(policy)
            .default_actions(conversion::to_action(self.action.get()?)?);
        let answer = ask(call, "elasticloadbalancing:ModifyListener", request.send()).await;
        answer.map_err(explained)?;
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        elb::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let request = call.world.elbv2.delete_listener().listener_arn(arn(identity));
        unless_absent(ask(call, "elasticloadbalancing:DeleteListener", request.send()).await).map(drop)
    }
}

fn arn(identity: &Identity) -> &str {
    identity.arn.as_deref().unwrap_or(&identity.id)
}

async fn described(call: &Call<'_, Aws>, arn: &str) -> Result<Option<Described>> {
    in_time(
        call,
        "elasticloadbalancing:DescribeListeners",
        call.world.reads.elb.listeners.one((), arn),
    )
    .await
}

/// Advice where AWS's words need some.
fn explained(error: Error) -> Error {
    let remedy = match error.code.as_deref() {
        Some("CertificateNotFound" | "UnsupportedCertificate") => {
            "The certificate must be issued, in ACM in the load balancer's own region or in IAM, with an RSA or ECDSA key that \
             Elastic Load Balancing takes."
        }
        Some("SSLPolicyNotFound") => "`aws elbv2 describe-ssl-policies` lists the security policies that there are.",
        _ => return error,
    };
    error.with_remedy(remedy)
}

fn identity(listener: &Described) -> Result<Identity> {
    let arn = listener
        .listener_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("elasticloadbalancing:DescribeListeners", "ARN"))?;
    Ok(Identity {
        id: arn.to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(listener: &Described) -> Result<ListenerOutput> {
    Ok(ListenerOutput {
        arn: identity(listener)?.id.into(),
    })
}

#[cfg(test)]
mod tests;
