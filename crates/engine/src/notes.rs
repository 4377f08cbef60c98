//! What the user should know of steps that went well: what an operation could not do as it should have, and did without.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::key::Key;

/// The notes of a run, which its steps share.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    notes: Vec<Note>,
    late: Option<String>,
}

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
        self.noted().notes.push(note);
    }

    /// A step came to what it was to, but took the time that was left for it: the rest of the run ends by that.
    pub(super) fn took_the_time(&self, step: String) {
        self.noted().late = Some(step);
    }

    /// The step that took the time, if one did.
    pub(super) fn late(&self) -> Option<String> {
        self.noted().late.clone()
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The notes so far.
    pub fn list(&self) -> Vec<Note> {
        self.noted().notes.clone()
    }
}
