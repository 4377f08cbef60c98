//! What the parts of an HTTP API share: ARNs, tags, pages, and the identity of what lives within an API. Source: Amazon
//! API Gateway V2 API, `TagResource`, `UntagResource`; Service Authorization Reference, *Resource types defined by Amazon
//! API Gateway Management V2*.

use std::collections::HashMap;
use std::future::Future;

use aws_sdk_apigatewayv2::config::Builder;

use super::ask::ask;
use super::ids::ApiId;
use super::pages::Pages;
use super::permissions::{Place, Site};
use super::{Aws, once};
use engine::{Call, Error, ErrorKind, Identity, Permission, Result, Tags};

/// The ARN by which an object is tagged; it names no account. `path` as in `/apis/ID`.
pub fn arn(call: &Call<'_, Aws>, path: &str) -> String {
    let Aws { partition, region, .. } = call.world;
    format!("arn:{partition}:apigateway:{region}::{path}")
}

/// The settings of a create, none of which knows a client token. See [`made_once`](super::once::made_once).
pub fn sent_once() -> Builder {
    Builder::new().retry_config(once::unrepeated())
}

/// Tags as the API takes them.
pub fn to_tags(tags: &Tags) -> HashMap<String, String> {
    tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Tags as the API gives them.
pub fn from_tags<S>(tags: Option<&HashMap<String, String, S>>) -> Tags {
    tags.into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Sets and removes tags of an object.
pub async fn retag(call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
    let api = &call.world.apigatewayv2;
    let arn = identity.arn.as_deref().unwrap_or(&identity.id);
    if !set.is_empty() {
        let request = api.tag_resource().resource_arn(arn).set_tags(Some(to_tags(set)));
        ask(call, "apigateway:TagResource", request.send()).await?;
    }
    if !remove.is_empty() {
        let request = api
            .untag_resource()
            .resource_arn(arn)
            .set_tag_keys(Some(remove.to_vec()));
        ask(call, "apigateway:UntagResource", request.send()).await?;
    }
    Ok(())
}

/// Every item of what that operation lists. `page` answers the items that follow a token, and the next token.
pub async fn every<T, F, Page>(attempted: &'static str, mut page: F) -> Result<Vec<T>>
where
    F: FnMut(Option<String>) -> Page,
    Page: Future<Output = Result<(Option<Vec<T>>, Option<String>)>>,
{
    let mut pages = Pages::of(attempted);
    let (mut items, mut next) = (Vec::new(), None);
    loop {
        let (more, told) = page(next).await?;
        items.extend(more.unwrap_or_default());
        next = pages.after(told)?;
        if next.is_none() {
            return Ok(items);
        }
    }
}

/// The identity of what lives within an API: `API/ID`.
pub fn within(api: &str, id: &str) -> Identity {
    Identity {
        id: format!("{api}/{id}"),
        arn: None,
    }
}

/// The API and the id in it that such an identity holds.
pub fn apart(identity: &Identity) -> (&str, &str) {
    identity.id.split_once('/').unwrap_or(("", &identity.id))
}

/// Whether a part of that name or key exists already, which the API tells with the code of a conflict.
pub fn taken(error: Error) -> Error {
    if error.code.as_deref() != Some("ConflictException") || !error.message.contains("already exists") {
        return error;
    }
    Error {
        kind: ErrorKind::AlreadyExists,
        ..error
    }
}

/// Tagging what stands at those paths of API Gateway, and taking tags off. AWS asks leave for the address of the tags,
/// which holds the tagged object's, and for `apigateway:TagResource` on the object: which of the two, depends on the
/// operation. Source: Amazon API Gateway developer guide, *Tagging your API Gateway resources*.
pub fn tagging(site: Site<'_>, paths: &[&str]) -> Vec<Permission> {
    let places = paths.iter().map(|path| site.api(path)).reduce(Place::and);
    [
        site.api("/tags/*").called(["apigateway:DELETE", "apigateway:POST"]),
        places.map_or_else(Vec::new, |place| {
            place.behind(["apigateway:TagResource", "apigateway:UntagResource"])
        }),
    ]
    .concat()
}

/// The life of the parts of that kind (`routes`) of an API: of the one that is known, else of the deployment's.
pub fn parts(site: Site<'_>, api: Option<&ApiId>, kind: &str) -> Vec<Permission> {
    let id = api.map_or("*", ApiId::as_str);
    let ours = |place: Place| if api.is_some() { place } else { place.ours() };
    let (all, each) = (format!("/apis/{id}/{kind}"), format!("/apis/{id}/{kind}/*"));
    [
        ours(site.api(&all)).called(["apigateway:POST"]),
        ours(site.api(&each)).called(["apigateway:DELETE", "apigateway:PATCH"]),
        site.api(&format!("/apis/*/{kind}"))
            .and(site.api(&format!("/apis/*/{kind}/*")))
            .called(["apigateway:GET"]),
    ]
    .concat()
}
