//! What the operations of one running provider share: its context and the wish to stop.

use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;

use super::resource::Operation;
use protocol::Diagnostic;

/// The context, once configured, and the token that the user's stop cancels.
pub struct Session<C> {
    context: RwLock<Option<Arc<C>>>,
    cancel: RwLock<CancellationToken>,
}

impl<C> Session<C> {
    pub(super) fn new() -> Self {
        Self {
            context: RwLock::new(None),
            cancel: RwLock::default(),
        }
    }

    /// Begins anew for a host that configures the provider: the stop of an earlier one is not meant for it.
    pub(super) fn begin(&self) {
        let mut cancel = self.cancel.write().unwrap_or_else(PoisonError::into_inner);
        if cancel.is_cancelled() {
            *cancel = CancellationToken::new();
        }
    }

    pub(super) fn configure(&self, context: C) {
        *self.context.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(context));
    }

    pub(super) fn context(&self) -> Option<Arc<C>> {
        self.context.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn operation(&self) -> Operation<C> {
        Operation {
            context: self.context(),
            cancel: self.cancel.read().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    pub(super) fn stop(&self) {
        self.cancel.read().unwrap_or_else(PoisonError::into_inner).cancel();
    }
}

/// Terraform asked for what needs a configured provider before it configured it.
pub(super) fn not_configured(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider not configured",
        format!(
            "{type_name} cannot be worked on, since the provider was not configured, or configuring it failed: see the \
             provider's other errors."
        ),
    )
}
