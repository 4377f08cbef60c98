//! thatDot Anomaly Detector on Fargate. Source: thatDot, *Anomaly Detector Configuration Guide*.

mod design;
mod model;
mod outputs;
mod recover;
mod schema;
mod site;
mod storage;
mod validate;
mod vendor;

use async_trait::async_trait;

pub use self::design::Wiring;
pub use self::model::Detector;
use super::product::{Common, Design, Product};
use super::wiring::Resolver;
use crate::aws::Aws;
use crate::engine::{DeploymentId, Graph, Key, Survey};
use crate::framework::{Diagnostics, Path, Schema};

/// The product.
#[derive(Debug, Clone, Copy, Default)]
pub struct DetectorProduct;

#[async_trait]
impl Product for DetectorProduct {
    type Model = Detector;
    type Wiring = Wiring;

    fn type_name(&self) -> &'static str {
        "thatdot_detector_deployment"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn common<'a>(&self, model: &'a mut Detector) -> Common<'a> {
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

    fn validate(&self, model: &Detector, diagnostics: &mut Diagnostics) {
        validate::validate(model, diagnostics);
    }

    fn site_changed(&self, prior: &Detector, model: &Detector) -> bool {
        site::changed(prior, model)
    }

    async fn visit_site(&self, aws: &Aws, model: &mut Detector) -> Diagnostics {
        site::visit(aws, model).await
    }

    fn design(&self, model: &Detector, aws: &Aws) -> Design<Wiring> {
        design::design(model, aws)
    }

    fn publish(&self, wiring: &Wiring, model: &mut Detector, resolver: &Resolver<'_>) {
        outputs::publish(wiring, model, resolver);
    }

    async fn absorb(&self, aws: &Aws, model: &mut Detector, survey: &mut Survey) -> Diagnostics {
        recover::absorb(aws, model, survey).await
    }

    fn holds_data(&self) -> Vec<(Key, Path)> {
        vec![(Key::new(design::FILE_SYSTEM), Path::of(["persistence"]))]
    }

    fn traces(&self, name: &str, aws: &Aws) -> Graph<Aws> {
        recover::traces(name, aws)
    }

    async fn recover(&self, aws: &Aws, name: &str) -> Result<(Detector, DeploymentId), Diagnostics> {
        recover::recover(aws, name).await
    }
}
