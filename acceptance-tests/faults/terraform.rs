//! Terraform's part: it refreshes, plans, applies, keeps the state, and taints what a failed create leaves.
//!
//! Each operation is a process of its own: a runtime with a paused clock, and a provider that is configured anew. A process
//! that is killed takes everything along that it had under way.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use framework::{Diagnostic, Diagnostics, PlanReply, Server, Severity};
use protocol::{Block, Mode, Nesting, Type, Value, json as json_values};
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::wire::Wire;
use super::world::REGION;

/// How much time passes between two operations: enough for AWS to end what it does by itself.
const PAUSE: Duration = Duration::from_mins(10);

/// An object in the state.
#[derive(Clone)]
pub struct Object {
    /// Its attributes.
    pub state: Value,
    private: Vec<u8>,
    /// Whether the next apply makes it anew.
    pub tainted: bool,
}

/// What an operation came to.
#[derive(Default)]
pub struct Ran {
    /// What it told.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether it was killed.
    pub killed: bool,
    /// Whether it came as far as to change AWS.
    pub applied: bool,
    /// How long it took.
    pub took: Duration,
}

impl Ran {
    /// Its errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|one| one.severity == Severity::Error)
    }

    /// Whether it did what it was to do.
    pub fn succeeded(&self) -> bool {
        !self.killed && self.errors().next().is_none()
    }

    /// All it told, for people.
    pub fn text(&self) -> String {
        let one = |one: &Diagnostic| format!("{:?}: {}\n{}", one.severity, one.summary, one.detail);
        self.diagnostics.iter().map(one).collect::<Vec<_>>().join("\n---\n")
    }
}

/// One configuration with one resource, and its state.
#[derive(Clone)]
pub struct Terraform {
    wire: Arc<Wire>,
    type_name: &'static str,
    /// The resource as it is written.
    pub written: Json,
    /// The provider block as it is written.
    pub provider: Json,
    /// What the state holds.
    pub object: Option<Object>,
    /// Whether what a plan hands to its apply in private state gets lost.
    pub loses_private: bool,
}

impl Terraform {
    /// A configuration that was never applied.
    pub fn new(wire: Arc<Wire>, type_name: &'static str, written: Json) -> Self {
        Self {
            wire,
            type_name,
            written,
            provider: json!({
                "region": REGION, "access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "stand-in",
            }),
            object: None,
            loses_private: false,
        }
    }

    /// All that the state holds.
    pub fn remembered(&self) -> String {
        self.object.as_ref().map_or_else(String::new, |object| {
            let private = String::from_utf8_lossy(&object.private);
            format!("{} {private} {}", shown(&object.state), object.tainted)
        })
    }

    /// The same state and configuration, in another copy of the world.
    pub fn over(&self, wire: Arc<Wire>) -> Self {
        Self { wire, ..self.clone() }
    }

    /// `terraform apply`.
    pub fn apply(&mut self) -> Ran {
        self.run(Self::applying)
    }

    /// `terraform apply -refresh=false`: right after a plan has read everything.
    pub fn apply_as_read(&mut self) -> Ran {
        self.run(Self::changing)
    }

    /// `terraform destroy`.
    pub fn destroy(&mut self) -> Ran {
        self.run(Self::destroying)
    }

    /// `terraform destroy -refresh=false`: right after a plan has read everything.
    pub fn destroy_as_read(&mut self) -> Ran {
        self.run(Self::delete)
    }

    /// `terraform plan`: the second says whether there is nothing to do.
    pub fn plan(&mut self) -> (Ran, bool) {
        let mut settled = false;
        let ran = self.run(async |terraform, server, ran| {
            terraform.refresh(server, ran).await?;
            let prior = terraform.prior();
            let plan = terraform.planned(server, prior.clone(), ran).await?;
            settled = plan.requires_replace.is_empty() && plan.state == prior;
            if !settled {
                let ty = server.resource_type(terraform.type_name).expect("a resource");
                ran.diagnostics
                    .push(Diagnostic::warning("Not settled", changes(ty, &prior, &plan.state)));
            }
            Ok(())
        });
        (ran, settled)
    }

    /// `terraform refresh`.
    pub fn read(&mut self) -> Ran {
        self.run(async |terraform, server, ran| terraform.refresh(server, ran).await)
    }

    /// `terraform import`.
    pub fn import(&mut self, id: &str) -> Ran {
        self.run(async |terraform, server, ran| {
            let imported = match server.import(terraform.type_name, id).await {
                Ok(imported) => imported,
                Err(diagnostics) => return told(ran, diagnostics),
            };
            told(ran, imported.diagnostics)?;
            terraform.wire.refreshes.store(true, Ordering::Relaxed);
            let reply = server.read(terraform.type_name, imported.state, imported.private).await;
            terraform.wire.refreshes.store(false, Ordering::Relaxed);
            told(ran, reply.diagnostics)?;
            assert!(!reply.state.is_null(), "what was imported is gone");
            terraform.object = Some(Object {
                state: reply.state,
                private: reply.private,
                tainted: false,
            });
            Ok(())
        })
    }

