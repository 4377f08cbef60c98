//! The trait a data source implements.

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::schema::Schema;
use protocol::Diagnostics;

/// What reading a data source is told.
#[derive(Debug)]
pub struct ReadData<'a, C, M> {
    /// The provider's context.
    pub context: &'a C,
    /// The configuration, wholly known, with defaults applied.
    pub config: M,
}

/// A data source: a read-only view of something that exists.
#[async_trait]
pub trait DataSource<C: Send + Sync + 'static>: Send + Sync + 'static {
    /// Configuration and result.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync;

    /// The full name: `thatdot_network`.
    fn type_name(&self) -> &'static str;

    /// The schema.
    fn schema(&self) -> Schema;

    /// Checks that span attributes, offline.
    fn validate(&self, _config: &Self::Model, _diagnostics: &mut Diagnostics) {}

    /// Reads it.
    async fn read(&self, request: ReadData<'_, C, Self::Model>) -> Result<(Self::Model, Diagnostics), Diagnostics>;
}
