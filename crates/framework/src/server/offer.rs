//! What a provider offers. The shape of a resource is worked out when it is first needed: a process of Terraform's mostly needs
//! that of one.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::any_data_source::BoundDataSource;
use crate::any_provider::AnyProvider;
use crate::any_resource::{BoundResource, Output};
use crate::bug::{breach, bug, misfit, unfit};
use crate::function::{self, AnyFunction};
use crate::model::ModelError;
use crate::rules::{Breach, blocks_present, null_unknowns, placed, unknowns, without_write_only};
use crate::schema::{Body, Schema};
use protocol::{self, Diagnostic, Diagnostics, Path, Signature, Type, Value, conform};

/// Everything a provider offers.
pub(super) struct Offer {
    pub provider: Shape,
    resources: BTreeMap<String, Offered<dyn BoundResource>>,
    data_sources: BTreeMap<String, Offered<dyn BoundDataSource>>,
    functions: BTreeMap<String, OfferedFunction>,
    twice: Vec<String>,
}

type LateShape = LazyLock<Shape, Box<dyn FnOnce() -> Shape + Send + Sync>>;

/// A resource or data source with its shape.
pub(super) struct Offered<T: ?Sized> {
    pub shape: LateShape,
    pub implementation: Arc<T>,
}

/// A function with its signature.
pub(super) struct OfferedFunction {
    pub signature: Signature,
    pub implementation: Box<dyn AnyFunction>,
}

/// A schema, the type of its values, and the name of what it is of.
pub(super) struct Shape {
    pub name: String,
    pub schema: Schema,
    pub ty: Type,
}

/// What Terraform is told of all that is offered.
pub(super) struct Told {
    pub provider: protocol::Schema,
    pub resources: BTreeMap<String, protocol::Schema>,
    pub data_sources: BTreeMap<String, protocol::Schema>,
    pub signatures: BTreeMap<String, Signature>,
    /// Mistakes of the provider's authors.
    pub problems: Diagnostics,
}

impl Offer {
    pub fn of(provider: &dyn AnyProvider) -> Self {
        let mut offer = Self {
            provider: Shape::new("provider", provider.schema()),
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            functions: BTreeMap::new(),
            twice: Vec::new(),
        };
        for resource in provider.resources() {
            let resource: Arc<dyn BoundResource> = Arc::from(resource);
            let (name, of) = (resource.type_name().to_owned(), Arc::clone(&resource));
            let offered = Offered {
                shape: later(move || Shape::new(of.type_name(), of.schema())),
                implementation: resource,
            };
            if offer.resources.insert(name.clone(), offered).is_some() {
                offer.twice.push(name);
            }
        }
        for source in provider.data_sources() {
            let source: Arc<dyn BoundDataSource> = Arc::from(source);
            let (name, of) = (source.type_name().to_owned(), Arc::clone(&source));
            let offered = Offered {
                shape: later(move || Shape::new(of.type_name(), of.schema())),
                implementation: source,
            };
            if offer.data_sources.insert(name.clone(), offered).is_some() {
                offer.twice.push(name);
            }
        }
        for implementation in provider.functions() {
            let (name, signature) = (implementation.name().to_owned(), implementation.signature());
            let function = OfferedFunction {
                signature,
                implementation,
            };
            if offer.functions.insert(name.clone(), function).is_some() {
                offer.twice.push(name);
            }
        }
        offer
    }

    pub fn function(&self, name: &str) -> Result<&OfferedFunction, Diagnostic> {
        self.functions
            .get(name)
            .ok_or_else(|| no_such("function", name, self.functions.keys()))
    }

    pub fn resource(&self, type_name: &str) -> Result<&Offered<dyn BoundResource>, Diagnostic> {
        self.resources
            .get(type_name)
            .ok_or_else(|| no_such("resource type", type_name, self.resources.keys()))
    }

    pub fn data_source(&self, type_name: &str) -> Result<&Offered<dyn BoundDataSource>, Diagnostic> {
        self.data_sources
            .get(type_name)
            .ok_or_else(|| no_such("data source", type_name, self.data_sources.keys()))
    }