    async fn applying(&mut self, server: &Server, ran: &mut Ran) -> Result<(), Failed> {
        self.refresh(server, ran).await?;
        self.changing(server, ran).await
    }

    async fn changing(&mut self, server: &Server, ran: &mut Ran) -> Result<(), Failed> {
        let anew = self.object.as_ref().is_some_and(|object| object.tainted);
        let mut plan = self
            .planned(server, if anew { Value::Null } else { self.prior() }, ran)
            .await?;
        if anew || (self.object.is_some() && !plan.requires_replace.is_empty()) {
            self.delete(server, ran).await?;
            plan = self.planned(server, Value::Null, ran).await?;
        }
        let prior = self.prior();
        if plan.state == prior {
            return Ok(());
        }
        ran.applied = true;
        let private = if self.loses_private { Vec::new() } else { plan.private };
        let reply = server
            .apply(self.type_name, prior.clone(), plan.state, self.config(server), private)
            .await;
        let failed = reply.diagnostics.has_errors();
        self.object = (!reply.state.is_null()).then_some(Object {
            state: reply.state,
            private: reply.private,
            tainted: failed && prior.is_null(),
        });
        told(ran, reply.diagnostics)
    }

    async fn destroying(&mut self, server: &Server, ran: &mut Ran) -> Result<(), Failed> {
        self.refresh(server, ran).await?;
        self.delete(server, ran).await
    }

    async fn delete(&mut self, server: &Server, ran: &mut Ran) -> Result<(), Failed> {
        let Some(object) = self.object.clone() else {
            return Ok(());
        };
        let plan = server
            .plan(
                self.type_name,
                object.state.clone(),
                Value::Null,
                Value::Null,
                object.private,
            )
            .await;
        told(ran, plan.diagnostics)?;
        ran.applied = true;
        let reply = server
            .apply(self.type_name, object.state, Value::Null, Value::Null, plan.private)
            .await;
        self.object = (!reply.state.is_null()).then_some(Object {
            state: reply.state,
            private: reply.private,
            tainted: object.tainted,
        });
        told(ran, reply.diagnostics)
    }

    async fn refresh(&mut self, server: &Server, ran: &mut Ran) -> Result<(), Failed> {
        let Some(object) = self.object.clone() else {
            return Ok(());
        };
        self.wire.refreshes.store(true, Ordering::Relaxed);
        let reply = server.read(self.type_name, object.state, object.private).await;
        self.wire.refreshes.store(false, Ordering::Relaxed);
        told(ran, reply.diagnostics)?;
        self.object = (!reply.state.is_null()).then_some(Object {
            state: reply.state,
            private: reply.private,
            tainted: object.tainted,
        });
        Ok(())
    }

    async fn planned(&self, server: &Server, prior: Value, ran: &mut Ran) -> Result<PlanReply, Failed> {
        let config = self.config(server);
        told(ran, server.validate_resource(self.type_name, config.clone()))?;
        let block = &server.resource_schemas()[self.type_name].block;
        let proposed = proposed(block, &prior, &config);
        let private = self
            .object
            .as_ref()
            .map(|object| object.private.clone())
            .unwrap_or_default();
        let mut plan = server.plan(self.type_name, prior, proposed, config, private).await;
        told(ran, std::mem::take(&mut plan.diagnostics))?;
        Ok(plan)
    }

    fn prior(&self) -> Value {
        self.object.as_ref().map_or(Value::Null, |object| object.state.clone())
    }

    fn config(&self, server: &Server) -> Value {
        let schema = &server.resource_schemas()[self.type_name];
        value(&schema.block, &self.written)
    }

    /// `terraform apply` twice at once, from two states.
    pub fn at_once([one, two]: [&mut Self; 2]) -> [Ran; 2] {
        let wire = one.wire.clone();
        let mut ran = [Ran::default(), Ran::default()];
        let [first, second] = &mut ran;
        chance::foretell(wire.world().begins());
        paused().block_on(async {
            wire.begin();
            tokio::join!(one.process(first, Self::applying), two.process(second, Self::applying))
        });
        wire.end(PAUSE);
        ran
    }

    /// A process of its own, on a clock of its own: it does one operation, and ends or is killed.
    fn run(&mut self, operation: impl AsyncFnOnce(&mut Self, &Server, &mut Ran) -> Result<(), Failed>) -> Ran {
        let wire = self.wire.clone();
        let mut ran = Ran::default();
        let before = self.object.clone();
        chance::foretell(wire.world().begins());
        let killed = paused().block_on(async {
            wire.begin();
            wire.refreshes.store(false, Ordering::Relaxed);
            let begun = Instant::now();
            let killed = self.process(&mut ran, operation).await;
            ran.took = begun.elapsed();
            killed
        });
        wire.end(PAUSE);
        if killed {
            self.object = before;
            ran.killed = true;
        }
        ran
    }

