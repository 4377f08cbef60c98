//! Between attributes and inputs: what a configuration leaves unknown is an unknown input, and what a component puts out
//! becomes an attribute.

use std::fmt::Display;

use engine::{Action, Input, Outputs, Preview, Source};
use framework::Attr;

/// An attribute as an input; null and unknown alike are told by the caller's default.
pub fn input<T: Clone, U>(attr: &Attr<T>, known: impl FnOnce(T) -> U, null: U) -> Input<U> {
    match attr {
        Attr::Null => Input::Known(null),
        Attr::Unknown => Input::Unknown,
        Attr::Known(value) => Input::Known(known(value.clone())),
    }
}

/// The elements of a list where all of them are known; an absent list has none.
pub fn known_list(attr: &Attr<Vec<Attr<String>>>) -> Option<Vec<String>> {
    match attr {
        Attr::Null => Some(Vec::new()),
        Attr::Unknown => None,
        Attr::Known(items) => items.iter().map(|item| item.known().cloned()).collect(),
    }
}

/// The ids of a list, once all of them are known; an absent list has none.
pub fn known_ids<T, C>(attr: &Attr<Vec<Attr<String>>>) -> Input<C>
where
    T: for<'t> From<&'t str>,
    C: FromIterator<T>,
{
    match known_list(attr) {
        Some(ids) => Input::Known(ids.iter().map(|id| T::from(id)).collect()),
        None => Input::Unknown,
    }
}

/// An input that is there.
pub fn some<T: Clone + PartialEq + Send + Sync + 'static>(input: Input<T>) -> Input<Option<T>> {
    input.with("some", (), |value, ()| Some(value))
}

/// An input that may be there.
pub fn perhaps<T: Clone + PartialEq + Send + Sync + 'static>(input: Option<Input<T>>) -> Input<Option<T>> {
    input.map_or(Input::Known(None), some)
}

/// How inputs become attributes: at plan from what will happen to the components, after a run from what they put out.
pub enum Resolver<'a> {
    /// At plan: outputs of what will be made are unknown, of what stays are as they were.
    Planned(&'a Preview),
    /// After a run or a read.
    Done(&'a Outputs),
}

impl Resolver<'_> {
    /// Sets a text attribute from an input.
    pub fn set<T: Display + Clone>(&self, slot: &mut Attr<String>, input: &Input<T>) {
        self.set_with(slot, input, ToString::to_string);
    }

    /// Sets a text attribute from an input that may turn out to hold nothing.
    pub fn set_optional<T: Display + Clone>(&self, slot: &mut Attr<String>, input: &Input<Option<T>>) {
        let Some(resolved) = self.resolve(input) else { return };
        *slot = match resolved {
            Attr::Known(Some(value)) => Attr::Known(value.to_string()),
            Attr::Known(None) | Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
        };
    }

    /// Sets an attribute from an input.
    pub fn set_with<T: Clone, U>(&self, slot: &mut Attr<U>, input: &Input<T>, convert: impl FnOnce(&T) -> U) {
        if let Some(resolved) = self.resolve(input) {
            *slot = resolved.as_ref().map(convert);
        }
    }

    /// What an input is or will be; `None` where it stays what it was.
    fn resolve<T: Clone>(&self, input: &Input<T>) -> Option<Attr<T>> {
        match (input, self) {
            (Input::Known(value), _) => Some(Attr::Known(value.clone())),
            (Input::Unknown, Self::Planned(_)) => Some(Attr::Unknown),
            (Input::Unknown, Self::Done(_)) => Some(Attr::Null),
            (Input::Ref(reference), Self::Planned(preview)) => {
                let stays = |source: &Source| match preview.action(&source.key) {
                    Some(Action::Keep) => true,
                    Some(Action::Update { .. }) => !source.volatile,
                    _ => false,
                };
                if reference.sources.iter().all(stays) {
                    None
                } else {
                    Some(Attr::Unknown)
                }
            }
            (Input::Ref(_), Self::Done(outputs)) => Some(outputs.resolve(input).ok().flatten().into()),
        }
    }
}
