//! Components without their types: what lets one graph hold many kinds. A panic in a component ends here, as an error.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::component::{Call, Component, Identity, Observed, Replacement, Tags};
use super::error::{Error, ErrorKind, Result};
use super::input::{Sameness, Source};
use super::key::Key;
use super::outputs::{AnyOutput, Outputs};
use super::permission::Permission;
use super::spec::{Field, Rule, Spec};

/// A spec without its type.
pub(super) trait AnySpec: Any + Send + Sync {
    /// All fields.
    fn fields(&self) -> &'static [Field];
    /// Every output that a field refers to.
    fn links(&self) -> Vec<(Field, Source)>;
    /// The fields whose value is not known yet.
    fn unknown(&self) -> Vec<Field>;
    /// The same with every reference resolved for which there is an output.
    fn resolved(&self, outputs: &Outputs) -> Result<Arc<dyn AnySpec>>;
    /// The fields that are not plainly the same as in `have`. A spec of another type differs as a whole.
    fn changes(&self, have: &dyn AnySpec) -> Vec<(Field, Sameness)>;
    /// Itself, to be downcast.
    fn as_any(&self) -> &dyn Any;
}

/// What stands for the fields of a spec that was replaced by one of another type.
const WHOLE: Field = Field {
    name: "type",
    rule: Rule::Replace,
};

impl<S: Spec> AnySpec for S {
    fn fields(&self) -> &'static [Field] {
        S::FIELDS
    }

    fn links(&self) -> Vec<(Field, Source)> {
        let mut spec = self.clone();
        let inputs = spec.inputs();
        S::FIELDS
            .iter()
            .zip(&inputs)
            .flat_map(|(field, input)| input.sources().iter().map(|source| (*field, source.clone())))
            .collect()
    }

    fn unknown(&self) -> Vec<Field> {
        let mut spec = self.clone();
        let inputs = spec.inputs();
        let unknown = S::FIELDS.iter().zip(&inputs).filter(|(_, input)| input.is_unknown());
        unknown.map(|(field, _)| *field).collect()
    }

    fn resolved(&self, outputs: &Outputs) -> Result<Arc<dyn AnySpec>> {
        Ok(Arc::new(resolve(self, outputs)?))
    }

    fn changes(&self, have: &dyn AnySpec) -> Vec<(Field, Sameness)> {
        match have.as_any().downcast_ref::<S>() {
            Some(have) => self.compare(have).changes,
            None => vec![(WHOLE, Sameness::Different)],
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn resolve<S: Spec>(spec: &S, outputs: &Outputs) -> Result<S> {
    let mut spec = spec.clone();
    for input in spec.inputs() {
        input.resolve(outputs)?;
    }
    Ok(spec)
}

/// An object as it was read.
#[derive(Clone)]
pub(super) struct Sight {
    pub identity: Identity,
    pub spec: Arc<dyn AnySpec>,
    pub output: AnyOutput,
    pub tags: Option<Tags>,
    /// When.
    pub at: Instant,
}

/// How long what was seen of an object tells how it is.
const FRESH: Duration = Duration::from_secs(10);

/// A component without its type.
pub(super) trait Node<W>: Send + Sync {
    fn kind(&self) -> &'static str;
    fn replacement(&self) -> Replacement;
    fn tagged(&self) -> bool;
    fn returns(&self) -> bool;
    /// What takes the object along when it is deleted.
    fn goes_with(&self) -> Option<Key>;
    /// Whether it refers to that one only to name it.
    fn only_names(&self, other: &Key) -> bool;
    fn spec(&self) -> &dyn AnySpec;
    fn permissions(&self, world: &W, deployment: &str) -> Vec<Permission>;
    /// The same component with every reference resolved for which there is an output.
    fn resolved(&self, outputs: &Outputs) -> Result<Arc<dyn Node<W>>>;
    fn find<'a>(&'a self, call: &'a Call<'a, W>) -> BoxFuture<'a, Result<Option<Identity>>>;
    fn read<'a>(&'a self, call: &'a Call<'a, W>, identity: &'a Identity) -> BoxFuture<'a, Result<Option<Sight>>>;
    fn create<'a>(&'a self, call: &'a Call<'a, W>) -> BoxFuture<'a, Result<(Identity, AnyOutput)>>;
    fn settle<'a>(&'a self, call: &'a Call<'a, W>, identity: &'a Identity) -> BoxFuture<'a, Result<()>>;
    fn update<'a>(
        &'a self,
        call: &'a Call<'a, W>,
        have: &'a Sight,
        fields: &'a [&'static str],
    ) -> BoxFuture<'a, Result<AnyOutput>>;
    fn retag<'a>(
        &'a self,
        call: &'a Call<'a, W>,
        identity: &'a Identity,
        set: &'a Tags,
        remove: &'a [String],
    ) -> BoxFuture<'a, Result<()>>;
    fn delete<'a>(&'a self, call: &'a Call<'a, W>, have: &'a Sight) -> BoxFuture<'a, Result<()>>;
}

/// A component of a known type, as a node.
pub(super) struct Typed<C>(pub C);

