//! Which web ACL guards a load balancer. Source: AWS WAF API, `AssociateWebACL`, `GetWebACLForResource`,
//! `DisassociateWebACL`.

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::LoadBalancerArn;
use aws::permissions::Site;
use aws::retry::{WAF_UNKNOWN_YET, retry_while};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A load balancer's web ACL: one at most, and another takes its place.
    pub struct WebAclAssociation {
        /// What is guarded.
        replace resource: LoadBalancerArn,
        /// The ARN of a regional web ACL of the same region.
        update web_acl_arn: String,
    }
}

impl Component<Aws> for WebAclAssociation {
    const TYPE: &'static str = "web_acl_association";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    /// The load balancer, once it is guarded.
    type Output = LoadBalancerArn;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let acl = match self.web_acl_arn.known() {
            Some(arn) => site.exactly(arn.as_str()),
            None => site.at("wafv2", "regional/webacl/*/*"),
        };
        let balancer = match self.resource.known() {
            Some(arn) => site.exactly(arn.as_str()),
            // A load balancer of ours is called like its deployment.
            None => site.at("elasticloadbalancing", format!("loadbalancer/app/{deployment}/*")),
        };
        [
            acl.clone()
                .and(balancer.clone())
                .called(["wafv2:AssociateWebACL", "wafv2:GetWebACLForResource"]),
            balancer.called(["wafv2:DisassociateWebACL"]),
            acl.behind(["wafv2:GetWebACL"]),
            site.anywhere().behind(["elasticloadbalancing:SetWebAcl"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(resource) = self.resource.known() else {
            return Ok(None);
        };
        let acl = guarding(call, resource.as_str()).await?;
        Ok(acl.map(|_| identity(resource)))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, LoadBalancerArn>>> {
        let resource = LoadBalancerArn::from(identity.id.as_str());
        let acl = guarding(call, resource.as_str()).await?;
        Ok(acl.map(|arn| Observed {
            identity: self::identity(&resource),
            spec: Self {
                resource: resource.clone().into(),
                web_acl_arn: arn.into(),
            },
            output: resource,
            tags: None,
        }))
    }

    /// Looks first, because AWS puts the new web ACL in an old one's place and says nothing.
    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<LoadBalancerArn>> {
        let resource = self.resource.get()?;
        let standing = retry_while(call, &WAF_UNKNOWN_YET, || guarding(call, resource.as_str())).await?;
        if let Some(acl) = standing {
            let message = format!("{resource} has a web ACL already: {acl}");
            return Err(Error::new(ErrorKind::AlreadyExists, "wafv2:AssociateWebACL", message));
        }
        self.associate(call, resource.as_str()).await?;
        Ok(Created {
            identity: identity(resource),
            output: resource.clone(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, LoadBalancerArn>,
        _fields: &[&'static str],
    ) -> Result<LoadBalancerArn> {
        self.associate(call, &have.identity.id).await?;
        Ok(have.output.clone())
    }

    /// Associations carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let request = call.world.wafv2.disassociate_web_acl().resource_arn(&identity.id);
        let deleted = retry_while(call, &WAF_UNKNOWN_YET, || {
            ask(call, "wafv2:DisassociateWebACL", request.clone().send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

impl WebAclAssociation {
    async fn associate(&self, call: &Call<'_, Aws>, resource: &str) -> Result<()> {
        let acl = self.web_acl_arn.get()?;
        let request = call
            .world
            .wafv2
            .associate_web_acl()
            .web_acl_arn(acl)
            .resource_arn(resource);
        let associated = retry_while(call, &WAF_UNKNOWN_YET, || {
            ask(call, "wafv2:AssociateWebACL", request.clone().send())
        });
        associated.await.map(drop).map_err(|error| match error.kind {
            ErrorKind::NotFound => error.with_remedy(
                "The web ACL must be a regional one (scope REGIONAL) of the load balancer's own region and account.",
            ),
            _ => error,
        })
    }
}

/// The ARN of the web ACL that guards a load balancer; `None` also where that is gone.
async fn guarding(call: &Call<'_, Aws>, resource: &str) -> Result<Option<String>> {
    let request = call.world.wafv2.get_web_acl_for_resource().resource_arn(resource);
    let answer = unless_absent(ask(call, "wafv2:GetWebACLForResource", request.send()).await)?;
    Ok(answer.and_then(|answer| answer.web_acl).map(|acl| acl.arn))
}

fn identity(resource: &LoadBalancerArn) -> Identity {
    Identity {
        id: resource.as_str().to_owned(),
        arn: None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use aws::testing::{Answer, Stage};
    use engine::Spec as _;

    const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/demo/50dc";
    const ACL: &str = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/demo/1";

    fn spec() -> WebAclAssociation {
        WebAclAssociation {
            resource: LoadBalancerArn::from(BALANCER).into(),
            web_acl_arn: ACL.into(),
        }
    }

    fn guarded(acl: &str) -> Answer {
        Answer::json(format!(
            r#"{{"WebACL": {{"ARN": "{acl}", "Name": "demo", "Id": "1", "DefaultAction": {{"Allow": {{}}}},
                "VisibilityConfig": {{"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "demo"}}}}}}"#
        ))
    }

    fn unavailable() -> Answer {
        Answer::refused(
            "WAFUnavailableEntityException",
            "AWS WAF couldn\u{2019}t retrieve the resource that you requested. Retry your request.",
        )
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_made_once_aws_waf_knows_the_load_balancer() {
        let attempts = AtomicUsize::new(0);
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "AssociateWebACL" if attempts.fetch_add(1, Ordering::Relaxed) == 0 => unavailable(),
            _ => Answer::json("{}"),
        });
        let made = Box::pin(spec().create(&stage.call())).await.unwrap();
        assert_eq!(made.identity.id, BALANCER);
        assert_eq!(
            stage.operations(),
            ["GetWebACLForResource", "AssociateWebACL", "AssociateWebACL"]
        );
    }

    #[tokio::test]
    async fn a_web_acl_that_is_there_already_is_not_pushed_aside_by_a_create() {
        let stage = Stage::answering(|_| guarded("arn:other"));
        let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert_eq!(stage.operations(), ["GetWebACLForResource"]);
    }

    #[tokio::test]
    async fn another_web_acl_shows_and_is_put_right() {
        let stage = Stage::answering(|_| guarded("arn:other"));
        let found = spec().find(&stage.call()).await.unwrap().unwrap();
        let observed = Box::pin(spec().read(&stage.call(), &found)).await.unwrap().unwrap();
        assert_eq!(spec().compare(&observed.spec).different(), ["web_acl_arn"]);
        Box::pin(spec().update(&stage.call(), &observed, &["web_acl_arn"]))
            .await
            .unwrap();
        assert!(stage.asked().last().unwrap().body.contains(ACL));
    }

    #[tokio::test]
    async fn no_web_acl_and_no_load_balancer_are_both_nothing() {
        let identity = identity(&BALANCER.into());
        for answer in [
            Answer::json("{}"),
            Answer::refused("WAFNonexistentItemException", "AWS WAF couldn't perform the operation"),
        ] {
            let stage = Stage::answering(move |_| answer.clone());
            assert!(Box::pin(spec().read(&stage.call(), &identity)).await.unwrap().is_none());
            assert_eq!(spec().delete(&stage.call(), &identity).await, Ok(()));
        }
    }
}
