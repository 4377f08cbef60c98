//! What a provider offers, with schemas and types ready.

use std::collections::BTreeMap;

use crate::framework::any_data_source::BoundDataSource;
use crate::framework::any_provider::AnyProvider;
use crate::framework::any_resource::{BoundResource, Output};
use crate::framework::bug::{breach, bug, misfit, unfit};
use crate::framework::function::{self, AnyFunction};
use crate::framework::model::ModelError;
use crate::framework::rules::{Breach, blocks_present, null_unknowns, placed, unknowns, without_write_only};
use crate::framework::schema::{Body, Schema};
use crate::protocol::{self, Diagnostic, Diagnostics, Path, Signature, Type, Value, conform};

/// Everything a provider offers.
pub(super) struct Offer {
    pub provider: Shape,
    resources: BTreeMap<String, Offered<dyn BoundResource>>,
    data_sources: BTreeMap<String, Offered<dyn BoundDataSource>>,
    functions: BTreeMap<String, OfferedFunction>,
    pub resource_schemas: BTreeMap<String, protocol::Schema>,
    pub data_source_schemas: BTreeMap<String, protocol::Schema>,
    pub signatures: BTreeMap<String, Signature>,
    twice: Vec<String>,
}

/// A resource or data source with its shape.
pub(super) struct Offered<T: ?Sized> {
    pub shape: Shape,
    pub implementation: Box<T>,
}

/// A function with its signature.
pub(super) struct OfferedFunction {
    pub signature: Signature,
    pub implementation: Box<dyn AnyFunction>,
}

/// A schema in all its forms, and the name of what it is of.
pub(super) struct Shape {
    pub name: String,
    pub schema: Schema,
    pub told: protocol::Schema,
    pub ty: Type,
}

impl Offer {
    pub fn of(provider: &dyn AnyProvider) -> Self {
        let mut offer = Self {
            provider: Shape::new("provider", provider.schema()),
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            functions: BTreeMap::new(),
            resource_schemas: BTreeMap::new(),
            data_source_schemas: BTreeMap::new(),
            signatures: BTreeMap::new(),
            twice: Vec::new(),
        };
        for implementation in provider.resources() {
            let shape = Shape::new(implementation.type_name(), implementation.schema());
            let name = shape.name.clone();
            offer.resource_schemas.insert(name.clone(), shape.told.clone());
            if offer
                .resources
                .insert(name.clone(), Offered { shape, implementation })
                .is_some()
            {
                offer.twice.push(name);
            }
        }
        for implementation in provider.data_sources() {
            let shape = Shape::new(implementation.type_name(), implementation.schema());
            let name = shape.name.clone();
            offer.data_source_schemas.insert(name.clone(), shape.told.clone());
            if offer
                .data_sources
                .insert(name.clone(), Offered { shape, implementation })
                .is_some()
            {
                offer.twice.push(name);
            }
        }
        for implementation in provider.functions() {
            let (name, signature) = (implementation.name().to_owned(), implementation.signature());
            offer.signatures.insert(name.clone(), signature.clone());
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

    pub fn problems(&self) -> Diagnostics {
        let twice = self
            .twice
            .iter()
            .map(|name| bug(name, &Path::root(), "The provider offers it twice."));
        let shapes = std::iter::once(&self.provider)
            .chain(self.resources.values().map(|offered| &offered.shape))
            .chain(self.data_sources.values().map(|offered| &offered.shape));
        let problems = shapes.flat_map(|shape| {
            shape
                .schema
                .problems()
                .into_iter()
                .map(|problem| bug(&shape.name, &Path::root(), &problem))
        });
        let of_functions = self.functions.iter().flat_map(|(name, function)| {
            function::problems(name, &function.signature)
                .into_iter()
                .map(move |problem| bug(name, &Path::root(), &problem))
        });
        twice.chain(problems).chain(of_functions).collect()
    }
}

fn no_such<'a>(kind: &str, name: &str, offered: impl Iterator<Item = &'a String>) -> Diagnostic {
    let offered: Vec<&str> = offered.map(String::as_str).collect();
    let detail = format!("This provider has no {kind} {name}. It has: {}.", offered.join(", "));
    Diagnostic::error(format!("Unknown {kind}"), detail)
}

impl Shape {
    fn new(name: &str, schema: Schema) -> Self {
        let told = schema.to_protocol();
        let ty = told.block.ty();
        Self {
            name: name.to_owned(),
            schema,
            told,
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
