//! What the user should know of steps that went well: what an operation could not do as it should have, and did without.

use std::sync::{Arc, Mutex, PoisonError};

use super::key::Key;

/// The notes of a run, which its steps share.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<Note>>>);

/// One note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The component.
    pub key: Key,
    /// What was left undone, in a few words.
    pub title: String,
    /// Why, what may come of it, and what to do.
    pub text: String,
}

impl Notes {
    pub(super) fn add(&self, note: Note) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    /// The notes so far.
    pub fn list(&self) -> Vec<Note> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
