//! A container image in a private ECR repository of one's own, copied there from wherever its maker keeps it. Source:
//! Private AI, *Manual Deployment Guide* for Amazon ECS, section 5, which does this by hand with Docker.

mod design;
mod model;
mod outputs;
mod recover;
mod schema;
mod source;
mod stored;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::design::Wiring;
pub use self::model::Image;
pub use self::stored::STORED;
use super::product::{Common, Design, Moment, Product, Visit};
use super::wiring::Resolver;
use aws::{Aws, lookups};
use engine::{DeploymentId, ErrorKind, Failure, Graph, Key, Permission, Tags};
use framework::{Diagnostics, Path, Schema};

/// The product.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContainerImageProduct;

#[async_trait]
impl Product for ContainerImageProduct {
    type Model = Image;
    type Wiring = Wiring;
    type Choice = ();

    fn type_name(&self) -> &'static str {
        "thatdot_container_image"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn common<'a>(&self, model: &'a mut Image) -> Common<'a> {
        common(model)
    }

    fn tidy(&self, config: &Image, proposed: &mut Image) {
        source::default_tag(config, proposed);
    }

    fn take_secrets(&self, config: &Image, model: &mut Image) {
        model.source_password_wo = config.source_password_wo.clone();
    }

    fn validate(&self, model: &Image, diagnostics: &mut Diagnostics) {
        validate::validate(model, diagnostics);
    }

    async fn look_up(
        &self,
        aws: &Aws,
        config: &Image,
        prior: Option<&Image>,
        model: &mut Image,
        moment: Moment,
    ) -> Diagnostics {
        source::look_up(aws, config, prior, model, moment).await
    }

    fn site_changed(&self, _prior: &Image, _model: &Image) -> bool {
        false
    }

    async fn visit_site(&self, _aws: &Aws, _model: &mut Image) -> Visit<()> {
        Diagnostics::new().into()
    }

    fn looks(&self, _model: &Image, aws: &Aws) -> Vec<Permission> {
        lookups::sees_images(aws)
    }

    fn design(&self, model: &Image, _aws: &Aws) -> Design<Wiring> {
        design::design(model)
    }

    fn publish(&self, wiring: &Wiring, model: &mut Image, resolver: &Resolver<'_>) {
        outputs::publish(wiring, model, resolver);
    }

    /// A copy that broke off goes on where it stopped, as long as its repository stays.
    fn is_evidence(&self, failure: &Failure) -> bool {
        failure.key.as_str() == design::IMAGE
            && matches!(failure.error.kind, ErrorKind::Unreachable | ErrorKind::TimedOut)
    }

    fn holds_data(&self) -> Vec<(Key, Path)> {
        vec![(Key::new(design::REPOSITORY), Path::of(["encryption"]))]
    }

    fn part_tags(&self, model: &Image) -> BTreeMap<Key, Tags> {
        BTreeMap::from([(Key::new(design::REPOSITORY), stored::to_tags(model))])
    }

    fn anchor(&self, name: &str) -> Graph<Aws> {
        recover::anchor(name)
    }

    async fn recover(&self, aws: &Arc<Aws>, name: &str) -> Result<(Image, DeploymentId, Tags), Diagnostics> {
        recover::recover(aws, name).await
    }
}

fn common(model: &mut Image) -> Common<'_> {
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
