//! Places that Terraform can point at.

use protocol::{Diagnostics, Path, Step, Type};

/// The path as far as Terraform can follow it: an element of a set has no place of its own, so a path ends at the set.
pub(crate) fn place(mut ty: &Type, path: &Path) -> Path {
    let mut place = Path::root();
    for step in path.steps() {
        let next = match (ty, step) {
            (Type::Object(types), Step::Attribute(name) | Step::Key(name)) => {
                types.get(name).map(|ty| (ty, Step::Attribute(name.clone())))
            }
            (Type::Map(element), Step::Attribute(key) | Step::Key(key)) => {
                Some((element.as_ref(), Step::Key(key.clone())))
            }
            (Type::List(element), Step::Index(_)) => Some((element.as_ref(), step.clone())),
            (Type::Tuple(types), Step::Index(index)) => types.get(*index).map(|ty| (ty, step.clone())),
            _ => None,
        };
        let Some((inner, step)) = next else { break };
        (ty, place) = (inner, place.step(step));
    }
    place
}

/// The diagnostics, each at a place that Terraform can point at.
pub(crate) fn placed(ty: &Type, diagnostics: Diagnostics) -> Diagnostics {
    let placed = diagnostics.into_iter().map(|mut diagnostic| {
        diagnostic.path = diagnostic.path.map(|path| place(ty, &path));
        diagnostic
    });
    placed.collect()
}
