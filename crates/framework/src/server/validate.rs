//! Checking configurations, and configuring the provider.

use super::offer::{Offered, Shape};
use crate::any_data_source::BoundDataSource;
use crate::any_provider::AnyProvider;
use crate::any_resource::BoundResource;
use crate::model::{Fault, ModelError};
use crate::provider::Configure;
use crate::rules::{check_config, with_defaults};
use protocol::{Diagnostic, Diagnostics, Severity, Value};

impl Shape {
    /// The schema's rules and then the implementation's own.
    fn validate(
        &self,
        config: Value,
        typed: impl FnOnce(Value, &mut Diagnostics) -> Result<(), ModelError>,
    ) -> Diagnostics {
        let config = match self.admit(config) {
            Ok(config) => config,
            Err(malformed) => return malformed.into(),
        };
        let mut diagnostics = Diagnostics::new();
        if let Some(instead) = self.schema.deprecation() {
            diagnostics.push(Diagnostic::warning(format!("{} is deprecated", self.name), instead));
        }
        check_config(self.body(), &config, &mut diagnostics);
        match typed(config, &mut diagnostics) {
            Ok(()) => {}
            // The model has no place for what is unknown: once it is known, a plan checks it.
            Err(error) if error.fault == Fault::Unknown => {}
            // A validator has already said why the value does not do.
            Err(error) if error.fault == Fault::Value && diagnostics.has_errors() => {}
            Err(error) => diagnostics.push(self.unfit(&error)),
        }
        self.placed(diagnostics)
    }
}

impl Offered<dyn BoundResource> {
    pub fn validate(&self, config: Value) -> Diagnostics {
        self.shape.validate(config, |config, diagnostics| {
            self.implementation.validate(config, diagnostics)
        })
    }
}

impl Offered<dyn BoundDataSource> {
    pub fn validate(&self, config: Value) -> Diagnostics {
        self.shape.validate(config, |config, diagnostics| {
            self.implementation.validate(config, diagnostics)
        })
    }
}

/// The errors alone: the warnings were shown when the configuration was first checked.
pub(super) fn errors(diagnostics: Diagnostics) -> Diagnostics {
    diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect()
}

pub(super) fn provider(provider: &dyn AnyProvider, shape: &Shape, config: Value) -> Diagnostics {
    shape.validate(config, |config, diagnostics| provider.validate(config, diagnostics))
}

pub(super) async fn configure(
    implementation: &dyn AnyProvider,
    shape: &Shape,
    terraform_version: &str,
    config: Value,
) -> Diagnostics {
    let errors = errors(provider(implementation, shape, config.clone()));
    if errors.has_errors() {
        return errors;
    }
    let config = with_defaults(shape.body(), &config);
    let request = Configure {
        config,
        terraform_version: terraform_version.to_owned(),
    };
    let diagnostics = match implementation.configure(request).await {
        Ok(diagnostics) => diagnostics,
        Err(error) => shape.unfit(&error).into(),
    };
    shape.placed(diagnostics)
}