impl<C, W> Node<W> for Typed<C>
where
    C: Component<W>,
    W: Send + Sync + 'static,
{
    fn kind(&self) -> &'static str {
        C::TYPE
    }

    fn replacement(&self) -> Replacement {
        C::REPLACEMENT
    }

    fn tagged(&self) -> bool {
        C::TAGGED
    }

    fn returns(&self) -> bool {
        C::RETURNS
    }

    fn goes_with(&self) -> Option<Key> {
        let links = self.0.links().into_iter();
        let mut wholes = links.filter(|(field, _)| Some(field.name) == C::GOES_WITH);
        wholes.next().map(|(_, source)| source.key)
    }

    fn only_names(&self, other: &Key) -> bool {
        let links = self.0.links().into_iter();
        let mut fields = links.filter(|(_, source)| source.key == *other).peekable();
        fields.peek().is_some() && fields.all(|(field, _)| Some(field.name) == C::NAMES)
    }

    fn spec(&self) -> &dyn AnySpec {
        &self.0
    }

    fn permissions(&self, world: &W, deployment: &str) -> Vec<Permission> {
        self.0.permissions(world, deployment)
    }

    fn resolved(&self, outputs: &Outputs) -> Result<Arc<dyn Node<W>>> {
        Ok(Arc::new(Self(resolve(&self.0, outputs)?)))
    }

    fn find<'a>(&'a self, call: &'a Call<'a, W>) -> BoxFuture<'a, Result<Option<Identity>>> {
        let work = async { self.0.find(call).await };
        guard(call, C::TYPE, "find", Box::pin(work))
    }

    fn read<'a>(&'a self, call: &'a Call<'a, W>, identity: &'a Identity) -> BoxFuture<'a, Result<Option<Sight>>> {
        let work = async {
            let observed = self.0.read(call, identity).await?;
            Ok(observed.map(|observed| Sight {
                identity: observed.identity,
                spec: Arc::new(observed.spec),
                output: Arc::new(observed.output),
                tags: observed.tags.filter(|_| C::TAGGED),
                at: Instant::now(),
            }))
        };
        guard(call, C::TYPE, "read", Box::pin(work))
    }

    fn create<'a>(&'a self, call: &'a Call<'a, W>) -> BoxFuture<'a, Result<(Identity, AnyOutput)>> {
        let work = async {
            let created = self.0.create(call).await?;
            let output: AnyOutput = Arc::new(created.output);
            Ok((created.identity, output))
        };
        guard(call, C::TYPE, "create", Box::pin(work))
    }

    fn settle<'a>(&'a self, call: &'a Call<'a, W>, identity: &'a Identity) -> BoxFuture<'a, Result<()>> {
        let work = async { self.0.settle(call, identity).await };
        guard(call, C::TYPE, "settle", Box::pin(work))
    }

    fn update<'a>(
        &'a self,
        call: &'a Call<'a, W>,
        have: &'a Sight,
        fields: &'a [&'static str],
    ) -> BoxFuture<'a, Result<AnyOutput>> {
        let work = async {
            let spec = have.spec.as_any().downcast_ref::<C>();
            let output = have.output.downcast_ref::<C::Output>();
            let (Some(spec), Some(output)) = (spec, output) else {
                return Err(Error::bug(
                    format!("update {}", C::TYPE),
                    "what was read is of another kind",
                ));
            };
            let observed = Observed {
                identity: have.identity.clone(),
                spec: spec.clone(),
                output: output.clone(),
                tags: have.tags.clone(),
            };
            let output: AnyOutput = Arc::new(self.0.update(call, &observed, fields).await?);
            Ok(output)
        };
        guard(call, C::TYPE, "update", Box::pin(work))
    }

    fn retag<'a>(
        &'a self,
        call: &'a Call<'a, W>,
        identity: &'a Identity,
        set: &'a Tags,
        remove: &'a [String],
    ) -> BoxFuture<'a, Result<()>> {
        let work = async { self.0.retag(call, identity, set, remove).await };
        guard(call, C::TYPE, "tag", Box::pin(work))
    }

    fn delete<'a>(&'a self, call: &'a Call<'a, W>, have: &'a Sight) -> BoxFuture<'a, Result<()>> {
        let work = async {
            let seen = have.output.downcast_ref().filter(|_| have.at.elapsed() < FRESH);
            self.0.before_delete(call, &have.identity, seen).await;
            self.0.delete(call, &have.identity).await
        };
        guard(call, C::TYPE, "delete", Box::pin(work))
    }
}

/// What there is beyond the deadline: for a component, to say in its own words what it was waiting for; for us, to look at
/// what it has left.
pub(super) const GRACE: Duration = Duration::from_mins(1);

/// Runs an operation of a component. Its panic becomes a bug, so that the record of everything else is not lost; one that
/// does not heed its deadline is given up. The work is boxed, or all of this would be compiled for each operation of each kind.
fn guard<'a, W, T: 'a>(
    call: &Call<'a, W>,
    kind: &'static str,
    operation: &'static str,
    work: BoxFuture<'a, Result<T>>,
) -> BoxFuture<'a, Result<T>> {
    let work = timeout_at(call.deadline + GRACE, AssertUnwindSafe(work).catch_unwind());
    Box::pin(async move {
        let attempted = || format!("{operation} {kind}");
        match work.await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => {
                let text = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied())
                    .unwrap_or("no message");
                Err(Error::bug(attempted(), format!("panicked: {text}")))
            }
            Err(_) => {
                let message = "it had not ended long after the time for this operation was up, and was given up";
                Err(Error::new(ErrorKind::TimedOut, attempted(), message).with_remedy(
                    "Plan again: the plan then shows what stands. Please report this to the provider's authors.",
                ))
            }
        }
    })
}
