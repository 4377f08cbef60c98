//! A provider with one resource, which does what a script says, and one data source.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::values::{messages, object, thing};
use crate::model::from_value;
use crate::validators::{Violation, each, length, one_of, range};
use crate::*;

pub const THING: &str = "fake_thing";
pub const VIEW: &str = "fake_view";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thing {
    pub name: Attr<String>,
    pub size: Attr<u8>,
    pub zone: Attr<String>,
    pub note: Attr<String>,
    pub password: Attr<String>,
    pub pin: Attr<String>,
    pub labels: Attr<Vec<Attr<String>>>,
    pub id: Attr<String>,
    pub parts: Attr<BTreeMap<String, Attr<String>>>,
    pub disk: Option<Disk>,
    pub rule: Vec<Rule>,
    pub peer: Vec<Peer>,
    pub timeouts: Option<Timeouts>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Disk {
    pub kind: Attr<String>,
    pub gib: Attr<i64>,
    pub key: Attr<String>,
    pub key_text: Attr<String>,
    pub path: Attr<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule {
    pub port: Attr<i64>,
    pub id: Attr<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Peer {
    pub host: Attr<String>,
    pub weight: Attr<i64>,
    pub link: Attr<String>,
}

fn schema() -> Schema {
    Schema::new(
        1,
        "A thing.",
        vec![
            Attribute::string("name", "Name.")
                .required()
                .replaces()
                .validate(length(1..=8)),
            Attribute::number("size", "Size.").default(3).validate(range(1..=300)),
            Attribute::string("zone", "Zone.").optional_computed(),
            Attribute::string("note", "Note.")
                .optional()
                .deprecated("Say nothing instead."),
            Attribute::string("password", "Password.").optional().write_only(),
            Attribute::string("pin", "Pin.")
                .optional()
                .sensitive()
                .validate(length(4..=4)),
            Attribute::set("labels", Type::String, "Labels.")
                .optional()
                .validate(each(length(1..=3))),
            Attribute::string("id", "Id.").computed(),
            Attribute::map("parts", Type::String, "Parts.").computed(),
        ],
        vec![
            Block::single(
                "disk",
                "Disk.",
                vec![
                    Attribute::string("kind", "Kind.")
                        .default("ssd")
                        .validate(one_of(["ssd", "hdd"]))
                        .replaces(),
                    Attribute::number("gib", "GiB.").optional(),
                    Attribute::string("key", "Key.")
                        .optional()
                        .conflicts_with(&["key_text"]),
                    Attribute::string("key_text", "Key.")
                        .optional()
                        .write_only()
                        .conflicts_with(&["key"]),
                    Attribute::string("path", "Path.").computed(),
                ],
                vec![],
            )
            .validate(|disk: &BTreeMap<String, Value>| {
                let hdd = disk.get("kind") == Some(&"hdd".into());
                let bare = disk.get("gib").is_some_and(Value::is_null);
                if hdd && bare {
                    vec![Violation::of("gib", "be set with kind = \"hdd\"")]
                } else {
                    vec![]
                }
            }),
            Block::list(
                "rule",
                "Rules.",
                vec![
                    Attribute::number("port", "Port.").required().replaces(),
                    Attribute::string("id", "Id.").computed(),
                ],
                vec![],
            ),
            Block::set(
                "peer",
                "Peers.",
                vec![
                    Attribute::string("host", "Host.")
                        .required()
                        .validate(length(1..=8))
                        .replaces(),
                    Attribute::number("weight", "Weight.").default(1),
                    Attribute::string("link", "Link.").computed(),
                ],
                vec![],
            ),
            Block::timeouts(&[("create", Duration::from_mins(1))]),
        ],
    )
}

/// What the resource does; each as a test wants it.
pub struct Script {
    pub plan: fn(Plan<Thing>) -> Planned<Thing>,
    pub create: fn(Create<Thing>) -> Applied<Thing>,
    pub update: fn(Update<Thing>) -> Applied<Thing>,
    pub delete: fn(Delete<Thing>) -> Applied<Thing>,
    pub read: fn(Read<Thing>) -> ReadResult<Thing>,
    pub refuse_destroy: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            plan: |plan| planned(plan.proposed),
            create: |create| applied(made(create.planned)),
            update: |update| applied(made(update.planned)),
            delete: |delete| Applied {
                state: None,
                private: delete.private,
                diagnostics: Diagnostics::new(),
            },
            read: |read| ReadResult {
                state: Some(read.state),
                private: read.private,
                diagnostics: Diagnostics::new(),
            },
            refuse_destroy: false,
        }
    }
}

pub fn planned(state: Thing) -> Planned<Thing> {
    Planned {
        state,
        requires_replace: vec![],
        private: b"planned".to_vec(),
        diagnostics: Diagnostics::new(),
    }
}

pub fn applied(state: Thing) -> Applied<Thing> {
    Applied {
        state: Some(state),
        private: b"applied".to_vec(),
        diagnostics: Diagnostics::new(),
    }
}

pub fn failed(state: Option<Thing>) -> Applied<Thing> {
    Applied {
        state,
        private: vec![],
        diagnostics: Diagnostic::error("No", "It did not work.").into(),
    }
}

/// All that is unknown in a plan, known.
pub fn made(mut thing: Thing) -> Thing {
    let settle = |attr: &mut Attr<String>| {
        if attr.is_unknown() {
            *attr = Attr::Known("made".to_owned());
        }
    };
    settle(&mut thing.id);
    settle(&mut thing.zone);
    if thing.parts.is_unknown() {
        thing.parts = Attr::Known(BTreeMap::new());
    }
    thing.disk.iter_mut().for_each(|disk| settle(&mut disk.path));
    thing.rule.iter_mut().for_each(|rule| settle(&mut rule.id));
    thing.peer.iter_mut().for_each(|peer| settle(&mut peer.link));
    thing
}

struct Resourceful(Script);

thread_local! {
    /// How often this test's resource was told of an object that was taken up.
    pub static TAKEN_UP: Cell<usize> = const { Cell::new(0) };
}

#[async_trait]
impl Resource<String> for Resourceful {
    type Model = Thing;

    fn type_name(&self) -> &'static str {
        THING
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, config: &Thing, diagnostics: &mut Diagnostics) {
        if config.name.known().is_some_and(|name| name == "bad") {
            diagnostics.push(Diagnostic::error("Bad", "A bad name.").at(Path::of(["name"])));
        }
    }

    async fn plan(&self, _: &Operation<String>, request: Plan<Thing>) -> Planned<Thing> {
        (self.0.plan)(request)
    }

    async fn plan_destroy(&self, _: &Operation<String>, _: Thing) -> Diagnostics {
        if self.0.refuse_destroy {
            Diagnostic::error("Protected", "It stays.").into()
        } else {
            Diagnostics::new()
        }
    }

    async fn create(&self, _: &Operation<String>, request: Create<Thing>) -> Applied<Thing> {
        (self.0.create)(request)
    }

    async fn read(&self, _: &Operation<String>, request: Read<Thing>) -> ReadResult<Thing> {
        (self.0.read)(request)
    }

    async fn update(&self, _: &Operation<String>, request: Update<Thing>) -> Applied<Thing> {
        (self.0.update)(request)
    }

    async fn delete(&self, operation: &Operation<String>, request: Delete<Thing>) -> Applied<Thing> {
        if operation.cancel.is_cancelled() {
            return failed(Some(request.prior));
        }
        (self.0.delete)(request)
    }

    async fn import(&self, _: &Operation<String>, request: Import) -> Result<Imported<Thing>, Diagnostics> {
        if request.id == "none" {
            return Err(Diagnostic::error("Not found", "There is no such thing.").into());
        }
        let mut state = Thing {
            name: Attr::Known(request.id),
            size: Attr::Null,
            zone: Attr::Null,
            note: Attr::Null,
            password: Attr::Null,
            pin: Attr::Null,
            labels: Attr::Null,
            id: Attr::Known("found".to_owned()),
            parts: Attr::Null,
            disk: None,
            rule: vec![],
            peer: vec![],
            timeouts: None,
        };
        if state.name.known().is_some_and(|name| name == "unknown") {
            state.zone = Attr::Unknown;
        }
        Ok(Imported {
            state,
            private: vec![],
            diagnostics: Diagnostics::new(),
        })
    }

    fn taken_up(&self, operation: &Operation<String>) {
        TAKEN_UP.set(TAKEN_UP.get() + usize::from(operation.context.is_some()));
    }

    fn upgrade(&self, version: i64, state: Value) -> Result<Thing, Diagnostics> {
        let Value::Map(entries) = state else {
            return Err(Diagnostic::error("Odd", "No object.").into());
        };
        match (version, entries.get("title")) {
            (0, Some(Value::String(title))) => {
                let mut thing = from_value::<Thing>(thing([])).unwrap();
                thing.name = Attr::Known(title.clone());
                Ok(thing)
            }
            _ => Err(Diagnostic::error("State of an unknown version", "Never was.").into()),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct View {
    name: Attr<String>,
    limit: Attr<i64>,
    seen: Attr<String>,
}

struct Views;

#[async_trait]
impl DataSource<String> for Views {
    type Model = View;

    fn type_name(&self) -> &'static str {
        VIEW
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            Attribute::string("name", "Name.").required(),
            Attribute::number("limit", "Limit.").default(10).validate(range(1..=20)),
            Attribute::string("seen", "Seen.").computed(),
        ];
        Schema::new(0, "A view.", attributes, vec![])
    }

    async fn read(&self, request: ReadData<'_, String, View>) -> Result<(View, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let name = config.name.known().cloned().unwrap_or_default();
        let seen = match name.as_str() {
            "gone" => return Err(Diagnostic::error("Not found", "Gone.").into()),
            "vague" => Attr::Unknown,
            _ => Attr::Known(format!(
                "{context} sees {name}, at most {}",
                config.limit.known().unwrap()
            )),
        };
        Ok((View { seen, ..config }, Diagnostics::new()))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    region: Attr<String>,
}

pub struct Fake(pub fn() -> Script);

#[async_trait]
impl Provider for Fake {
    type Model = Settings;
    type Context = String;

    fn schema(&self) -> Schema {
        Schema::new(
            0,
            "A fake.",
            vec![
                Attribute::string("region", "Region.")
                    .optional()
                    .validate(length(1..=5)),
            ],
            vec![],
        )
    }

    async fn configure(&self, request: Configure<Settings>) -> Result<String, Diagnostics> {
        match request.config.region {
            Attr::Known(region) => Ok(format!("{region} under {}", request.terraform_version)),
            _ => Err(Diagnostic::error("No region", "Set region.")
                .at(Path::of(["region"]))
                .into()),
        }
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<String>>> {
        vec![Box::new(Resourceful((self.0)()))]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<String>>> {
        vec![Box::new(Views)]
    }
}

/// A server, not yet configured.
pub fn bare_server(script: fn() -> Script) -> Server {
    Server::new(Fake(script))
}

/// A configured server.
pub async fn server(script: fn() -> Script) -> Server {
    let server = bare_server(script);
    let config = object([("region", "here".into())]);
    assert_eq!(messages(&server.configure("1.11.4", config).await), [""; 0]);
    server
}
