//! Data sources of any model behind one trait: values in, values out.

use async_trait::async_trait;

use super::data_source::DataSource;
use super::schema::Schema;

/// A data source whose model is hidden. Every [`DataSource`] is one.
#[async_trait]
pub trait AnyDataSource<C: Send + Sync + 'static>: Send + Sync + 'static {
    /// The full name.
    fn type_name(&self) -> &'static str;

    /// The schema.
    fn schema(&self) -> Schema;
}

impl<C: Send + Sync + 'static, D: DataSource<C>> AnyDataSource<C> for D {
    fn type_name(&self) -> &'static str {
        DataSource::type_name(self)
    }

    fn schema(&self) -> Schema {
        DataSource::schema(self)
    }
}
