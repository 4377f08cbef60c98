//! The way from Amazon API Gateway into a VPC. Source: Amazon API Gateway V2 API, `CreateVpcLink`, `GetVpcLink`,
//! `GetVpcLinks`, `UpdateVpcLink`, `DeleteVpcLink`; developer guide, *Set up VPC links V2*.

use std::collections::BTreeSet;

use aws_sdk_apigatewayv2::operation::get_vpc_link::GetVpcLinkOutput;
use aws_sdk_apigatewayv2::types::{self as sdk, VpcLinkStatus};

use aws::apigateway::{from_tags, to_tags};
use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{SecurityGroupId, SubnetId, VpcLinkId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::{API_IN_CHANGE, VPC_LINK_REFERENCED, retry_while};
use aws::tags::are_of;
use aws::wait::{Pace, wait_until};
use aws::{Aws, apigateway, service_linked_role};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A VPC link, which several APIs could share.
    pub struct VpcLink {
        /// Its name, which need not be unique: 1 to 128 characters.
        update name: String,
        /// Where its network interfaces stand.
        replace subnets: BTreeSet<SubnetId>,
        /// The groups of these interfaces.
        replace security_groups: BTreeSet<SecurityGroupId>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcLinkOutput {
    /// The id.
    pub id: VpcLinkId,
}

impl Component<Aws> for VpcLink {
    const TYPE: &'static str = "vpc_link";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = VpcLinkOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let links = site.api("/vpclinks/*");
        [
            site.api("/vpclinks").made_ours().called(["apigateway:POST"]),
            site.api("/vpclinks").and(links.clone()).called(["apigateway:GET"]),
            links.ours().called(["apigateway:DELETE", "apigateway:PATCH"]),
            apigateway::tagging(site, &["/vpclinks", "/vpclinks/*"]),
            site.linked_role("ops.apigateway.amazonaws.com")
                .helpful(["iam:CreateServiceLinkedRole"]),
        ]
        .concat()
    }

    /// By its tags. While one takes the place of another both carry them: the one that is as it should be comes first.
    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let links = apigateway::every("apigateway:GetVpcLinks", async |token| {
            let request = call.world.apigatewayv2.get_vpc_links().set_next_token(token);
            let answer = ask(call, "apigateway:GetVpcLinks", request.send()).await?;
            Ok((answer.items, answer.next_token))
        });
        let mut links = links.await?;
        links.retain(|link| is_there(link.vpc_link_status()) && are_of(call, &from_tags(link.tags())));
        let is_as_wanted = |link: &&sdk::VpcLink| {
            self.subnets.known() == Some(&ids(link.subnet_ids()))
                && self.security_groups.known() == Some(&ids(link.security_group_ids()))
        };
        let found = links.iter().find(is_as_wanted).or(links.first());
        Ok(found.and_then(|link| Some(identity(call, link.vpc_link_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, VpcLinkOutput>>> {
        let found = described(call, &identity.id).await?;
        Ok(found.filter(|found| is_there(found.vpc_link_status())).map(|found| {
            let subnets: BTreeSet<SubnetId> = ids(found.subnet_ids());
            let groups: BTreeSet<SecurityGroupId> = ids(found.security_group_ids());
            Observed {
                identity: self::identity(call, &identity.id),
                spec: Self {
                    name: found.name().unwrap_or_default().into(),
                    subnets: subnets.into(),
                    security_groups: groups.into(),
                },
                output: output(&identity.id),
                tags: Some(from_tags(found.tags())),
            }
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<VpcLinkOutput>> {
        service_linked_role::ensure(call, "ops.apigateway.amazonaws.com").await;
        let request = call
            .world
            .apigatewayv2
            .create_vpc_link()
            .name(self.name.get()?)
            .set_subnet_ids(Some(self.subnets.get()?.iter().map(String::from).collect()))
            .set_security_group_ids(Some(self.security_groups.get()?.iter().map(String::from).collect()))
            .set_tags(Some(to_tags(call.tags)));
        let attempt = || {
            let request = request.clone().customize().config_override(apigateway::sent_once());
            ask(call, "apigateway:CreateVpcLink", request.send())
        };
        let made = made_once(call, attempt, || self.find(call)).await?;
        let id = made
            .vpc_link_id()
            .filter(is_told)
            .ok_or_else(|| lacking("apigateway:CreateVpcLink", "id of the VPC link"))?;
        available(call, id).await?;
        Ok(Created {
            identity: identity(call, id),
            output: output(id),
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        available(call, &identity.id).await
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, VpcLinkOutput>,
        _fields: &[&'static str],
    ) -> Result<VpcLinkOutput> {
        let request = call
            .world
            .apigatewayv2
            .update_vpc_link()
            .vpc_link_id(&have.identity.id)
            .name(self.name.get()?);
        retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:UpdateVpcLink", request.clone().send())
        })
        .await?;
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        apigateway::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        delete(call, &identity.id).await
    }
}

/// Deletes the link and waits until it holds load balancer, groups and subnets no more.
async fn delete(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    let request = call.world.apigatewayv2.delete_vpc_link().vpc_link_id(id);
    let deleted = retry_while(call, &VPC_LINK_REFERENCED, || {
        ask(call, "apigateway:DeleteVpcLink", request.clone().send())
    });
    if unless_absent(deleted.await.map_err(explained))?.is_none() {
        return Ok(());
    }
    wait_until(call, Pace::Seconds, "the VPC link is gone", || async {
        Ok(described(call, id).await?.is_none().then_some(()))
    })
    .await
}

async fn described(call: &Call<'_, Aws>, id: &str) -> Result<Option<GetVpcLinkOutput>> {
    let request = call.world.apigatewayv2.get_vpc_link().vpc_link_id(id);
    unless_absent(ask(call, "apigateway:GetVpcLink", request.send()).await)
}

/// Waits until requests can pass. A link that failed never comes up, and is deleted, so that the next attempt makes another.
async fn available(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    let state = wait_until(call, Pace::Minutes, "the VPC link is available", || async {
        let Some(found) = described(call, id).await? else {
            return Ok(None);
        };
        match found.vpc_link_status() {
            // One that nobody used for 60 days is inactive, and wakes by itself.
            Some(VpcLinkStatus::Available | VpcLinkStatus::Inactive) => Ok(Some(Ok(()))),
            Some(VpcLinkStatus::Failed) => Ok(Some(Err(failed(id, found.vpc_link_status_message())))),
            _ => Ok(None),
        }
    });
    let state = state.await?;
    if state.is_err() {
        delete(call, id).await?;
    }
    state
}

/// Whether a link in that state is there to stay.
fn is_there(status: Option<&VpcLinkStatus>) -> bool {
    status != Some(&VpcLinkStatus::Deleting)
}

fn failed(id: &str, reason: Option<&str>) -> Error {
    let reason = reason.unwrap_or("AWS gave no reason");
    let message = format!("the VPC link {id} could not be set up: {reason}");
    Error::new(ErrorKind::Invalid, "apigateway:CreateVpcLink", message).with_remedy(
        "Check that each of its subnets has a free address and is in a zone that API Gateway serves, and that the account may \
         have its service-linked role (`iam:CreateServiceLinkedRole` for ops.apigateway.amazonaws.com). Then apply again.",
    )
}

fn explained(error: Error) -> Error {
    if !(VPC_LINK_REFERENCED.is)(&error) {
        return error;
    }
    error.with_remedy(
        "An integration that this deployment did not make uses the VPC link. Delete it, and destroy again.",
    )
}

fn ids<T: Ord + for<'a> From<&'a str>>(texts: &[String]) -> BTreeSet<T> {
    texts.iter().map(|text| T::from(text)).collect()
}

fn identity(call: &Call<'_, Aws>, id: &str) -> Identity {
    Identity {
        id: id.to_owned(),
        arn: Some(apigateway::arn(call, &format!("/vpclinks/{id}"))),
    }
}

fn output(id: &str) -> VpcLinkOutput {
    VpcLinkOutput { id: id.into() }
}

#[cfg(test)]
mod tests;
