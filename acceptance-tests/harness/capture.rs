//! What AWS answered, word for word: the SDK's types hold only what they know of.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// Keeps the answer of the call it intercepts.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Option<Value>>>);

impl Captured {
    /// The answer.
    pub fn answer(&self) -> Value {
        self.0
            .lock()
            .expect("no other thread failed")
            .clone()
            .expect("an answer in JSON")
    }
}

impl Intercept for Captured {
    fn name(&self) -> &'static str {
        "Captured"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().ok_or("the answer is not in memory")?;
        *self.0.lock().map_err(|_| "another thread failed")? = Some(serde_json::from_slice(body)?);
        Ok(())
    }
}
