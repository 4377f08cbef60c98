//! One test's world: an AWS, a VPC in it, and a folder with a configuration.

use std::collections::BTreeSet;

use tempfile::TempDir;

use super::{Attributes, Aws, Plan, StandIn, Terraform, Vpc, account};

/// One test's world: a stand-in for AWS of its own, or with `TF_ACC=1` the real one. It ends with the test, and then checks
/// that no request broke AWS's rules.
pub struct Sandbox {
    /// The folder with the configuration.
    pub terraform: Terraform,
    /// AWS, past Terraform.
    pub aws: Aws,
    /// A VPC to deploy in.
    pub vpc: Vpc,
    /// The server that plays AWS.
    pub stand_in: StandIn,
    found: BTreeSet<String>,
    _folder: TempDir,
}

impl Sandbox {
    /// A world with nothing in it but a VPC.
    pub fn new() -> Self {
        let mut folder = tempfile::Builder::new()
            .prefix("thatdot-test-")
            .tempdir()
            .expect("a temporary folder");
        if std::env::var_os("KEEP").is_some() {
            folder.disable_cleanup(true);
            eprintln!("the test's folder is {}", folder.path().display());
        }
        let work = folder.path().join("work");
        if account::is_asked_for() {
            return Self {
                terraform: Terraform::on_real_aws(&work),
                aws: Aws::real(),
                vpc: account::vpc(),
                found: account::inventory(),
                stand_in: StandIn::absent(),
                _folder: folder,
            };
        }
        let stand_in = StandIn::start(&folder.path().join("stand-in.log"));
        Self {
            terraform: Terraform::new(&work, stand_in.endpoint()),
            aws: Aws::at(stand_in.endpoint()),
            vpc: stand_in.vpc(),
            found: stand_in.inventory(),
            stand_in,
            _folder: folder,
        }
    }

    /// Writes the configuration.
    pub fn configure(&self, text: &str) {
        self.terraform.write("main.tf", text);
    }

    /// Writes the configuration and applies it, which must succeed, and leave nothing more to do.
    pub fn apply(&self, text: &str) {
        self.configure(text);
        self.terraform.apply(&[]).succeeded();
        self.assert_settled();
    }

    /// Fails the test unless the next plan is empty.
    pub fn assert_settled(&self) {
        let plan = self
            .terraform
            .run(&["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
        assert_eq!(plan.code, Some(0), "the next plan was to be empty: {plan}");
    }

    /// The plan of the configuration as it stands.
    pub fn plan(&self) -> Plan {
        self.terraform.planned(&[])
    }

    /// The attributes of the object at that address.
    pub fn state(&self, address: &str) -> Attributes {
        self.terraform
            .state(address)
            .unwrap_or_else(|| panic!("{address} is not in the state"))
    }

    /// Forgets the object at that address, lets Terraform write its configuration for an import by that id, and fails the
    /// test unless that plans as nothing to do. `head` is what is configured beside it.
    pub fn writes_its_configuration(&self, head: &str, address: &str, id: &str) {
        self.terraform.run(&["state", "rm", address]).succeeded();
        self.configure(&format!("{head}\nimport {{\n  to = {address}\n  id = \"{id}\"\n}}\n"));
        let plan = self.terraform.planned(&["-generate-config-out=generated.tf"]);
        assert_eq!(plan.change(address).actions, ["no-op"], "imported as it is");
        self.terraform.apply(&[]).succeeded();
        self.assert_settled();
    }

    /// Does something that must only look: it calls nothing that writes. A real account has no list of calls; there, nothing
    /// may have come or gone.
    pub fn only_looks(&self, work: impl FnOnce()) {
        if account::is_asked_for() {
            let before = self.inventory();
            work();
            assert_eq!(self.inventory(), before, "something came or went");
        } else {
            self.stand_in.forget_calls();
            work();
            assert_eq!(self.stand_in.writes(), Vec::<String>::new(), "this was only to look");
        }
    }

    /// Destroys everything, and fails the test unless AWS is as it was found.
    pub fn destroy(&self) {
        self.terraform.destroy(&[]).succeeded();
        self.assert_nothing_left();
    }

    /// Fails the test unless AWS holds what it held at first, and nothing else.
    pub fn assert_nothing_left(&self) {
        let now = self.inventory();
        let left: Vec<_> = now.difference(&self.found).collect();
        let gone: Vec<_> = self.found.difference(&now).collect();
        assert!(
            left.is_empty() && gone.is_empty(),
            "left behind: {left:?}; gone with it: {gone:?}"
        );
    }

    /// Takes what AWS holds now as what there is to be found again.
    pub fn take_as_found(&mut self) {
        self.found = self.inventory();
    }

    fn inventory(&self) -> BTreeSet<String> {
        if account::is_asked_for() {
            account::inventory()
        } else {
            self.stand_in.inventory()
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if account::is_asked_for() {
            // Also after a test that fails, or leaves the destroying to another: what stands there is paid for.
            let destroyed = self.terraform.destroy(&[]);
            if destroyed.code != Some(0) {
                eprintln!("something may be left in the account: {destroyed}");
            }
        } else if !std::thread::panicking() {
            let violations = self.stand_in.violations();
            assert!(
                violations.is_empty(),
                "requests that AWS's service models do not allow: {violations:#?}"
            );
            let undeclared = self.stand_in.undeclared();
            assert!(
                undeclared.is_empty(),
                "called, and declared by no component: {undeclared:?}"
            );
        }
    }
}
