//! A scenario's worlds: before its deployment is made, and while it stands.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, LazyLock, OnceLock};

use serde_json::json;

use super::WORLDS;
use super::scenario::{Operation, SCENARIOS, Scenario, parts};
use super::seen::{Seen, words};
use super::terraform::Terraform;
use super::wire::Wire;
use super::world::Kept;

/// A scenario's worlds: before the deployment is made, and while it stands.
pub struct Stage {
    /// Nothing but a VPC and a neighbour: another deployment of the same kind with a name that begins alike.
    pub before: Kept,
    /// The same, with the deployment.
    pub standing: Kept,
    /// The configuration, never applied.
    pub fresh: Terraform,
    /// The configuration, applied.
    pub applied: Terraform,
    /// What is there before.
    pub found: BTreeSet<String>,
    /// Every id and ARN of the neighbour.
    pub neighbour: Vec<String>,
    /// What stands there: words that mean the same in each copy, before it is made and while it stands.
    pub words: [HashSet<String>; 2],
    /// What followed from where cases came to.
    pub seen: Seen,
}

/// The stages of all scenarios, in their order: those that were wanted are set up.
static STAGES: LazyLock<Vec<OnceLock<Stage>>> = LazyLock::new(|| SCENARIOS.iter().map(|_| OnceLock::new()).collect());

impl Scenario {
    /// Its stage, set up once for all tests.
    pub fn stage(&self) -> &'static Stage {
        let place = SCENARIOS.iter().position(|scenario| scenario.name == self.name);
        STAGES[place.expect("it is one of them")].get_or_init(|| Stage::of(self))
    }
}

impl Stage {
    fn of(scenario: &Scenario) -> Self {
        let wire = Wire::to(WORLDS.empty().world());
        let mut vpc = wire.world().vpc();
        (scenario.brings)(wire.world(), &mut vpc);
        let written = (scenario.written)(&vpc);
        let mut neighbour = Terraform::new(wire.clone(), scenario.type_name, written.clone());
        neighbour.written["name"] = json!(format!("{}-other", written["name"].as_str().unwrap_or_default()));
        let ran = neighbour.apply();
        assert!(ran.succeeded(), "{}: the neighbour: {}", scenario.name, ran.text());
        let found = wire.inventory();
        let before = wire.world().keep();
        let fresh = Terraform::new(wire.clone(), scenario.type_name, written);
        let mut applied = fresh.clone();
        let ran = applied.apply();
        assert!(ran.succeeded(), "{}: {}", scenario.name, ran.text());
        let (ran, settled) = applied.plan();
        assert!(settled, "{}: {}", scenario.name, ran.text());
        let standing = wire.world().keep();
        let found_there = format!("{vpc} {}", neighbour.remembered());
        let standing_there = format!("{found_there} {}", applied.remembered());
        Self {
            before,
            standing,
            fresh,
            applied,
            found,
            words: [words(&found_there), words(&standing_there)],
            seen: Seen::default(),
            neighbour: parts(&neighbour).into_iter().flat_map(|part| part.ids).collect(),
        }
    }

    /// Forgets what its worlds were asked: another operation asks something else.
    pub fn forget(&self) {
        self.before.forget();
        self.standing.forget();
    }

    /// The words that mean the same in each world that an operation begins from.
    pub fn words(&self, operation: Operation) -> &HashSet<String> {
        &self.words[usize::from(operation != Operation::Create)]
    }

    /// What an operation of it begins from.
    pub fn start(&self, scenario: &Scenario, operation: Operation) -> (Arc<Wire>, Terraform) {
        let (kept, terraform) = match operation {
            Operation::Create => (&self.before, &self.fresh),
            Operation::Import => (&self.standing, &self.fresh),
            _ => (&self.standing, &self.applied),
        };
        let wire = Wire::to(kept.world());
        let mut terraform = terraform.over(wire.clone());
        if operation == Operation::Update {
            (scenario.changed)(&mut terraform.written);
        }
        (wire, terraform)
    }
}
