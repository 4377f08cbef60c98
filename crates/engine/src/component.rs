//! The trait that every part of a deployment implements, and what its operations are told and answer.

use std::collections::BTreeMap;
use std::future::Future;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::Result;
use super::key::{DeploymentId, Key};
use super::notes::{Note, Notes};
use super::permission::Permission;
use super::spec::Spec;

/// Tags: name → value.
pub type Tags = BTreeMap<String, String>;

/// How an object is addressed: enough, alone, to read and to delete it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The identifier that the object's own API takes.
    pub id: String,
    /// The ARN, where the object has one.
    pub arn: Option<String>,
}

/// An object that was just made.
#[derive(Debug, Clone)]
pub struct Created<O> {
    /// Its address.
    pub identity: Identity,
    /// What others can refer to.
    pub output: O,
}

/// An object as it is reported now.
#[derive(Debug, Clone)]
pub struct Observed<S, O> {
    /// Its address.
    pub identity: Identity,
    /// The spec that would describe it: every input known. Fields that cannot be read back repeat the wanted ones.
    pub spec: S,
    /// What others can refer to.
    pub output: O,
    /// Its tags, unfiltered; `None` where this kind carries none.
    pub tags: Option<Tags>,
}

/// In which order a replacement happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// The new one is made, whatever refers to the old one is repointed, then the old one is deleted.
    CreateFirst,
    /// The old one is deleted first, because both cannot stand at once (one name, one port, one zone).
    DeleteFirst,
}

/// What an operation of a component is told beside its spec.
pub struct Call<'a, W> {
    /// The world the component lives in: clients, account, partition. The engine only hands it through.
    pub world: &'a W,
    /// The component's key.
    pub key: &'a Key,
    /// Whether what is worked on was replaced: another object has taken its place in the component.
    pub replaced: bool,
    /// The deployment.
    pub deployment: &'a DeploymentId,
    /// The deployment's name.
    pub name: &'a str,
    /// All tags that the object is to carry: the user's, the provider's defaults, and the ownership tags.
    pub tags: &'a Tags,
    /// When waiting must end.
    pub deadline: Instant,
    /// Set when the user stops the run. Calls in flight finish; long waits end early with
    /// [`ErrorKind::Cancelled`](super::ErrorKind::Cancelled).
    pub cancel: &'a CancellationToken,
    /// Where the run keeps what the user should know.
    pub notes: &'a Notes,
}

impl<W> Call<'_, W> {
    /// Notes for the user what the operation could not do as it should have, and does without.
    pub fn note(&self, title: &str, text: String) {
        self.notes.add(Note {
            key: self.key.clone(),
            title: title.to_owned(),
            text,
        });
    }
}

/// One kind of part of a deployment, in a world `W`.
///
/// # Guarantees an implementation gives
/// - `create` and `update` return once whatever refers to the object can use it; `delete` returns once it is gone, and an object that
///   is gone already is a success.
/// - A create that finds an object of the same name answers [`ErrorKind::AlreadyExists`](super::ErrorKind::AlreadyExists);
///   the engine then decides by its tags whose it is.
/// - `find` works by derived name or by the ownership tags alone and answers whoever owns the object.
pub trait Component<W: Send + Sync + 'static>: Spec {
    /// The kind, as the users see it in `components[*].type`: `ecs_service`.
    const TYPE: &'static str;
    /// How it is replaced.
    const REPLACEMENT: Replacement;
    /// Whether objects of this kind carry tags.
    const TAGGED: bool = true;
    /// Whether an object that was lost and is made again as it was is the same to those who refer to it: nothing in its
    /// output that they rely on is of the world's making. They then stay as they are.
    const RETURNS: bool = false;
    /// The field that refers to what takes the object along when it is deleted, as its API documents: where a destroy
    /// deletes that, nothing is called for the object itself.
    const GOES_WITH: Option<&'static str> = None;
    /// The field that only names what it refers to: a destroy does not keep that standing until the object is gone.
    const NAMES: Option<&'static str> = None;
    /// What others can refer to.
    type Output: Clone + Send + Sync + 'static;

    /// What the caller must be allowed for the object's whole life: whatever the operations below call, and what the world
    /// checks behind these calls. `deployment` is the deployment's name. The spec's references may be unresolved here.
    fn permissions(&self, world: &W, deployment: &str) -> Vec<Permission>;

    /// Looks for the object by its derived name or by the tags of its deployment and key. References to components that
    /// do not stand are unresolved here; what can only be found through such a one does not exist.
    fn find(&self, call: &Call<'_, W>) -> impl Future<Output = Result<Option<Identity>>> + Send;

    /// Reads the object; `None` when it does not exist (any more). The spec's references may be unresolved here: the
    /// identity suffices.
    fn read(
        &self,
        call: &Call<'_, W>,
        identity: &Identity,
    ) -> impl Future<Output = Result<Option<Observed<Self, Self::Output>>>> + Send;

    /// Makes the object. Every input is resolved.
    fn create(&self, call: &Call<'_, W>) -> impl Future<Output = Result<Created<Self::Output>>> + Send;

    /// Brings the named fields of an existing object to what this spec says. Every input is resolved.
    fn update(
        &self,
        call: &Call<'_, W>,
        have: &Observed<Self, Self::Output>,
        fields: &[&'static str],
    ) -> impl Future<Output = Result<Self::Output>> + Send;

    /// Waits until an object that was being made or changed, and was not seen to its end (the answer was lost, the run
    /// was stopped, it did not come up in time), can be used by whatever refers to it. Kinds that can be used at once
    /// need not say so.
    fn settle(&self, _call: &Call<'_, W>, _identity: &Identity) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Sets and removes tags. Never asked of a kind that carries none.
    fn retag(
        &self,
        call: &Call<'_, W>,
        identity: &Identity,
        set: &Tags,
        remove: &[String],
    ) -> impl Future<Output = Result<()>> + Send;

    /// Lets what runs in the object come to its end, before it is deleted. `seen` is what others could refer to when it was
    /// read, where that was just now. What could not be done is a note for the user, and nothing that keeps it from being
    /// deleted.
    fn before_delete(
        &self,
        _call: &Call<'_, W>,
        _identity: &Identity,
        _seen: Option<&Self::Output>,
    ) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Deletes the object and waits until it is gone. The spec's references may be unresolved here: the identity suffices.
    fn delete(&self, call: &Call<'_, W>, identity: &Identity) -> impl Future<Output = Result<()>> + Send;
}
