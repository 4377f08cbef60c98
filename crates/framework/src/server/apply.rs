//! Creating, updating and deleting a resource.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use super::ApplyReply;
use super::offer::Offered;
use crate::any_resource::{BoundResource, Output};
use crate::bug::bug;
use crate::model::ModelError;
use crate::resource::{Applied, Create, Delete, Private, Update};
use crate::rules::check_applied;
use crate::session::not_configured;
use protocol::{Diagnostics, Path, Value};

impl Offered<dyn BoundResource> {
    pub async fn apply(&self, prior: Value, planned: Value, config: Value, private: Private) -> ApplyReply {
        let mut reply = self.applied(prior, planned, config, private).await;
        reply.diagnostics = self.shape.placed(reply.diagnostics);
        reply
    }

    async fn applied(&self, prior: Value, planned: Value, config: Value, private: Private) -> ApplyReply {
        let untouched = |diagnostics, private| ApplyReply {
            state: prior.clone(),
            private,
            diagnostics,
        };
        if !self.implementation.is_configured() {
            return untouched(not_configured(&self.shape.name).into(), private);
        }
        let admitted = self
            .shape
            .admit(prior.clone())
            .and_then(|prior| Ok((prior, self.shape.admit(planned)?, self.shape.admit(config)?)));
        let (was, planned, config) = match admitted {
            Ok(admitted) => admitted,
            Err(malformed) => return untouched(malformed.into(), private),
        };
        let ran = AssertUnwindSafe(self.run(was, planned.clone(), config, private.clone()))
            .catch_unwind()
            .await;
        match ran {
            Ok(Ok(applied)) => self.settle(applied, &prior, &planned),
            Ok(Err(unfit)) => untouched(self.shape.unfit(&unfit).into(), private),
            Err(_) => {
                let what =
                    "It panicked while it was applied; the log tells where. What it did until then is not known.";
                let diagnostics = bug(&self.shape.name, &Path::root(), what).into();
                ApplyReply {
                    state: self.best_guess(&prior, &planned),
                    private,
                    diagnostics,
                }
            }
        }
    }

    async fn run(
        &self,
        prior: Value,
        planned: Value,
        config: Value,
        private: Private,
    ) -> Result<Applied<Output>, ModelError> {
        match (prior.is_null(), planned.is_null()) {
            (true, false) => {
                self.implementation
                    .create(Create {
                        planned,
                        config,
                        private,
                    })
                    .await
            }
            (false, false) => {
                self.implementation
                    .update(Update {
                        prior,
                        planned,
                        config,
                        private,
                    })
                    .await
            }
            (false, true) => self.implementation.delete(Delete { prior, private }).await,
            (true, true) => Ok(Applied {
                state: None,
                private,
                diagnostics: Diagnostics::new(),
            }),
        }
    }

    /// The result as Terraform takes it: after an error all that is really there, else all that was planned.
    fn settle(&self, applied: Applied<Output>, prior: &Value, planned: &Value) -> ApplyReply {
        let Applied {
            state,
            private,
            mut diagnostics,
        } = applied;
        let failed = diagnostics.has_errors();
        let state = match state.map(|state| self.shape.deliver(state)) {
            None => Value::Null,
            Some(Ok(state)) => self.shape.bare(state, &mut diagnostics),
            Some(Err(bug)) => {
                diagnostics.push(bug);
                return ApplyReply {
                    state: self.best_guess(prior, planned),
                    private,
                    diagnostics,
                };
            }
        };
        if failed {
            return ApplyReply {
                state: self.shape.nulled(state),
                private,
                diagnostics,
            };
        }
        match (planned.is_null(), state.is_null()) {
            (false, true) => {
                self.shape
                    .breach(Path::root(), "It reports success, and no object.", &mut diagnostics);
            }
            (true, false) => {
                self.shape.breach(
                    Path::root(),
                    "It reports a successful delete, and an object.",
                    &mut diagnostics,
                );
            }
            (true, true) => {}
            (false, false) => {
                let breaches = check_applied(&self.shape.ty, planned, &state);
                self.shape.report(&breaches, &mut diagnostics);
            }
        }
        let state = self.shape.known(state, &mut diagnostics);
        ApplyReply {
            state,
            private,
            diagnostics,
        }
    }

    /// What to keep in the state where a resource did something and did not tell what: never nothing, since then nobody
    /// would look for what it made.
    fn best_guess(&self, prior: &Value, planned: &Value) -> Value {
        if prior.is_null() {
            self.shape.nulled(planned.clone())
        } else {
            prior.clone()
        }
    }
}
