//! The real `terraform` (or `tofu`), in a folder and an environment of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use super::stand_in::{PROVIDER, REGION, binary};
use super::{Attributes, Diagnostic, Plan, Running, Severity};

/// A folder with a configuration and its state.
pub struct Terraform {
    folder: PathBuf,
    environment: BTreeMap<String, String>,
}

impl Terraform {
    /// An empty folder, in which the provider under test works on the AWS at that endpoint.
    pub fn new(folder: &Path, endpoint: &str) -> Self {
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary).expect("a folder for temporary files");
        let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        let environment = [
            ("PATH", std::env::var("PATH").expect("a PATH")),
            ("HOME", text(folder)),
            ("TMPDIR", text(&temporary)),
            ("CHECKPOINT_DISABLE", "1".to_owned()),
            ("TF_CLI_CONFIG_FILE", text(&folder.join("terraform.rc"))),
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", PROVIDER.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "terraform".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            // The tasks' addresses lead nowhere here, or to a stranger: what is not on this machine is not asked.
            ("HTTP_PROXY", "http://127.0.0.1:9".to_owned()),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ];
        let mut terraform = Self {
            folder: folder.to_owned(),
            environment: environment
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        };
        if let Ok(level) = std::env::var("TF_LOG_PROVIDER") {
            terraform.set("TF_LOG_PROVIDER", Some(&level));
            terraform.set("TF_LOG_PATH", Some(&text(&folder.join("provider.log"))));
        }
        let build = text(binary().parent().expect("a folder"));
        terraform.write(
            "terraform.rc",
            &format!("provider_installation {{\n  dev_overrides {{\n    \"thatdot/thatdot\" = \"{build}\"\n  }}\n}}\n"),
        );
        terraform
    }

    /// An empty folder, in which the provider under test works on the AWS that the environment names.
    pub fn on_real_aws(folder: &Path) -> Self {
        let mut terraform = Self::new(folder, "");
        terraform.environment.retain(|name, _| !name.starts_with("AWS_"));
        // Profiles and sessions lie in the user's own home.
        let of_user = std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name == "HOME");
        terraform.environment.extend(of_user);
        terraform
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the file's folder");
        std::fs::write(path, text).expect("the file is written");
    }

    /// Sets an environment variable for the commands from now on; `None` takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.environment.insert(name.to_owned(), value.to_owned()),
            None => self.environment.remove(name),
        };
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        let output = self.command(arguments).output().expect("terraform starts");
        Finished::of(&arguments.join(" "), &output)
    }

    /// What an expression stands for, as `terraform console` shows it.
    pub fn evaluated(&self, expression: &str) -> String {
        let mut question = tempfile::tempfile().expect("a file for what is asked");
        writeln!(question, "{expression}")
            .and_then(|()| question.rewind())
            .expect("it is written");
        let output = self
            .command(&["console"])
            .stdin(question)
            .output()
            .expect("terraform starts");
        let finished = Finished::of("console", &output).succeeded();
        finished.output.trim_end().to_owned()
    }

    /// Starts a command in a process group of its own, as a shell does.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn();
        Running::new(arguments.join(" "), child.expect("terraform starts"))
    }

    /// Checks the configuration, offline.
    pub fn validate(&self) -> Finished {
        self.run(&["validate", "-json", "-no-color"])
    }

    /// Applies, with those options.
    pub fn apply(&self, options: &[&str]) -> Finished {
        self.run(&[&["apply", "-auto-approve", "-input=false", "-json"], options].concat())
    }

    /// Destroys, with those options.
    pub fn destroy(&self, options: &[&str]) -> Finished {
        self.run(&[&["destroy", "-auto-approve", "-input=false", "-json"], options].concat())
    }

    /// Plans, with those options, without keeping the plan.
    pub fn plan(&self, options: &[&str]) -> Finished {
        self.run(&[&["plan", "-input=false", "-json"], options].concat())
    }

    /// Plans, with those options, and reads the plan.
    pub fn planned(&self, options: &[&str]) -> Plan {
        self.plan(&[&["-out=saved.tfplan"], options].concat()).succeeded();
        Plan::new(self.json(&["show", "-json", "saved.tfplan"]))
    }

    /// The attributes of the object at that address, in the state.
    pub fn state(&self, address: &str) -> Option<Attributes> {
        let state = self.json(&["show", "-json"]);
        let resources = state["values"]["root_module"]["resources"].as_array()?;
        let resource = resources.iter().find(|resource| resource["address"] == address)?;
        Some(Attributes::new(resource["values"].clone()))
    }

    /// Whether the object at that address is marked to be made anew.
    pub fn is_tainted(&self, address: &str) -> bool {
        let state = self.json(&["show", "-json"]);
        let resources = state["values"]["root_module"]["resources"].as_array();
        resources
            .into_iter()
            .flatten()
            .any(|resource| resource["address"] == address && resource["tainted"] == true)
    }

    /// The schema that Terraform gets from the provider under test.
    pub fn provider_schema(&self) -> Value {
        self.write(
            "main.tf",
            "terraform {\n  required_providers {\n    thatdot = { source = \"thatdot/thatdot\" }\n  }\n}\n",
        );
        let mut said = self.json(&["providers", "schema", "-json"]);
        let providers = said["provider_schemas"].as_object_mut().expect("schemas by provider");
        let ours = providers
            .iter_mut()
            .find(|(source, _)| source.ends_with("/thatdot/thatdot"));
        ours.expect("our schema").1.take()
    }

    /// What a command prints, as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let finished = self.run(arguments).succeeded();
        serde_json::from_str(&finished.output).unwrap_or_else(|error| panic!("no JSON ({error}) from {finished}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(tool());
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null());
        command
    }
}

