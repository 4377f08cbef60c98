//! The trait that every product implements: what one deployment resource needs to know of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::parts::Part;
use super::wiring::Resolver;
use aws::Aws;
use engine::{DeploymentId, Error, ErrorKind, Failure, Graph, Key, Permission, Record, Survey, Tags};
use framework::{Attr, Diagnostics, Path, Schema, Timeouts};

/// The attributes that every deployment has, whatever the product.
pub struct Common<'a> {
    /// The deployment's name.
    pub name: &'a mut Attr<String>,
    /// The deployment's own id.
    pub id: &'a mut Attr<String>,
    /// The user's tags.
    pub tags: &'a mut Attr<BTreeMap<String, Attr<String>>>,
    /// The user's and the provider's tags.
    pub tags_all: &'a mut Attr<BTreeMap<String, Attr<String>>>,
    /// Whether destroying is refused.
    pub deletion_protection: &'a mut Attr<bool>,
    /// What becomes of a create that fails.
    pub on_create_failure: &'a mut Attr<String>,
    /// Whether leftovers of an earlier deployment of the name are taken over.
    pub adopt_existing: &'a mut Attr<bool>,
    /// How long operations may take.
    pub timeouts: &'a mut Option<Timeouts>,
    /// The parts.
    pub components: &'a mut Attr<BTreeMap<String, Attr<Part>>>,
}

/// What becomes of a create that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnCreateFailure {
    /// Rolled back, unless only the tasks do not come up.
    Auto,
    /// Rolled back.
    Rollback,
    /// Kept.
    Keep,
}

impl OnCreateFailure {
    /// The setting by its word in the configuration.
    pub fn from_word(word: Option<&str>) -> Self {
        match word {
            Some("rollback") => Self::Rollback,
            Some("keep") => Self::Keep,
            _ => Self::Auto,
        }
    }
}

/// When a product looks something up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// While planning.
    Plan,
    /// While applying what was planned.
    Apply,
}

/// A deployment, designed: its parts, and where its outputs come from.
pub struct Design<W> {
    /// The parts.
    pub graph: Graph<Aws>,
    /// Where the outputs come from.
    pub wiring: W,
}

/// What a look at the site came to.
pub struct Visit<C> {
    /// What was chosen of what AWS offers now, and is open in the model.
    pub choice: C,
    /// What does not fit.
    pub diagnostics: Diagnostics,
}

impl<C: Default> From<Diagnostics> for Visit<C> {
    /// One that chose nothing.
    fn from(diagnostics: Diagnostics) -> Self {
        Self {
            choice: C::default(),
            diagnostics,
        }
    }
}

