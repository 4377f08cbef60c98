//! Resources of any model behind one trait: values in, values out.

use async_trait::async_trait;

use super::resource::Resource;
use super::schema::Schema;

/// A resource whose model is hidden. Every [`Resource`] is one.
#[async_trait]
pub trait AnyResource<C: Send + Sync + 'static>: Send + Sync + 'static {
    /// The full name.
    fn type_name(&self) -> &'static str;

    /// The schema.
    fn schema(&self) -> Schema;
}

impl<C: Send + Sync + 'static, R: Resource<C>> AnyResource<C> for R {
    fn type_name(&self) -> &'static str {
        Resource::type_name(self)
    }

    fn schema(&self) -> Schema {
        Resource::schema(self)
    }
}