    /// What Terraform is told of it.
    pub fn told(&self) -> Told {
        let twice = self
            .twice
            .iter()
            .map(|name| bug(name, &Path::root(), "The provider offers it twice."));
        let mut problems: Diagnostics = twice.collect();
        let mut tell = |name: &str, schema: &Schema| {
            for problem in schema.problems() {
                problems.push(bug(name, &Path::root(), &problem));
            }
            schema.to_protocol()
        };
        let provider = tell(&self.provider.name, &self.provider.schema);
        let resources = self.resources.iter();
        let resources = resources.map(|(name, offered)| (name.clone(), tell(name, &offered.implementation.schema())));
        let resources = resources.collect();
        let data_sources = self.data_sources.iter();
        let data_sources =
            data_sources.map(|(name, offered)| (name.clone(), tell(name, &offered.implementation.schema())));
        let data_sources = data_sources.collect();
        let functions = self.functions.iter();
        let signatures: BTreeMap<String, Signature> = functions
            .map(|(name, function)| (name.clone(), function.signature.clone()))
            .collect();
        for (name, signature) in &signatures {
            for problem in function::problems(name, signature) {
                problems.push(bug(name, &Path::root(), &problem));
            }
        }
        Told {
            provider,
            resources,
            data_sources,
            signatures,
            problems,
        }
    }
}

/// A shape for when it is needed.
fn later(make: impl FnOnce() -> Shape + Send + Sync + 'static) -> LateShape {
    LazyLock::new(Box::new(make))
}

fn no_such<'a>(kind: &str, name: &str, offered: impl Iterator<Item = &'a String>) -> Diagnostic {
    let offered: Vec<&str> = offered.map(String::as_str).collect();
    let detail = format!("This provider has no {kind} {name}. It has: {}.", offered.join(", "));
    Diagnostic::error(format!("Unknown {kind}"), detail)
}

impl Shape {
    fn new(name: &str, schema: Schema) -> Self {
        let ty = schema.to_protocol().block.ty();
        Self {
            name: name.to_owned(),
            schema,
            ty,
        }
    }

    pub fn body(&self) -> &Body {
        self.schema.body()
    }

    /// What came in, in canonical form.
    pub fn admit(&self, value: Value) -> Result<Value, Diagnostic> {
        conform(value, &self.ty).map_err(|error| {
            let detail = format!(
                "What Terraform sent for {} does not conform to its schema: {error}.",
                self.name
            );
            Diagnostic::error("Malformed request", detail).at(error.path)
        })
    }

    /// What a model became, in canonical form. The error is a bug in the provider.
    pub fn deliver(&self, output: Output) -> Result<Value, Diagnostic> {
        let value = output.map_err(|error| bug(&self.name, &error.path, &error.problem))?;
        conform(blocks_present(self.body(), value), &self.ty).map_err(|error| misfit(&self.name, &error))
    }

    /// The value without write-only values: Terraform drops an object that has one.
    pub fn bare(&self, value: Value, diagnostics: &mut Diagnostics) -> Value {
        let (value, had) = without_write_only(self.body(), value);
        for path in had {
            self.breach(path, "The result has a value for a write-only attribute.", diagnostics);
        }
        value
    }

    /// The value without unknown ones, each of which is a breach.
    pub fn known(&self, value: Value, diagnostics: &mut Diagnostics) -> Value {
        let unknowns = unknowns(&value);
        if unknowns.is_empty() {
            return value;
        }
        for path in unknowns {
            self.breach(
                path,
                "The result has an unknown value, though everything is known by now.",
                diagnostics,
            );
        }
        self.nulled(value)
    }

    /// The value with null for what is unknown.
    pub fn nulled(&self, value: Value) -> Value {
        self.canonical(null_unknowns(self.body(), value))
    }

    /// The value, of our own making, in canonical form.
    pub fn canonical(&self, value: Value) -> Value {
        conform(value.clone(), &self.ty).unwrap_or(value)
    }

    pub fn breach(&self, path: Path, what: &'static str, diagnostics: &mut Diagnostics) {
        self.report(&[Breach { path, what }], diagnostics);
    }

    pub fn report(&self, breaches: &[Breach], diagnostics: &mut Diagnostics) {
        for found in breaches {
            diagnostics.push(breach(&self.name, found));
        }
    }

    /// A value that did not fit the model.
    pub fn unfit(&self, error: &ModelError) -> Diagnostic {
        unfit(&self.name, error)
    }

    /// The diagnostics where Terraform can point at them.
    pub fn placed(&self, diagnostics: Diagnostics) -> Diagnostics {
        placed(&self.ty, diagnostics)
    }
}
