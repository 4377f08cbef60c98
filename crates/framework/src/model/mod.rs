//! Values ⇄ typed models, through serde: an object or a map ⇄ a struct or a map with text keys, a list or a set ⇄ a
//! sequence, an attribute ⇄ [`Attr`](super::Attr) (null, unknown, known), null ⇄ `None`, a text ⇄ a `String`, a newtype
//! of it or an enum of unit variants.
//!
//! A model lists every attribute and block of its schema under its name; nothing is defaulted here. Types are not looked
//! at: the server conforms what comes out.

mod de;
mod error;
mod ser;

pub(super) use de::from_value;
pub(super) use error::{Fault, ModelError};
pub(super) use ser::to_value;

#[cfg(test)]
mod tests;
