//! What a component should be, and how two such descriptions compare.

use super::input::{AnyInput, Sameness};

/// What a change of a field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The object can be changed in place.
    Update,
    /// The object must be made anew.
    Replace,
}

/// One field of a spec and what changing it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The field's name, as in the struct and in drift reports.
    pub name: &'static str,
    /// What a change asks for.
    pub rule: Rule,
}

/// Field by field, how what is wanted compares with what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Every field that is not plainly the same, in the struct's order.
    pub changes: Vec<(Field, Sameness)>,
}

impl Comparison {
    /// The names of the fields that differ for certain.
    pub fn different(&self) -> Vec<&'static str> {
        self.changes
            .iter()
            .filter(|(_, s)| *s == Sameness::Different)
            .map(|(f, _)| f.name)
            .collect()
    }
}

/// A component's description: a struct whose fields are all [`Input`](super::Input)s. Made by [`spec!`](crate::spec).
pub trait Spec: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// The fields, in order.
    const FIELDS: &'static [Field];

    /// A description of which nothing is known: enough to read and to delete an object by its identity.
    fn blank() -> Self;

    /// All inputs, in the order of [`FIELDS`](Self::FIELDS), to draw edges and to resolve references.
    fn inputs(&mut self) -> Vec<&mut dyn AnyInput>;

    /// Compares what is wanted with what is there, or with what was wanted before.
    fn compare(&self, have: &Self) -> Comparison;
}

/// Declares a component's spec: each field is an [`Input`](crate::Input) of the given type, marked `update`
/// where the object can be changed in place and `replace` where it must be made anew.
#[macro_export]
macro_rules! spec {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$doc:meta])* $rule:ident $field:ident: $ty:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[$doc])* pub $field: $crate::Input<$ty>, )*
        }

        impl $crate::Spec for $name {
            const FIELDS: &'static [$crate::Field] = &[
                $( $crate::Field { name: stringify!($field), rule: $crate::spec!(@rule $rule) }, )*
            ];

            fn blank() -> Self {
                Self { $( $field: $crate::Input::Unknown, )* }
            }

            fn inputs(&mut self) -> Vec<&mut dyn $crate::AnyInput> {
                vec![ $( &mut self.$field, )* ]
            }

            fn compare(&self, have: &Self) -> $crate::Comparison {
                let sameness = [ $( self.$field.sameness(&have.$field), )* ];
                let changes = <Self as $crate::Spec>::FIELDS.iter().copied().zip(sameness)
                    .filter(|(_, sameness)| *sameness != $crate::Sameness::Same)
                    .collect();
                $crate::Comparison { changes }
            }
        }
    };
    (@rule update) => { $crate::Rule::Update };
    (@rule replace) => { $crate::Rule::Replace };
}