/// A product that can be deployed.
#[async_trait]
pub trait Product: Send + Sync + 'static {
    /// Configuration and state of its resource.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    /// Where its outputs come from.
    type Wiring: Send + Sync;
    /// What a look at the site chooses of what AWS offers at that moment. A plan hands it to its apply through private state:
    /// no secret goes in.
    type Choice: Serialize + DeserializeOwned + Send + Sync;

    /// The resource's full name: `thatdot_detector_deployment`.
    fn type_name(&self) -> &'static str;

    /// The resource's schema.
    fn schema(&self) -> Schema;

    /// The attributes that every deployment has.
    fn common<'a>(&self, model: &'a mut Self::Model) -> Common<'a>;

    /// Takes out of a proposed plan the defaults that do not apply to it.
    fn tidy(&self, _config: &Self::Model, _proposed: &mut Self::Model) {}

    /// Copies write-only values from the configuration into the model that an apply's graph is made of.
    fn take_secrets(&self, _config: &Self::Model, _model: &mut Self::Model) {}

    /// Checks that span attributes, offline. Unknown values pass.
    fn validate(&self, model: &Self::Model, diagnostics: &mut Diagnostics);

    /// Looks up what only the outside can tell of the configuration (the digest behind an image's tag). At plan, what
    /// cannot be looked up is a warning, and stays as it was or open; at apply, only what the plan left open is looked up,
    /// and where that fails it is an error. `config` alone holds write-only values. Reads only.
    async fn look_up(
        &self,
        _aws: &Aws,
        _config: &Self::Model,
        _prior: Option<&Self::Model>,
        _model: &mut Self::Model,
        _moment: Moment,
    ) -> Diagnostics {
        Diagnostics::new()
    }

    /// Whether what [`Product::visit_site`] looks at may have changed between two models.
    fn site_changed(&self, prior: &Self::Model, model: &Self::Model) -> bool;

    /// Looks at what the deployment is to stand on (VPC, subnets, parts the user brings), reports what does not fit, and
    /// fills in the facts that the design needs. Reads only. What is unknown is left out. What AWS may answer otherwise the
    /// next time, so that a second plan would come out differently, is left open in the model, and is the visit's choice.
    async fn visit_site(&self, aws: &Aws, model: &mut Self::Model) -> Visit<Self::Choice>;

    /// Fills in what a visit left open.
    fn choose(&self, _choice: Self::Choice, _model: &mut Self::Model) {}

    /// What the caller must be allowed for looking, beside what the parts need.
    fn looks(&self, model: &Self::Model, aws: &Aws) -> Vec<Permission>;

    /// The deployment's parts and wiring. Pure: the same model gives the same design.
    fn design(&self, model: &Self::Model, aws: &Aws) -> Design<Self::Wiring>;

    /// Orders, in the graph that follows the prior configuration's, what must wait for a part under another key to go.
    fn succeed(&self, _prior: &Self::Model, _model: &Self::Model, _graph: &mut Graph<Aws>) {}

    /// Puts settings that no AWS object reports, and that an update which failed or was stopped did not get to, back to
    /// what they were in the prior state: nothing but the state can tell the next plan that they are still to be applied.
    /// `applied` tells of a part whether it is as wanted now.
    fn keep_unapplied(&self, _prior: &Self::Model, _model: &mut Self::Model, _applied: &dyn Fn(&Key) -> bool) {}

    /// Sets the computed attributes.
    fn publish(&self, wiring: &Self::Wiring, model: &mut Self::Model, resolver: &Resolver<'_>);

    /// Takes into the model what others changed on purpose and is an attribute's own value (a pipeline's new image), so
    /// that Terraform shows it as such and `ignore_changes` can leave it alone. Where there is such a change, the answer is
    /// the record to look by once more.
    async fn absorb(&self, _aws: &Aws, _model: &mut Self::Model, _survey: &Survey) -> Result<Option<Record>, Error> {
        Ok(None)
    }

    /// Whether what was made before this failure of a create is worth keeping where the user leaves that to us: as
    /// evidence, or because the next apply can go on from it.
    fn is_evidence(&self, failure: &Failure) -> bool {
        failure.error.kind == ErrorKind::Unhealthy
    }

    /// The parts whose replacement or removal destroys data, with the attribute that the user set.
    fn holds_data(&self) -> Vec<(Key, Path)>;

    /// Whether data that the deployment writes stays when it is destroyed.
    fn outlives(&self, _model: &Self::Model) -> bool {
        false
    }

    /// Tags of single parts, beside those that all parts carry.
    fn part_tags(&self, model: &Self::Model) -> BTreeMap<Key, Tags>;

    /// The parts that are found by a deployment's name alone, whatever its configuration: of every deployment that stands,
    /// one of them does.
    fn anchor(&self, name: &str) -> Graph<Aws>;

    /// The deployment of this name that stands, for import: its configuration and state (without the deployment's id and
    /// tags), its id, and the tags that its parts carry.
    ///
    /// # Errors
    /// Where there is none, or where it is not whole enough to tell its configuration.
    async fn recover(&self, aws: &Arc<Aws>, name: &str) -> Result<(Self::Model, DeploymentId, Tags), Diagnostics>;
}
