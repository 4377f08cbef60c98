//! What an image puts out.

use super::design::{Wiring, tag};
use super::model::Image;
use crate::wiring::Resolver;
use framework::Attr;

/// Sets the computed attributes.
pub fn publish(wiring: &Wiring, model: &mut Image, resolver: &Resolver<'_>) {
    resolver.set(&mut model.repository_url, &wiring.repository_url);
    resolver.set(&mut model.repository_arn, &wiring.repository_arn);
    let tag = tag(model).map_or(Attr::Unknown, Attr::Known);
    model.uri = joined(&model.repository_url, ':', &tag);
    model.digest_uri = joined(&model.repository_url, '@', &model.digest);
}

/// Both, with a mark between them; null without a repository.
fn joined(url: &Attr<String>, mark: char, name: &Attr<String>) -> Attr<String> {
    match (url, name) {
        (Attr::Null, _) | (_, Attr::Null) => Attr::Null,
        (Attr::Known(url), Attr::Known(name)) => Attr::Known(format!("{url}{mark}{name}")),
        _ => Attr::Unknown,
    }
}
