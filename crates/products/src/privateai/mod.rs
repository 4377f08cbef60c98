//! Private AI de-identification on Amazon ECS. Source: Private AI, *AWS ECS Manual Deployment Guide*.

mod bastion;
mod definition;
mod design;
mod gateway;
mod license;
mod model;
mod outputs;
mod recover;
mod remembered;
mod running;
mod schema;
mod site;
mod validate;
pub mod vendor;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::design::Wiring;
pub use self::model::{ApiGateway, Autoscaling, Bastion, Fargate, License, PrivateAi};
use self::site::Images;
use super::product::{Common, Design, Moment, Product, Visit};
use super::shared::service::SERVICE;
use super::shared::{hardware, pipeline, recovery};
use super::wiring::Resolver;
use aws::Aws;
use engine::{DeploymentId, Error, Graph, Key, Permission, Record, Survey, Tags};
use framework::{Attr, Diagnostics, Path, Schema};

/// The product.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrivateAiProduct;

#[async_trait]
impl Product for PrivateAiProduct {
    type Model = PrivateAi;
    type Wiring = Wiring;
    type Choice = Images;

    fn type_name(&self) -> &'static str {
        "thatdot_privateai_deployment"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn common<'a>(&self, model: &'a mut PrivateAi) -> Common<'a> {
        common(model)
    }

    fn tidy(&self, config: &PrivateAi, proposed: &mut PrivateAi) {
        if proposed.fargate.is_some() && config.cpu.is_null() {
            proposed.cpu = Attr::Known(vendor::FARGATE_CPU);
        }
    }

    fn take_secrets(&self, config: &PrivateAi, model: &mut PrivateAi) {
        license::take(config, model);
    }

    fn validate(&self, model: &PrivateAi, diagnostics: &mut Diagnostics) {
        validate::validate(model, diagnostics);
    }

    /// Nothing is looked up. But only beside the prior state it shows whether the licence's text can do without.
    async fn look_up(
        &self,
        _aws: &Aws,
        config: &PrivateAi,
        prior: Option<&PrivateAi>,
        _model: &mut PrivateAi,
        moment: Moment,
    ) -> Diagnostics {
        match moment {
            Moment::Plan => validate::missing_text(config, prior).into_iter().collect(),
            Moment::Apply => Diagnostics::new(),
        }
    }

    fn site_changed(&self, prior: &PrivateAi, model: &PrivateAi) -> bool {
        site::changed(prior, model)
    }

    async fn visit_site(&self, aws: &Aws, model: &mut PrivateAi) -> Visit<Images> {
        site::visit(aws, model).await
    }

    fn choose(&self, choice: Images, model: &mut PrivateAi) {
        choice.fill_in(model);
    }

    fn looks(&self, model: &PrivateAi, aws: &Aws) -> Vec<Permission> {
        site::permissions(model, aws)
    }

    fn design(&self, model: &PrivateAi, aws: &Aws) -> Design<Wiring> {
        design::design(model, aws)
    }

    fn succeed(&self, prior: &PrivateAi, model: &PrivateAi, graph: &mut Graph<Aws>) {
        design::succeed(prior, model, graph);
    }

    fn keep_unapplied(&self, prior: &PrivateAi, model: &mut PrivateAi, applied: &dyn Fn(&Key) -> bool) {
        if !applied(&Key::new(SERVICE)) {
            model.force_new_deployment = prior.force_new_deployment.clone();
            model.wait_for_steady_state = prior.wait_for_steady_state.clone();
        }
        if !applied(&Key::new(license::SECRET))
            && let (Some(prior), Some(license)) = (&prior.license, &mut model.license)
        {
            license.content_wo_version = prior.content_wo_version.clone();
        }
    }

    fn publish(&self, wiring: &Wiring, model: &mut PrivateAi, resolver: &Resolver<'_>) {
        outputs::publish(wiring, model, resolver);
    }

    async fn absorb(&self, aws: &Aws, model: &mut PrivateAi, survey: &Survey) -> Result<Option<Record>, Error> {
        hardware::follow(aws, model.capacity.as_ref(), &mut model.host).await?;
        let (name, image) = (&model.name, &mut model.image);
        pipeline::absorb(aws, name, image, vendor::CONTAINER, survey).await
    }

    fn holds_data(&self) -> Vec<(Key, Path)> {
        vec![(Key::new(license::FILE_SYSTEM), Path::of(["license"]))]
    }

    fn part_tags(&self, model: &PrivateAi) -> BTreeMap<Key, Tags> {
        remembered::part_tags(model)
    }

    fn anchor(&self, name: &str) -> Graph<Aws> {
        recovery::anchor(name)
    }

    async fn recover(&self, aws: &Arc<Aws>, name: &str) -> Result<(PrivateAi, DeploymentId, Tags), Diagnostics> {
        Box::pin(recover::recover(aws, name)).await
    }
}

fn common(model: &mut PrivateAi) -> Common<'_> {
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
