//! What can go wrong while a component is read, made, changed or deleted.

use std::fmt;

/// Classes of failure the engine treats differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The cloud asked us to slow down, and went on asking until the retries were used up.
    Throttled,
    /// The object does not exist.
    NotFound,
    /// An object of that name or token exists already.
    AlreadyExists,
    /// The object is in use or in a state that forbids the call.
    Conflict,
    /// The caller lacks a permission.
    Denied,
    /// The cloud refused the input.
    Invalid,
    /// A quota is used up.
    LimitExceeded,
    /// No answer: connection refused, reset, name not resolved, or an answer that is not the API's.
    Unreachable,
    /// The operation's deadline passed.
    TimedOut,
    /// The user stopped the run before this step began.
    Cancelled,
    /// Everything was made but what runs on it does not come up.
    Unhealthy,
    /// An object that another deployment owns stands where ours should.
    Foreign,
    /// What stands is no longer what the plan was made for.
    Outdated,
    /// A defect of ours.
    Bug,
    /// The cloud failed in a way that fits no other class.
    Other,
}

/// A failure, told so that it can be acted upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The class.
    pub kind: ErrorKind,
    /// What was tried, as an API operation where there is one: `ecs:CreateService`.
    pub attempted: String,
    /// What happened, in the cloud's own words where it spoke.
    pub message: String,
    /// The cloud's error code.
    pub code: Option<String>,
    /// The cloud's request id.
    pub request_id: Option<String>,
    /// What to do next.
    pub remedy: Option<String>,
}

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of a class, of something that was attempted.
    pub fn new(kind: ErrorKind, attempted: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            attempted: attempted.into(),
            message: message.into(),
            code: None,
            request_id: None,
            remedy: None,
        }
    }

    /// A defect of ours.
    pub fn bug(attempted: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Bug, attempted, message)
    }

    /// The same error with advice on what to do next.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl Error {
    /// The error in paragraphs, for people: what was tried and what happened, the code and request id, what to do next.
    pub fn explained(&self) -> String {
        self.paragraphs(&[("Code", &self.code), ("Request id", &self.request_id)])
    }

    /// The same without the request id, for what is kept and compared: it reads alike as long as the cause is the same.
    pub fn explained_alike(&self) -> String {
        self.paragraphs(&[("Code", &self.code)])
    }

    fn paragraphs(&self, facts: &[(&str, &Option<String>)]) -> String {
        let mut paragraphs = vec![format!("{}: {}", self.attempted, self.message)];
        let facts: Vec<String> = facts
            .iter()
            .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)))
            .collect();
        if !facts.is_empty() {
            paragraphs.push(facts.join("\n"));
        }
        paragraphs.extend(self.remedy.clone());
        paragraphs.join("\n\n")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.attempted, self.message)?;
        match (&self.code, &self.request_id) {
            (Some(code), Some(id)) => write!(f, " ({code}, request {id})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(id)) => write!(f, " (request {id})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
