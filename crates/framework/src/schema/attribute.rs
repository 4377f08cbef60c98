//! An attribute and its behaviour.

use std::fmt;

use crate::validators::Validator;
use protocol::{self, Mode, Type, Value};

/// An attribute. One that says nothing else is optional.
pub struct Attribute {
    name: String,
    ty: Type,
    description: String,
    mode: Mode,
    sensitive: bool,
    write_only: bool,
    deprecation: Option<String>,
    default: Option<Value>,
    replaces: bool,
    validators: Vec<Box<dyn Validator>>,
    conflicts: Vec<String>,
}

impl Attribute {
    /// An attribute of any type. The description is Markdown.
    pub fn of(name: impl Into<String>, ty: Type, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ty,
            description: description.into(),
            mode: Mode::Optional,
            sensitive: false,
            write_only: false,
            deprecation: None,
            default: None,
            replaces: false,
            validators: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// A text.
    pub fn string(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self::of(name, Type::String, description)
    }

    /// A number.
    pub fn number(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self::of(name, Type::Number, description)
    }

    /// A truth value.
    pub fn bool(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self::of(name, Type::Bool, description)
    }

    /// A list of elements of a type.
    pub fn list(name: impl Into<String>, element: Type, description: impl Into<String>) -> Self {
        Self::of(name, Type::list(element), description)
    }

    /// A set of elements of a type.
    pub fn set(name: impl Into<String>, element: Type, description: impl Into<String>) -> Self {
        Self::of(name, Type::set(element), description)
    }

    /// A map of elements of a type.
    pub fn map(name: impl Into<String>, element: Type, description: impl Into<String>) -> Self {
        Self::of(name, Type::map(element), description)
    }

    /// The user must set it; null is refused.
    #[must_use]
    pub fn required(self) -> Self {
        self.mode(Mode::Required)
    }

    /// The user may set it.
    #[must_use]
    pub fn optional(self) -> Self {
        self.mode(Mode::Optional)
    }

    /// The provider sets it.
    #[must_use]
    pub fn computed(self) -> Self {
        self.mode(Mode::Computed)
    }

    /// The user may set it, else the provider does.
    #[must_use]
    pub fn optional_computed(self) -> Self {
        self.mode(Mode::OptionalComputed)
    }

    /// What it is where the configuration says nothing, also after the user takes a value away. Makes it optional and
    /// computed.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self.mode(Mode::OptionalComputed)
    }

    /// Terraform hides it in output, and no message of ours shows it.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// It is given to the provider, from the configuration, and stored nowhere.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// A change of it asks for a new object. A value that is not known yet counts as a change.
    #[must_use]
    pub fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// Checks its value wherever that is known and not null.
    #[must_use]
    pub fn validate(mut self, validator: impl Validator + 'static) -> Self {
        self.validators.push(Box::new(validator));
        self
    }

    /// It and these attributes or blocks, which stand beside it, exclude each other. One side saying so is enough.
    #[must_use]
    pub fn conflicts_with(mut self, siblings: &[&str]) -> Self {
        self.conflicts.extend(siblings.iter().map(|&name| name.to_owned()));
        self
    }

    /// Whoever sets it is told so, and what to use instead.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecation = Some(instead.into());
        self
    }

    fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    pub(crate) fn to_protocol(&self) -> protocol::Attribute {
        protocol::Attribute {
            name: self.name.clone(),
            ty: self.ty.clone(),
            mode: self.mode,
            description: self.description.clone(),
            sensitive: self.sensitive,
            write_only: self.write_only,
            deprecation: self.deprecation.clone(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn ty(&self) -> &Type {
        &self.ty
    }

    pub(crate) fn is_required(&self) -> bool {
        self.mode == Mode::Required
    }

    /// Whether the provider may choose the value where the configuration says nothing.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed)
    }

    /// Whether only the provider may set it.
    pub(crate) fn is_read_only(&self) -> bool {
        self.mode == Mode::Computed
    }

    /// Whether no message may show its value.
    pub(crate) fn is_secret(&self) -> bool {
        self.sensitive || self.write_only
    }

    pub(crate) fn is_write_only(&self) -> bool {
        self.write_only
    }

    pub(crate) fn default_value(&self) -> Option<&Value> {
        self.default.as_ref()
    }

    pub(crate) fn asks_for_replacement(&self) -> bool {
        self.replaces
    }

    pub(crate) fn validators(&self) -> &[Box<dyn Validator>] {
        &self.validators
    }

    pub(crate) fn conflicts(&self) -> &[String] {
        &self.conflicts
    }

    pub(crate) fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .field("ty", &self.ty)
            .finish_non_exhaustive()
    }
}
