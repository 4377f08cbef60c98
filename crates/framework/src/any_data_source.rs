//! Data sources of any model behind one trait: values in, values out.

use std::sync::Arc;

use async_trait::async_trait;

use super::any_resource::Output;
use super::data_source::{DataSource, ReadData};
use super::model::{ModelError, from_value, to_value};
use super::schema::Schema;
use super::session::{Session, not_configured};
use protocol::{Diagnostics, Value};

/// A data source whose model is hidden. Every [`DataSource`] is one.
pub trait AnyDataSource<C: Send + Sync + 'static>: Send + Sync + 'static {
    /// The data source with the session that it is read in, over values.
    fn bind(self: Box<Self>, session: Arc<Session<C>>) -> Box<dyn BoundDataSource>;
}

impl<C: Send + Sync + 'static, D: DataSource<C>> AnyDataSource<C> for D {
    fn bind(self: Box<Self>, session: Arc<Session<C>>) -> Box<dyn BoundDataSource> {
        Box::new(Bound { source: *self, session })
    }
}

/// A [`DataSource`] over values. An error of a method itself means that a value did not fit the model.
#[async_trait]
pub trait BoundDataSource: Send + Sync {
    /// The full name.
    fn type_name(&self) -> &'static str;

    /// The schema.
    fn schema(&self) -> Schema;

    /// [`DataSource::validate`]
    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) -> Result<(), ModelError>;

    /// [`DataSource::read`]
    async fn read(&self, config: Value) -> Result<Result<(Output, Diagnostics), Diagnostics>, ModelError>;
}

struct Bound<D, C> {
    source: D,
    session: Arc<Session<C>>,
}

#[async_trait]
impl<C: Send + Sync + 'static, D: DataSource<C>> BoundDataSource for Bound<D, C> {
    fn type_name(&self) -> &'static str {
        self.source.type_name()
    }

    fn schema(&self) -> Schema {
        self.source.schema()
    }

    fn validate(&self, config: Value, diagnostics: &mut Diagnostics) -> Result<(), ModelError> {
        self.source.validate(&from_value(config)?, diagnostics);
        Ok(())
    }

    async fn read(&self, config: Value) -> Result<Result<(Output, Diagnostics), Diagnostics>, ModelError> {
        let config = from_value(config)?;
        let Some(context) = self.session.context() else {
            return Ok(Err(not_configured(self.type_name()).into()));
        };
        let read = self
            .source
            .read(ReadData {
                context: &*context,
                config,
            })
            .await;
        Ok(read.map(|(model, diagnostics)| (to_value(&model), diagnostics)))
    }
}
