//! Changing one attribute, and taking the change back: what all tests of updates share.

use super::view::{ADDRESS, deployment, service};
use crate::harness::Sandbox;

/// One attribute: a change of it, and what AWS shows with and without the change.
pub struct Change<T> {
    /// The line or block added to the configuration.
    pub set: &'static str,
    /// What AWS has to show for it.
    pub shown: fn(&Sandbox) -> T,
    /// With the change.
    pub with: T,
    /// Without it.
    pub without: T,
}

/// What can be asked of a change, whatever the type of what AWS shows.
pub trait InPlace {
    /// Applies the change, then takes it back; each time AWS shows it, the next plan is empty, and the deployment, its
    /// service and its volume are the ones that were there before.
    fn comes_and_goes(&self, sandbox: &Sandbox, base: &str);
}

impl<T: PartialEq + std::fmt::Debug> InPlace for Change<T> {
    fn comes_and_goes(&self, sandbox: &Sandbox, base: &str) {
        let identity = || {
            let state = sandbox.state(ADDRESS);
            let service = service(sandbox);
            let made = service.created_at().map(ToString::to_string);
            (state.text("id").to_owned(), state.at("file_system_id").clone(), made)
        };
        let before = identity();
        assert_eq!((self.shown)(sandbox), self.without, "before {}", self.set);
        sandbox.apply(&deployment(sandbox, &format!("{base}\n  {}", self.set)));
        assert_eq!((self.shown)(sandbox), self.with, "with {}", self.set);
        assert_eq!(identity(), before, "{} was to change in place", self.set);
        sandbox.apply(&deployment(sandbox, base));
        assert_eq!((self.shown)(sandbox), self.without, "without {} again", self.set);
        assert_eq!(identity(), before, "without {} again was to change in place", self.set);
    }
}

/// Takes each change through a deployment of its own base.
pub fn each_comes_and_goes(base: &str, changes: &[&dyn InPlace]) {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, base));
    for change in changes {
        change.comes_and_goes(&sandbox, base);
    }
    sandbox.destroy();
}
