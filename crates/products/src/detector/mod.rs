//! thatDot Anomaly Detector on Amazon ECS. Source: thatDot, *Anomaly Detector Configuration Guide*.

mod design;
mod launch;
mod model;
mod outputs;
mod recover;
mod roles;
mod running;
mod schema;
mod site;
mod storage;
mod tidy;
mod validate;
pub mod vendor;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::design::Wiring;
pub use self::model::{AccessPoint, Detector, Persistence};
use super::product::{Common, Design, Moment, Product, Visit};
use super::settings;
use super::shared::hardware::{self, HostImage};
use super::shared::{capacity, pipeline, recovery};
use super::wiring::{Resolver, known_list};
use aws::Aws;
use engine::{DeploymentId, Error, Graph, Key, Permission, Record, Survey, Tags};
use framework::{Diagnostics, Path, Schema};

/// The product.
#[derive(Debug, Clone, Copy, Default)]
pub struct DetectorProduct;

#[async_trait]
impl Product for DetectorProduct {
    type Model = Detector;
    type Wiring = Wiring;
    type Choice = Option<HostImage>;

    fn type_name(&self) -> &'static str {
        "thatdot_detector_deployment"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn common<'a>(&self, model: &'a mut Detector) -> Common<'a> {
        common(model)
    }

    fn tidy(&self, config: &Detector, proposed: &mut Detector) {
        tidy::tidy(config, proposed);
    }

    fn validate(&self, model: &Detector, diagnostics: &mut Diagnostics) {
        validate::validate(model, diagnostics);
    }

    async fn look_up(
        &self,
        aws: &Aws,
        _config: &Detector,
        prior: Option<&Detector>,
        model: &mut Detector,
        moment: Moment,
    ) -> Diagnostics {
        match moment {
            Moment::Plan => launch::check_move(aws, prior, model).await.into_iter().collect(),
            // Terraform has planned with everything known right before.
            Moment::Apply => Diagnostics::new(),
        }
    }

    fn site_changed(&self, prior: &Detector, model: &Detector) -> bool {
        site::changed(prior, model)
    }

    async fn visit_site(&self, aws: &Aws, model: &mut Detector) -> Visit<Option<HostImage>> {
        site::visit(aws, model).await
    }

    fn choose(&self, choice: Option<HostImage>, model: &mut Detector) {
        hardware::choose(choice, &mut model.host);
    }

    fn looks(&self, model: &Detector, aws: &Aws) -> Vec<Permission> {
        site::permissions(model, aws)
    }

    fn design(&self, model: &Detector, aws: &Aws) -> Design<Wiring> {
        design::design(model, aws)
    }

    fn succeed(&self, prior: &Detector, model: &Detector, graph: &mut Graph<Aws>) {
        design::succeed(prior, model, graph);
    }

    fn keep_unapplied(&self, prior: &Detector, model: &mut Detector, applied: &dyn Fn(&Key) -> bool) {
        if !applied(&Key::new(design::SERVICE)) {
            model.force_new_deployment = prior.force_new_deployment.clone();
            model.wait_for_steady_state = prior.wait_for_steady_state.clone();
        }
    }

    fn publish(&self, wiring: &Wiring, model: &mut Detector, resolver: &Resolver<'_>) {
        outputs::publish(wiring, model, resolver);
    }

    async fn absorb(&self, aws: &Aws, model: &mut Detector, survey: &Survey) -> Result<Option<Record>, Error> {
        hardware::follow(aws, model.capacity.as_ref(), &mut model.host).await?;
        let (name, image) = (&model.name, &mut model.image);
        pipeline::absorb(aws, name, image, vendor::CONTAINER, survey).await
    }

    fn holds_data(&self) -> Vec<(Key, Path)> {
        vec![(Key::new(design::FILE_SYSTEM), Path::of(["persistence"]))]
    }

    fn outlives(&self, model: &Detector) -> bool {
        model.persistence.as_ref().is_some_and(|persistence| {
            persistence.retain_on_destroy.known() == Some(&true) || !persistence.file_system_id.is_null()
        })
    }

    fn part_tags(&self, model: &Detector) -> BTreeMap<Key, Tags> {
        let mut model = model.clone();
        let words = [
            settings::flag("wait_for_steady_state", &model.wait_for_steady_state, true),
            settings::flag("force_new_deployment", &model.force_new_deployment, false),
            model
                .persistence
                .as_ref()
                .and_then(|persistence| settings::word("kms_key_id", &persistence.kms_key_id, "")),
            model
                .persistence
                .as_ref()
                .and_then(|persistence| settings::flag("retain_on_destroy", &persistence.retain_on_destroy, false)),
        ];
        let cluster = model
            .existing
            .as_ref()
            .and_then(|existing| existing.cluster_arn.known().cloned());
        let words = words
            .into_iter()
            .flatten()
            .chain(capacity::words(model.capacity.as_ref()))
            .chain(settings::of_common(&common(&mut model)));
        let mut tags = settings::to_tags(words, cluster.as_deref());
        if running::is_task(&model) {
            tags.extend(known_list(&model.subnet_ids).map(|ids| (settings::SUBNETS.to_owned(), ids.join(" "))));
        }
        BTreeMap::from([
            (Key::new(design::TASK_DEFINITION), tags),
            (Key::new(design::FILE_SYSTEM), model.basis().name_tag()),
        ])
    }

    fn anchor(&self, name: &str) -> Graph<Aws> {
        recovery::anchor(name)
    }

    async fn recover(&self, aws: &Arc<Aws>, name: &str) -> Result<(Detector, DeploymentId, Tags), Diagnostics> {
        recover::recover(aws, name).await
    }
}

fn common(model: &mut Detector) -> Common<'_> {
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
