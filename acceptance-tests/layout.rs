//! How a release is linked: `release/in-order.sh` lays out first what `release/order.txt` names.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const SOURCE: &str = "
int first(void) { return 1; }
int second(void) { return 2; }
int _RNvCsAb12_5crate5third(void) { return 3; }
int fourth(void) { return 4; }
int main(void) { return first() + second() + _RNvCsAb12_5crate5third() + fourth(); }
";

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// The functions of a program of five, in the order in which they lie when they are linked in that one, and what the linking
/// says. What it calls is looked for in `tools` first.
fn linked(order: &str, tools: &Path) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join("release");
    for name in ["in-order.sh", "order.awk"] {
        fs::copy(release.join(name), at(name)).unwrap();
    }
    fs::write(at("order.txt"), order).unwrap();
    fs::write(at("program.c"), SOURCE).unwrap();
    run(Command::new("cc")
        .args(["-c", "-ffunction-sections", "program.c", "-o", "program.o"])
        .current_dir(&folder));
    let path = format!("{}:{}", tools.display(), env::var("PATH").unwrap());
    let linking = run(Command::new(at("in-order.sh"))
        .args(["program.o", "-o", "program"])
        .env("PATH", path)
        .current_dir(&folder));
    let symbols = run(Command::new("nm")
        .args(["--numeric-sort", "program"])
        .current_dir(&folder));
    let symbols = String::from_utf8(symbols.stdout).unwrap();
    let names = symbols.lines().filter_map(|line| line.rsplit(' ').next());
    let ours = names.filter(|name| SOURCE.contains(&format!("int {name}(void)")));
    let said = String::from_utf8(linking.stderr).unwrap();
    (ours.map(str::to_owned).collect(), said)
}

#[test]
fn what_runs_first_lies_together_whatever_its_crates_build_is_called() {
    let none = tempfile::tempdir().unwrap();
    let laid_out = |order| {
        let (functions, said) = linked(order, none.path());
        assert_eq!(said, "");
        functions
    };
    let third = "_RNvCsAb12_5crate5third";
    assert_eq!(laid_out(""), ["first", "second", third, "fourth", "main"]);
    assert_eq!(
        laid_out("fourth\nwhat_is_no_more\n_RNvC_5crate5third\n"),
        ["fourth", third, "first", "second", "main"]
    );
}

#[test]
fn where_the_linker_knows_no_order_a_release_is_linked_all_the_same_and_that_is_said() {
    let tools = tempfile::tempdir().unwrap();
    let cc = tools.path().join("cc");
    let real = run(Command::new("sh").args(["-c", "command -v cc"])).stdout;
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *-fuse-ld=lld*) exit 1 ;; esac\nexec {} \"$@\"\n",
        String::from_utf8(real).unwrap().trim()
    );
    fs::write(&cc, script).unwrap();
    fs::set_permissions(&cc, fs::Permissions::from_mode(0o755)).unwrap();
    let (functions, said) = linked("fourth\n", tools.path());
    assert_eq!(functions[0], "first");
    assert!(said.contains("it is linked in no order"), "{said}");
}
