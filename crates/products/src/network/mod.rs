//! A network for deployments: a VPC with subnets in several zones, and what leads into it and out of it. Source for what
//! belongs together: Amazon VPC user guide, *Create a VPC plus other VPC resources*.

mod design;
mod flow_logs;
mod keys;
mod layout;
mod model;
mod outputs;
mod recover;
mod schema;
mod services;
mod site;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::design::Wiring;
pub use self::model::{Endpoints, FlowLogs, Network};
use super::product::{Common, Design, Product, Visit};
use super::settings;
use super::wiring::Resolver;
use aws::{Aws, lookups};
use engine::{DeploymentId, Graph, Key, Permission, Tags};
use framework::{Diagnostics, Path, Schema};

/// The setting that tells `single` from `per_az` where there is one zone.
const NAT: &str = "nat";

/// The product.
#[derive(Debug, Clone, Copy, Default)]
pub struct NetworkProduct;

#[async_trait]
impl Product for NetworkProduct {
    type Model = Network;
    type Wiring = Wiring;
    type Choice = ();

    fn type_name(&self) -> &'static str {
        "thatdot_network"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn common<'a>(&self, model: &'a mut Network) -> Common<'a> {
        common(model)
    }

    fn tidy(&self, config: &Network, proposed: &mut Network) {
        site::tidy(config, proposed);
    }

    fn validate(&self, model: &Network, diagnostics: &mut Diagnostics) {
        validate::validate(model, diagnostics);
    }

    fn site_changed(&self, prior: &Network, model: &Network) -> bool {
        site::changed(prior, model)
    }

    async fn visit_site(&self, aws: &Aws, model: &mut Network) -> Visit<()> {
        site::visit(aws, model).await.into()
    }

    fn looks(&self, _model: &Network, aws: &Aws) -> Vec<Permission> {
        [lookups::sees_networks(aws), lookups::sees_zones(aws)].concat()
    }

    fn design(&self, model: &Network, aws: &Aws) -> Design<Wiring> {
        design::design(model, aws)
    }

    fn publish(&self, wiring: &Wiring, model: &mut Network, resolver: &Resolver<'_>) {
        outputs::publish(wiring, model, resolver);
    }

    fn holds_data(&self) -> Vec<(Key, Path)> {
        Vec::new()
    }

    fn part_tags(&self, model: &Network) -> BTreeMap<Key, Tags> {
        let mut model = model.clone();
        let nat = settings::word(NAT, &model.nat, "single");
        let mut tags = keys::name_tags(&model);
        let words = nat.into_iter().chain(settings::of_common(&common(&mut model)));
        tags.entry(Key::new(keys::VPC))
            .or_default()
            .extend(settings::to_tags(words, None));
        tags
    }

    fn anchor(&self, _name: &str) -> Graph<Aws> {
        recover::anchor()
    }

    async fn recover(&self, aws: &Arc<Aws>, name: &str) -> Result<(Network, DeploymentId, Tags), Diagnostics> {
        recover::recover(aws, name).await
    }
}

fn common(model: &mut Network) -> Common<'_> {
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
