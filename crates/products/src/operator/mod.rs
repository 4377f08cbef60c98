//! Who operates Private AI on Amazon ECS: policies, and a user or role that has them. Source: Private AI, *AWS ECS Manual
//! Deployment Guide*, sections 3 and 4.

mod design;
mod model;
mod outputs;
mod recover;
mod schema;
mod site;
mod validate;
pub mod vendor;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::design::Wiring;
pub use self::model::Operator;
use super::product::{Common, Design, Product, Visit};
use super::settings;
use super::wiring::Resolver;
use aws::{Aws, lookups};
use engine::{DeploymentId, Graph, Key, Permission, Tags};
use framework::{Diagnostics, Path, Schema};

/// The product.
#[derive(Debug, Clone, Copy, Default)]
pub struct OperatorProduct;

#[async_trait]
impl Product for OperatorProduct {
    type Model = Operator;
    type Wiring = Wiring;
    type Choice = ();

    fn type_name(&self) -> &'static str {
        "thatdot_operator"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn common<'a>(&self, model: &'a mut Operator) -> Common<'a> {
        common(model)
    }

    fn validate(&self, model: &Operator, diagnostics: &mut Diagnostics) {
        validate::validate(model, diagnostics);
    }

    fn site_changed(&self, prior: &Operator, model: &Operator) -> bool {
        site::changed(prior, model)
    }

    async fn visit_site(&self, aws: &Aws, model: &mut Operator) -> Visit<()> {
        site::visit(aws, model).await.into()
    }

    fn looks(&self, _model: &Operator, aws: &Aws) -> Vec<Permission> {
        lookups::sees_policies(aws)
    }

    fn design(&self, model: &Operator, aws: &Aws) -> Design<Wiring> {
        design::design(model, aws)
    }

    fn succeed(&self, prior: &Operator, _model: &Operator, graph: &mut Graph<Aws>) {
        design::succeed(prior, graph);
    }

    fn publish(&self, wiring: &Wiring, model: &mut Operator, resolver: &Resolver<'_>) {
        outputs::publish(wiring, model, resolver);
    }

    fn holds_data(&self) -> Vec<(Key, Path)> {
        Vec::new()
    }

    fn part_tags(&self, model: &Operator) -> BTreeMap<Key, Tags> {
        let mut model = model.clone();
        let force = model.user.clone().unwrap_or_default().force_destroy;
        let words = [
            settings::flag("force_destroy", &force, false),
            settings::word("ecr_region", &model.ecr_region, ""),
        ];
        let words = words
            .into_iter()
            .flatten()
            .chain(settings::of_common(&common(&mut model)));
        let tags = settings::to_tags(words, None);
        // One of the two stands, whichever kind of policies there are.
        design::SETTINGS_ON
            .map(|service| (design::policy_key(service), tags.clone()))
            .into()
    }

    fn anchor(&self, name: &str) -> Graph<Aws> {
        design::anchor(name)
    }

    async fn recover(&self, aws: &Arc<Aws>, name: &str) -> Result<(Operator, DeploymentId, Tags), Diagnostics> {
        recover::recover(aws, name).await
    }
}

fn common(model: &mut Operator) -> Common<'_> {
    Common {
        name: &mut model.name,
        id: &mut model.id,
        tags: &mut model.tags,
        tags_all: &mut model.tags_all,
        deletion_protection: &mut model.deletion_protection,
        on_create_failure: &mut model.on_create_failure,
        adopt_existing: &mut model.adopt_existing,
        timeouts: &mut model.timeouts,
        components: &mut model.components,
    }
}
