//! Planning a resource.

use super::PlanReply;
use super::offer::Offered;
use super::validate::errors;
use crate::any_resource::BoundResource;
use crate::resource::{Plan, Planned, Private};
use crate::rules::{check_planned, place, propose, requires_replace};
use protocol::{Diagnostic, Diagnostics, Path, Value};

impl Offered<dyn BoundResource> {
    pub async fn plan(&self, prior: Value, proposed: Value, config: Value, private: Private) -> PlanReply {
        let mut reply = if proposed.is_null() {
            self.plan_destroy(prior, private).await
        } else {
            self.plan_change(prior, proposed, config, private).await
        };
        reply.diagnostics = self.shape.placed(reply.diagnostics);
        reply
    }

    async fn plan_destroy(&self, prior: Value, private: Private) -> PlanReply {
        let diagnostics = match self.shape.admit(prior) {
            Ok(prior) => match self.implementation.plan_destroy(prior).await {
                Ok(diagnostics) => diagnostics,
                Err(error) => self.shape.unfit(&error).into(),
            },
            Err(malformed) => malformed.into(),
        };
        PlanReply {
            state: Value::Null,
            requires_replace: Vec::new(),
            private,
            diagnostics,
        }
    }

    async fn plan_change(&self, prior: Value, proposed: Value, config: Value, private: Private) -> PlanReply {
        let refused = |diagnostics: Diagnostics, private: Private| PlanReply {
            state: Value::Null,
            requires_replace: Vec::new(),
            private,
            diagnostics,
        };
        let (prior, proposed, config) = match self.admit_all(prior, proposed, config) {
            Ok(admitted) => admitted,
            Err(malformed) => return refused(malformed.into(), private),
        };
        let errors = errors(self.validate(config.clone()));
        if errors.has_errors() {
            return refused(errors, private);
        }

        let body = self.shape.body();
        let proposed = self.shape.canonical(propose(body, &prior, proposed, &config));
        let request = Plan {
            prior: (!prior.is_null()).then(|| prior.clone()),
            config: config.clone(),
            proposed,
            private: private.clone(),
        };
        let Planned {
            state,
            requires_replace: also,
            private,
            mut diagnostics,
        } = match self.implementation.plan(request).await {
            Ok(planned) => planned,
            Err(error) => return refused(self.shape.unfit(&error).into(), private),
        };
        let state = match self.shape.deliver(state) {
            Ok(state) => self.shape.bare(state, &mut diagnostics),
            Err(bug) => {
                diagnostics.push(bug);
                return refused(diagnostics, private);
            }
        };
        if !diagnostics.has_errors() {
            let breaches = check_planned(body, &prior, &config, &state);
            self.shape.report(&breaches, &mut diagnostics);
        }
        let requires_replace = if prior.is_null() {
            Vec::new()
        } else {
            self.replacing(&prior, &state, &also)
        };
        PlanReply {
            state,
            requires_replace,
            private,
            diagnostics,
        }
    }

    fn admit_all(&self, prior: Value, proposed: Value, config: Value) -> Result<(Value, Value, Value), Diagnostic> {
        Ok((
            self.shape.admit(prior)?,
            self.shape.admit(proposed)?,
            self.shape.admit(config)?,
        ))
    }

    /// What asks for a new object, by the schema and by the resource itself.
    fn replacing(&self, prior: &Value, planned: &Value, also: &[Path]) -> Vec<Path> {
        let mut paths = requires_replace(self.shape.body(), prior, planned);
        for path in also.iter().map(|path| place(&self.shape.ty, path)) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }
}
