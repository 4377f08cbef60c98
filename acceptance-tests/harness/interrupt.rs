//! A command under way, to be stopped or killed.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::{Finished, StandIn};

/// A running `terraform` with its provider, in a process group of its own. Whatever is left of it is killed on drop.
pub struct Running {
    command: String,
    child: Option<Child>,
    group: u32,
}

impl Running {
    /// Takes charge of a leader of a process group.
    pub fn new(command: String, child: Child) -> Self {
        let group = child.id();
        Self {
            command,
            child: Some(child),
            group,
        }
    }

    /// Waits until AWS was asked that.
    pub fn until_called(&self, stand_in: &StandIn, action: &str) {
        let patience = Instant::now() + Duration::from_mins(1);
        while !stand_in.calls().iter().any(|call| call.action == action) {
            assert!(
                Instant::now() < patience,
                "terraform {} never called {action}",
                self.command
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until that is so: false, where the command ends before.
    pub fn until(&mut self, is_so: impl Fn() -> bool) -> bool {
        let patience = Instant::now() + Duration::from_mins(3);
        while !is_so() {
            let child = self.child.as_mut().expect("still running");
            if child.try_wait().expect("a child").is_some() {
                return is_so();
            }
            assert!(Instant::now() < patience, "terraform {} does not end", self.command);
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// What Ctrl-C does: a signal to `terraform` and its provider.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// What a machine that dies does to both.
    pub fn kill(mut self) {
        self.signal("KILL");
        if let Some(mut child) = self.child.take() {
            child.wait().expect("a process that was killed ends");
        }
    }

    /// Waits for the end.
    pub fn finish(mut self) -> Finished {
        let output = self
            .child
            .take()
            .expect("still running")
            .wait_with_output()
            .expect("terraform ends");
        Finished::of(&self.command, &output)
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), "--", &format!("-{}", self.group)])
            .status();
        assert!(status.expect("kill starts").success(), "the process group is gone");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            self.signal("KILL");
            // Already ended is as good as ended.
            let _ = child.wait();
        }
    }
}
