//! Reading, importing and upgrading resources, and reading data sources.

use super::offer::Offered;
use super::validate::errors;
use super::{ImportReply, ReadReply};
use crate::any_data_source::BoundDataSource;
use crate::any_resource::BoundResource;
use crate::resource::{Import, Imported, Private, Read, ReadResult};
use crate::rules::{with_defaults, without_write_only};
use crate::session::not_configured;
use protocol::{CodecError, Diagnostic, Diagnostics, Value, json};

impl Offered<dyn BoundResource> {
    pub async fn read(&self, state: Value, private: Private) -> ReadReply {
        let unread = |diagnostics, private| ReadReply {
            state: state.clone(),
            private,
            diagnostics,
        };
        if !self.implementation.is_configured() {
            return unread(not_configured(&self.shape.name).into(), private);
        }
        let request = match self.shape.admit(state.clone()) {
            Ok(state) => Read {
                state,
                private: private.clone(),
            },
            Err(malformed) => return unread(malformed.into(), private),
        };
        let ReadResult {
            state: found,
            private,
            mut diagnostics,
        } = match self.implementation.read(request).await {
            Ok(read) => read,
            Err(error) => return unread(self.shape.unfit(&error).into(), private),
        };
        let found = match found.map(|found| self.shape.deliver(found)) {
            None => Value::Null,
            Some(Ok(found)) => {
                let bare = self.shape.bare(found, &mut diagnostics);
                self.shape.known(bare, &mut diagnostics)
            }
            Some(Err(bug)) => {
                diagnostics.push(bug);
                state
            }
        };
        ReadReply {
            state: found,
            private,
            diagnostics: self.shape.placed(diagnostics),
        }
    }

    pub async fn import(&self, id: &str) -> Result<ImportReply, Diagnostics> {
        if !self.implementation.is_configured() {
            return Err(not_configured(&self.shape.name).into());
        }
        let imported = self.implementation.import(Import { id: id.to_owned() }).await;
        let Imported {
            state,
            private,
            mut diagnostics,
        } = imported.map_err(|diagnostics| self.shape.placed(diagnostics))?;
        let state = match self.shape.deliver(state) {
            Ok(state) => state,
            Err(bug) => {
                diagnostics.push(bug);
                return Err(self.shape.placed(diagnostics));
            }
        };
        let state = self.shape.bare(state, &mut diagnostics);
        let state = self.shape.known(state, &mut diagnostics);
        Ok(ImportReply {
            state,
            private,
            diagnostics: self.shape.placed(diagnostics),
        })
    }

    pub fn upgrade(&self, version: i64, json: &[u8]) -> Result<Value, Diagnostics> {
        self.implementation.taken_up();
        let unreadable = |error: CodecError| {
            let detail = format!(
                "The state of this {} cannot be read: {error}. It was edited by hand, or written by a version of the \
                 provider that this one does not know.",
                self.shape.name
            );
            Diagnostics::from(Diagnostic::error("Unreadable state", detail))
        };
        let output = if version == self.shape.schema.version() {
            Ok(json::decode_lenient(json, &self.shape.ty).map_err(unreadable)?)
        } else {
            self.implementation
                .upgrade(version, json::decode_untyped(json).map_err(unreadable)?)?
        };
        let mut diagnostics = Diagnostics::new();
        // What is write-only now may have been stored by an older version.
        let (state, _) = without_write_only(self.shape.body(), self.shape.deliver(output)?);
        let state = self.shape.known(state, &mut diagnostics);
        if diagnostics.has_errors() {
            Err(self.shape.placed(diagnostics))
        } else {
            Ok(state)
        }
    }
}

impl Offered<dyn BoundDataSource> {
    pub async fn read(&self, config: Value) -> (Value, Diagnostics) {
        let errors = errors(self.validate(config.clone()));
        if errors.has_errors() {
            return (Value::Null, errors);
        }
        let (value, diagnostics) = self.found(&config).await;
        let value = if diagnostics.has_errors() { Value::Null } else { value };
        (value, self.shape.placed(diagnostics))
    }

    async fn found(&self, config: &Value) -> (Value, Diagnostics) {
        let config = with_defaults(self.shape.body(), config);
        let (output, mut diagnostics) = match self.implementation.read(config).await {
            Ok(Ok(found)) => found,
            Ok(Err(diagnostics)) => return (Value::Null, diagnostics),
            Err(error) => return (Value::Null, self.shape.unfit(&error).into()),
        };
        match self.shape.deliver(output) {
            Ok(value) => {
                let value = self.shape.known(value, &mut diagnostics);
                (value, diagnostics)
            }
            Err(bug) => {
                diagnostics.push(bug);
                (Value::Null, diagnostics)
            }
        }
    }
}