    /// Configures the provider and does one operation: whether it was killed in it.
    async fn process(
        &mut self,
        ran: &mut Ran,
        operation: impl AsyncFnOnce(&mut Self, &Server, &mut Ran) -> Result<(), Failed>,
    ) -> bool {
        let wire = self.wire.clone();
        let server = provider::server_over(wire.client());
        let work = async {
            let block = value(&server.provider_schema().block, &self.provider);
            told(ran, server.configure("1.11.4", block).await)?;
            operation(self, &server, ran).await
        };
        signalled(work, &wire, &server).await
    }
}

/// A runtime on a clock that is paused.
fn paused() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

/// Works until the end, or until the kill: whether that came. A Ctrl-C is handed on.
async fn signalled(work: impl Future<Output = Result<(), Failed>>, wire: &Wire, server: &Server) -> bool {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            _ = &mut work => return false,
            () = wire.signal.notified() => {
                if wire.killed() {
                    return true;
                }
                server.stop();
            }
        }
    }
}

/// An operation stopped because of an error that is in the diagnostics.
pub struct Failed;

fn told(ran: &mut Ran, diagnostics: Diagnostics) -> Result<(), Failed> {
    let failed = diagnostics.has_errors();
    ran.diagnostics.extend(diagnostics);
    if failed { Err(Failed) } else { Ok(()) }
}

/// What is written, as a value: what is not written is null, or no blocks.
fn value(block: &Block, written: &Json) -> Value {
    let whole = complete(block, written);
    json_values::decode(whole.to_string().as_bytes(), &block.ty()).expect("the configuration fits the schema")
}

fn complete(block: &Block, written: &Json) -> Json {
    let mut whole = Map::new();
    for attribute in &block.attributes {
        whole.insert(attribute.name.clone(), written[&attribute.name].clone());
    }
    for nested in &block.blocks {
        let written = &written[&nested.name];
        let inner = |one: &Json| complete(&nested.block, one);
        let value = match (nested.nesting, written) {
            (Nesting::Single, Json::Null) => Json::Null,
            (Nesting::Single, one) => inner(one),
            (_, many) => many.as_array().into_iter().flatten().map(inner).collect(),
        };
        whole.insert(nested.name.clone(), value);
    }
    Json::Object(whole)
}

/// What Terraform proposes: what is written, and the prior value of what the provider computes.
fn proposed(block: &Block, prior: &Value, config: &Value) -> Value {
    let (Value::Map(config), Value::Map(prior)) = (config, prior) else {
        return config.clone();
    };
    let mut proposed = config.clone();
    for attribute in &block.attributes {
        let computed = matches!(attribute.mode, Mode::Computed | Mode::OptionalComputed);
        if computed && config[&attribute.name].is_null() {
            proposed.insert(attribute.name.clone(), prior[&attribute.name].clone());
        }
    }
    for nested in &block.blocks {
        let (config, prior) = (&config[&nested.name], &prior[&nested.name]);
        let value = match (nested.nesting, config, prior) {
            (Nesting::Single, _, _) => self::proposed(&nested.block, prior, config),
            (Nesting::List, Value::List(config), Value::List(prior)) => {
                let one = |(n, one)| self::proposed(&nested.block, prior.get(n).unwrap_or(&Value::Null), one);
                Value::List(config.iter().enumerate().map(one).collect())
            }
            _ => config.clone(),
        };
        proposed.insert(nested.name.clone(), value);
    }
    Value::Map(proposed)
}

/// A value with all that it holds, secrets too.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "unknown".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(values) => format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Map(values) => {
            let entries = values.iter().map(|(name, value)| format!("{name}: {}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Dynamic(inner) => shown(&inner.1),
    }
}

/// Where two values differ.
fn changes(ty: &Type, prior: &Value, planned: &Value) -> String {
    if let (Type::Object(_) | Type::Map(_), Value::Map(prior), Value::Map(planned)) = (ty, prior, planned) {
        let names = planned.keys().filter(|name| prior.get(*name) != planned.get(*name));
        let lines = names.map(|name| {
            let ty = match ty {
                Type::Object(types) => &types[name],
                Type::Map(element) => element,
                _ => ty,
            };
            let was = prior.get(name).unwrap_or(&Value::Null);
            format!("{name}: {}", changes(ty, was, &planned[name]))
        });
        return lines.collect::<Vec<_>>().join("; ");
    }
    let shown = |value: &Value| match json_values::encode(value, ty) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(_) => format!("{value:?}"),
    };
    format!("{} -> {}", shown(prior), shown(planned))
}
