//! A provider that does nothing: what `terraform plan` takes with it, it takes with any. The benchmark's peer.
//!
//! It knows the detector's schema, answers with what Terraform proposes, and has no AWS to ask.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use framework::{
    AnyDataSource, AnyResource, Applied, Configure, Create, Delete, Diagnostic, Diagnostics, Import, Imported,
    Operation, Plan, Planned, Provider, Read, ReadResult, Resource, Schema, Server, Update,
};
use plugin::{self, About};
use products::Product;
use products::detector::{Detector, DetectorProduct};
use serde::{Deserialize, Serialize};

const ABOUT: About = About {
    program: "terraform-provider-thatdot",
    version: env!("CARGO_PKG_VERSION"),
    source: "thatdot/thatdot",
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    Ok(plugin::serve(ABOUT, Arc::new(Server::new(Idle))).await?)
}

struct Idle;

/// The provider block: nothing can be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Nothing {}

#[async_trait]
impl Provider for Idle {
    type Model = Nothing;
    type Context = ();

    fn schema(&self) -> Schema {
        Schema::new(0, "A provider that does nothing.", Vec::new(), Vec::new())
    }

    async fn configure(&self, _request: Configure<Nothing>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<()>>> {
        vec![Box::new(Proposed)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<()>>> {
        Vec::new()
    }
}

/// The detector's resource, which is whatever is proposed.
struct Proposed;

fn standing(state: Detector, private: Vec<u8>) -> Applied<Detector> {
    Applied {
        state: Some(state),
        private,
        diagnostics: Diagnostics::new(),
    }
}

#[async_trait]
impl Resource<()> for Proposed {
    type Model = Detector;

    fn type_name(&self) -> &'static str {
        DetectorProduct.type_name()
    }

    fn schema(&self) -> Schema {
        DetectorProduct.schema()
    }

    async fn plan(&self, _operation: &Operation<()>, request: Plan<Detector>) -> Planned<Detector> {
        Planned {
            state: request.proposed,
            requires_replace: Vec::new(),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn create(&self, _operation: &Operation<()>, request: Create<Detector>) -> Applied<Detector> {
        standing(request.planned, request.private)
    }

    async fn read(&self, _operation: &Operation<()>, request: Read<Detector>) -> ReadResult<Detector> {
        ReadResult {
            state: Some(request.state),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn update(&self, _operation: &Operation<()>, request: Update<Detector>) -> Applied<Detector> {
        standing(request.planned, request.private)
    }

    async fn delete(&self, _operation: &Operation<()>, request: Delete<Detector>) -> Applied<Detector> {
        Applied {
            state: None,
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn import(&self, _operation: &Operation<()>, _request: Import) -> Result<Imported<Detector>, Diagnostics> {
        Err(Diagnostic::error("Nothing to import", "This provider does nothing.").into())
    }
}
