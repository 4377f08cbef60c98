//! What the matrix is of: deployments, what is done to them, and what they are made of.

use std::collections::BTreeSet;

use protocol::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::WORLDS;
use super::terraform::{Ran, Terraform};
use super::wire::Wire;
use super::world::World;

pub use super::deployments::SCENARIOS;

/// What is done to a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// It is made.
    Create,
    /// As much of it as can be is changed.
    Update,
    /// It is read.
    Read,
    /// It is found again by its name.
    Import,
    /// It is destroyed.
    Destroy,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Update, Self::Read, Self::Import, Self::Destroy];

    /// Does it. A change and a destroy begin from a state that is as read: the refresh before them is struck as a read.
    pub fn run(self, terraform: &mut Terraform) -> Ran {
        match self {
            Self::Create => terraform.apply(),
            Self::Update => terraform.apply_as_read(),
            Self::Read => terraform.read(),
            Self::Import => {
                let name = terraform.written["name"].as_str().unwrap_or_default().to_owned();
                terraform.import(&name)
            }
            Self::Destroy => terraform.destroy_as_read(),
        }
    }
}

/// A deployment of the matrix.
pub struct Scenario {
    /// Its name in the table.
    pub name: &'static str,
    /// The resource.
    pub type_name: &'static str,
    /// Whether it is among those of the sample in `make test`; the others take too long for that.
    pub sampled: bool,
    /// What the user brings: it is put in that world, and named beside the VPC.
    pub brings: fn(&World, &mut Json),
    /// The operations that would change what the user brings: those whose names begin so.
    pub never: &'static [&'static str],
    /// How it is written, in that VPC and with what is brought.
    pub written: fn(&Json) -> Json,
    /// The same after the change.
    pub changed: fn(&mut Json),
}

impl Scenario {
    /// The kinds of the components that it is made of.
    pub fn kinds(&self) -> BTreeSet<String> {
        let wire = Wire::to(WORLDS.empty().world());
        let mut vpc = wire.world().vpc();
        (self.brings)(wire.world(), &mut vpc);
        let mut terraform = Terraform::new(wire, self.type_name, (self.written)(&vpc));
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{}: {}", self.name, ran.text());
        parts(&terraform).into_iter().map(|part| part.kind).collect()
    }
}

/// An entry of `components`.
pub struct Part {
    /// Its key.
    pub key: String,
    /// Its kind: `ecs_service`.
    pub kind: String,
    /// Its id and its ARN, where it has them.
    pub ids: Vec<String>,
}

/// The components in the state.
pub fn parts(terraform: &Terraform) -> Vec<Part> {
    let Some(Value::Map(state)) = terraform.object.as_ref().map(|object| &object.state) else {
        return Vec::new();
    };
    let Some(Value::Map(components)) = state.get("components") else {
        return Vec::new();
    };
    let part = |(key, part): (&String, &Value)| {
        let Value::Map(part) = part else { return None };
        let Some(Value::String(kind)) = part.get("type") else {
            return None;
        };
        let ids = ["id", "arn"].iter().filter_map(|name| match part.get(*name) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        });
        Some(Part {
            key: key.clone(),
            kind: kind.clone(),
            ids: ids.collect(),
        })
    };
    components.iter().filter_map(part).collect()
}
