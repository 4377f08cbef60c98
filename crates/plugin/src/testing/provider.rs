//! A provider with one resource, whose name says how it behaves, and one function.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::task::yield_now;

use framework::{AnyDataSource, AnyFunction, AnyResource, Function, FunctionError, Parameter, Signature, Type};
use framework::{
    Applied, Attr, Attribute, Configure, Create, Delete, Import, Imported, Operation, Plan, Planned, Provider, Read,
    ReadResult, Resource, Schema, Server, Update,
};
use protocol::{Diagnostic, Diagnostics};

/// A server of the provider.
pub(crate) fn server() -> Arc<Server> {
    Arc::new(Server::new(TestProvider))
}

struct TestProvider;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ProviderModel {
    greeting: Attr<String>,
}

#[async_trait]
impl Provider for TestProvider {
    type Model = ProviderModel;
    type Context = ();

    fn schema(&self) -> Schema {
        let greeting = Attribute::string("greeting", "Nothing comes of it.").optional();
        Schema::new(0, "A provider.", vec![greeting], Vec::new())
    }

    async fn configure(&self, _request: Configure<ProviderModel>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<()>>> {
        vec![Box::new(Thing)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<()>>> {
        Vec::new()
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![Box::new(Longest)]
    }
}

/// A function that tells the longest of some texts, likes none of more than five letters, and panics without any.
struct Longest;

impl Function for Longest {
    type Arguments = (Vec<String>,);
    type Result = String;

    fn name(&self) -> &'static str {
        "longest"
    }

    fn signature(&self) -> Signature {
        let texts = Parameter::new("texts", Type::String, "The texts.");
        Signature::new("The longest.", "The longest text.", Vec::new(), Type::String).variadic(texts)
    }

    fn call(&self, (texts,): (Vec<String>,)) -> Result<String, FunctionError> {
        match texts.iter().position(|text| text.len() > 5) {
            Some(index) => Err(FunctionError::of_argument(index, "It is too long")),
            None => Ok(texts.into_iter().max_by_key(String::len).expect("a text")),
        }
    }
}

/// A resource that panics where its name is `panic`, waits to be stopped where it is `patient`, and waits for
/// ever where it is `stubborn`, in create.
struct Thing;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ThingModel {
    id: Attr<String>,
    name: String,
}

#[async_trait]
impl Resource<()> for Thing {
    type Model = ThingModel;

    fn type_name(&self) -> &'static str {
        "test_thing"
    }

    fn schema(&self) -> Schema {
        let id = Attribute::string("id", "Its id.").computed();
        let name = Attribute::string("name", "Its name.").required();
        Schema::new(0, "A thing.", vec![id, name], Vec::new())
    }

    async fn plan(&self, _operation: &Operation<()>, request: Plan<ThingModel>) -> Planned<ThingModel> {
        Planned {
            state: request.proposed,
            requires_replace: Vec::new(),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn create(&self, operation: &Operation<()>, request: Create<ThingModel>) -> Applied<ThingModel> {
        let mut thing = request.planned;
        match thing.name.as_str() {
            "panic" => {
                yield_now().await;
                panic!("the thing broke");
            }
            "patient" => operation.cancel.cancelled().await,
            "stubborn" => std::future::pending().await,
            _ => {}
        }
        thing.id = Attr::Known(format!("id-of-{}", thing.name));
        Applied {
            state: Some(thing),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn read(&self, _operation: &Operation<()>, request: Read<ThingModel>) -> ReadResult<ThingModel> {
        assert!(request.state.name != "panic", "the thing broke");
        ReadResult {
            state: Some(request.state),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn update(&self, _operation: &Operation<()>, request: Update<ThingModel>) -> Applied<ThingModel> {
        assert!(request.planned.name != "panic", "the thing broke");
        Applied {
            state: Some(request.planned),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn delete(&self, _operation: &Operation<()>, request: Delete<ThingModel>) -> Applied<ThingModel> {
        Applied {
            state: None,
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn import(&self, _operation: &Operation<()>, request: Import) -> Result<Imported<ThingModel>, Diagnostics> {
        if request.id.is_empty() {
            return Err(Diagnostic::error("No such thing", "It has no id.").into());
        }
        let state = ThingModel {
            name: request.id.clone(),
            id: Attr::Known(request.id),
        };
        Ok(Imported {
            state,
            private: Vec::new(),
            diagnostics: Diagnostics::new(),
        })
    }
}