/// The program: `TF_ACC_TERRAFORM_PATH`, as a path or a name, else `terraform`, else `tofu`.
fn tool() -> &'static Path {
    static TOOL: LazyLock<PathBuf> = LazyLock::new(|| {
        let asked = std::env::var("TF_ACC_TERRAFORM_PATH").ok();
        let names = asked.as_deref().map_or(vec!["terraform", "tofu"], |name| vec![name]);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<_> = std::env::split_paths(&path).collect();
        let mut candidates = names.iter().flat_map(|tool| folders.iter().map(move |f| f.join(tool)));
        candidates
            .find(|tool| tool.is_file())
            .unwrap_or_else(|| panic!("{} is not in the PATH", names.join(" or ")))
    });
    &TOOL
}

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// The command.
    pub command: String,
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub complaints: String,
}

impl Finished {
    /// The end of a command.
    pub fn of(command: &str, output: &Output) -> Self {
        Self {
            command: command.to_owned(),
            code: output.status.code(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaints: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails the test unless the command did what it was asked to.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "this was to succeed: {self}");
        self
    }

    /// The errors of a command that was to fail; fails the test if it did not.
    pub fn errors(&self) -> Vec<Diagnostic> {
        assert_ne!(self.code, Some(0), "this was to fail: {self}");
        let errors = self.diagnostics(Severity::Error);
        assert!(!errors.is_empty(), "this failed without an error: {self}");
        errors
    }

    /// The one error of a command that was to fail; fails the test if it did not, or if there are more.
    pub fn error(&self) -> Diagnostic {
        let mut errors = self.errors();
        assert_eq!(errors.len(), 1, "one error was to be told: {self}");
        errors.remove(0)
    }

    /// The provider's warnings, by their headlines. Terraform itself warns that the provider was not installed.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings = self.diagnostics(Severity::Warning);
        warnings.retain(|warning| warning.summary != "Provider development overrides are in effect");
        warnings.sort_by(|one, other| one.summary.cmp(&other.summary));
        warnings
    }

    fn diagnostics(&self, severity: Severity) -> Vec<Diagnostic> {
        Diagnostic::all_of(&self.output)
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .collect()
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "terraform {} (exit {:?})", self.command, self.code)?;
        let diagnostics = Diagnostic::all_of(&self.output);
        for diagnostic in &diagnostics {
            writeln!(
                f,
                "{:?}: {}\n  at: {}",
                diagnostic.severity,
                diagnostic.text(),
                diagnostic.line()
            )?;
        }
        if diagnostics.is_empty() {
            writeln!(f, "{}", self.output)?;
        }
        f.write_str(&self.complaints)
    }
}
