//! Kinds of components for the test cloud.

use super::cloud::{Cloud, Op, State, Thing};
use crate::spec;
use crate::{
    Call, Component, Created, Error, ErrorKind, Identity, Input, Key, Observed, Permission, Ref, Replacement, Result,
    Tags,
};

/// What every kind offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub id: String,
    /// Changes with the size.
    pub address: String,
}

/// The ids of those components.
pub fn ids(keys: &[&str]) -> Input<Vec<String>> {
    all(keys, |key| Ref::new(key, "id", false, |offer: &Offer| offer.id.clone()))
}

/// The addresses of those components, which may change under an update.
pub fn addresses(keys: &[&str]) -> Input<Vec<String>> {
    all(keys, |key| {
        Ref::new(key, "address", true, |offer: &Offer| offer.address.clone())
    })
}

fn all(keys: &[&str], reference: impl Fn(Key) -> Ref<String>) -> Input<Vec<String>> {
    keys.iter().fold(Input::Known(Vec::new()), |list, key| {
        let item = Input::Ref(reference(Key::new(*key)));
        list.and(item).with("append", (), |(mut list, item), ()| {
            list.push(item);
            list
        })
    })
}

macro_rules! kind {
    ($(#[$meta:meta])* $name:ident, $type:literal, $replacement:ident, tagged: $tagged:literal, unique: $unique:literal $(, with: $with:literal)? $(, names: $names:literal)?) => {
        spec! {
            $(#[$meta])*
            pub struct $name {
                replace color: u8,
                update size: u8,
                update hidden: u8,
                replace base: Vec<String>,
                update peers: Vec<String>,
                update watches: Vec<String>,
            }
        }

        impl $name {
            pub fn new() -> Self {
                Self {
                    color: 0.into(),
                    size: 0.into(),
                    hidden: 0.into(),
                    base: Vec::new().into(),
                    peers: Vec::new().into(),
                    watches: Vec::new().into(),
                }
            }
        }

        impl Component<Cloud> for $name {
            const TYPE: &'static str = $type;
            const REPLACEMENT: Replacement = Replacement::$replacement;
            const TAGGED: bool = $tagged;
            const RETURNS: bool = $unique && !matches!($type.as_bytes(), b"grey");
            const GOES_WITH: Option<&'static str> = [$(Some($with),)? None][0];
            const NAMES: Option<&'static str> = [$(Some($names),)? None][0];
            type Output = Offer;

            fn permissions(&self, _world: &Cloud, _deployment: &str) -> Vec<Permission> {
                Vec::new()
            }

            async fn find(&self, call: &Call<'_, Cloud>) -> Result<Option<Identity>> {
                if !$tagged && self.base.known().is_none() {
                    return Ok(None);
                }
                call.world.call(call, Op::Find, |state, _| Ok(find(state, $type, call).map(identity))).await
            }

            async fn read(
                &self,
                call: &Call<'_, Cloud>,
                identity: &Identity,
            ) -> Result<Option<Observed<Self, Offer>>> {
                call.world
                    .call(call, Op::Read, |state, _| {
                        let thing = state.things.get(&identity.id).filter(|thing| thing.kind == $type);
                        Ok(thing.map(|thing| Observed {
                            identity: super::kinds::identity(thing),
                            spec: Self {
                                color: thing.color.into(),
                                size: thing.size.into(),
                                hidden: self.hidden.clone(),
                                base: thing.base.clone().into(),
                                peers: thing.peers.clone().into(),
                                watches: thing.watches.clone().into(),
                            },
                            output: offer(thing),
                            tags: thing.tags.clone(),
                        }))
                    })
                    .await
            }

            async fn create(&self, call: &Call<'_, Cloud>) -> Result<Created<Offer>> {
                let mut thing = Thing {
                    uid: 0,
                    id: String::new(),
                    kind: $type,
                    name: format!("{}-{}", call.name, call.key),
                    color: *self.color.get()?,
                    size: *self.size.get()?,
                    hidden: *self.hidden.get()?,
                    base: self.base.get()?.clone(),
                    peers: self.peers.get()?.clone(),
                    watches: self.watches.get()?.clone(),
                    revision: 0,
                    tags: $tagged.then(|| call.tags.clone()),
                    maker: call.deployment.to_string(),
                    ready: false,
                };
                call.world
                    .call(call, Op::Create, |state, ready| {
                        if $type == "lax" && let Some(other) = find(state, $type, call) {
                            return Ok(Created { identity: identity(other), output: offer(other) });
                        }
                        if $unique && let Some(other) = find(state, $type, call) {
                            let text = format!("{} exists", other.id);
                            return Err(Error::new(ErrorKind::AlreadyExists, "cloud:Create", text));
                        }
                        state.next_uid += 1;
                        thing.uid = state.next_uid;
                        thing.id = if $unique && $type != "grey" { format!("{}:{}", $type, thing.name) } else { format!("{}-{}", $type, thing.uid) };
                        thing.ready = ready;
                        state.note(Op::Create, call, &thing);
                        state.check_references(call, &thing);
                        let created = Created { identity: identity(&thing), output: offer(&thing) };
                        state.things.insert(thing.id.clone(), thing);
                        Ok(created)
                    })
                    .await
            }

            async fn settle(&self, call: &Call<'_, Cloud>, identity: &Identity) -> Result<()> {
                let settle = |state: &mut State, _| {
                    if let Some(thing) = state.things.get_mut(&identity.id) {
                        thing.ready = true;
                    }
                    Ok(())
                };
                call.world.call(call, Op::Settle, settle).await
            }

            async fn update(
                &self,
                call: &Call<'_, Cloud>,
                have: &Observed<Self, Offer>,
                fields: &[&'static str],
            ) -> Result<Offer> {
                let (size, hidden) = (*self.size.get()?, *self.hidden.get()?);
                let (peers, watches) = (self.peers.get()?.clone(), self.watches.get()?.clone());
                call.world
                    .call(call, Op::Update, |state, _| {
                        let Some(mut thing) = state.things.get(&have.identity.id).cloned() else {
                            return Err(Error::new(ErrorKind::NotFound, "cloud:Update", "it is gone"));
                        };
                        state.note(Op::Update, call, &thing);
                        for field in fields {
                            match *field {
                                "size" => {
                                    thing.size = size;
                                    thing.revision += 1;
                                }
                                "hidden" => thing.hidden = hidden,
                                "peers" => thing.peers = peers.clone(),
                                "watches" => thing.watches = watches.clone(),
                                other => state.violation(format!("{}.{other} cannot be updated", call.key)),
                            }
                        }
                        state.check_references(call, &thing);
                        thing.ready = true;
                        let output = offer(&thing);
                        state.things.insert(thing.id.clone(), thing);
                        Ok(output)
                    })
                    .await
            }

            async fn retag(
                &self,
                call: &Call<'_, Cloud>,
                identity: &Identity,
                set: &Tags,
                remove: &[String],
            ) -> Result<()> {
                call.world
                    .call(call, Op::Retag, |state, _| {
                        let Some(mut thing) = state.things.get(&identity.id).cloned() else {
                            return Err(Error::new(ErrorKind::NotFound, "cloud:Retag", "it is gone"));
                        };
                        state.note(Op::Retag, call, &thing);
                        let Some(tags) = &mut thing.tags else {
                            state.violation(format!("{} carries no tags", call.key));
                            return Ok(());
                        };
                        tags.extend(set.clone());
                        tags.retain(|name, _| !remove.contains(name));
                        thing.maker = State::owner(tags);
                        state.things.insert(thing.id.clone(), thing);
                        Ok(())
                    })
                    .await
            }

            async fn before_delete(&self, call: &Call<'_, Cloud>, _identity: &Identity, seen: Option<&Offer>) {
                call.world.state().ended.insert(call.key.to_string(), seen.is_some());
            }

            async fn delete(&self, call: &Call<'_, Cloud>, identity: &Identity) -> Result<()> {
                let takes = call.world.state().deletion;
                tokio::time::sleep(takes).await;
                let delete = |state: &mut State, _| {
                    state.delete(call, &identity.id);
                    Ok(())
                };
                call.world.call(call, Op::Delete, delete).await
            }
        }
    };
}

kind!(
    /// Made anew before the old one goes; several may bear one name.
    Blue, "blue", CreateFirst, tagged: true, unique: false
);
kind!(
    /// Has a name that nobody else may bear, and an id made of it; the old one goes first.
    Red, "red", DeleteFirst, tagged: true, unique: true
);
kind!(
    /// As `Red`, but each object has an id of its own, so that whoever refers to it has to be repointed.
    Grey, "grey", DeleteFirst, tagged: true, unique: true
);
kind!(
    /// As `Red`, carries no tags, and is found by what it stands on alone.
    Plain, "plain", DeleteFirst, tagged: false, unique: true
);

kind!(
    /// Answers a second creator with the first one's object, as no kind of ours may.
    Lax, "lax", CreateFirst, tagged: true, unique: true
);

kind!(
    /// As `Red`, and goes with what it stands on.
    Leaf, "leaf", DeleteFirst, tagged: true, unique: true, with: "base"
);

kind!(
    /// As `Red`, and only names its peers.
    Guest, "guest", DeleteFirst, tagged: true, unique: true, names: "peers"
);

fn find<'a>(state: &'a State, kind: &str, call: &Call<'_, Cloud>) -> Option<&'a Thing> {
    let name = format!("{}-{}", call.name, call.key);
    let named = state
        .things
        .values()
        .filter(|thing| thing.kind == kind && thing.name == name);
    named.max_by_key(|thing| thing.uid)
}

fn identity(thing: &Thing) -> Identity {
    Identity {
        id: thing.id.clone(),
        arn: Some(format!("arn:test:{}", thing.id)),
    }
}

fn offer(thing: &Thing) -> Offer {
    Offer {
        id: thing.id.clone(),
        address: thing.address(),
    }
}
