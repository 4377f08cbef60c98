//! What a release holds, and that a plain `terraform init` installs it: from a folder, and from a registry.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Pages, Terraform, Website, binary};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The files of a release, as a dry run makes them for this machine.
struct Release {
    folder: TempDir,
    platform: (String, String),
}

impl Release {
    fn dry_run() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("make")
            .args(["--no-print-directory", "release-dry-run"])
            .arg(format!("BINARY={}", binary().display()))
            .arg(format!("DIST={}", folder.path().display()))
            .env_remove("MAKEFLAGS")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", told(&made));
        let names = names(folder.path());
        let archive = names.iter().find_map(|name| {
            let rest = name.strip_prefix(&format!("terraform-provider-thatdot_{VERSION}_"))?;
            rest.strip_suffix(".zip")?.split_once('_')
        });
        let (os, arch) = archive.unwrap_or_else(|| panic!("no archive in {names:?}"));
        let platform = (os.to_owned(), arch.to_owned());
        Self { folder, platform }
    }

    fn archive(&self) -> String {
        let (os, arch) = &self.platform;
        format!("terraform-provider-thatdot_{VERSION}_{os}_{arch}.zip")
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// What the archive has by its checksums.
    fn checksum(&self) -> String {
        let sums = self.text(&named("SHA256SUMS"));
        let line = sums.lines().find(|line| line.ends_with(&self.archive()));
        line.and_then(|line| line.split(' ').next())
            .expect("a checksum of the archive")
            .to_owned()
    }

    /// A registry that serves it: the pages of the provider registry protocol.
    fn pages(&self) -> Pages {
        let (os, arch) = &self.platform;
        let (sums, signature, archive) = (named("SHA256SUMS"), named("SHA256SUMS.sig"), self.archive());
        let manifest: Value = serde_json::from_slice(&self.read(&named("manifest.json"))).unwrap();
        let protocols = &manifest["metadata"]["protocol_versions"];
        let provider = "/providers/thatdot/thatdot";
        let versions = json!({ "versions": [{
            "version": VERSION,
            "protocols": protocols,
            "platforms": [{ "os": os, "arch": arch }],
        }] });
        let download = json!({
            "protocols": protocols,
            "os": os,
            "arch": arch,
            "filename": archive,
            "download_url": format!("/files/{archive}"),
            "shasum": self.checksum(),
            "shasums_url": format!("/files/{sums}"),
            "shasums_signature_url": format!("/files/{signature}"),
            "signing_keys": { "gpg_public_keys": [{ "ascii_armor": self.text("public-key.asc") }] },
        });
        let mut pages = Pages::from([
            (
                "/.well-known/terraform.json".to_owned(),
                json!({ "providers.v1": "/providers/" }).to_string().into(),
            ),
            (format!("{provider}/versions"), versions.to_string().into()),
            (
                format!("{provider}/{VERSION}/download/{os}/{arch}"),
                download.to_string().into(),
            ),
        ]);
        for file in [archive, sums, signature] {
            pages.insert(format!("/files/{file}"), self.read(&file));
        }
        pages
    }
}

fn named(rest: &str) -> String {
    format!("terraform-provider-thatdot_{VERSION}_{rest}")
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A folder whose configuration takes the provider from `source`, found as `installation` says.
fn folder(home: &Path, source: &str, installation: &str) -> Terraform {
    let terraform = Terraform::new(home, "http://127.0.0.1:9");
    terraform.write(
        "terraform.rc",
        &format!("provider_installation {{\n{installation}\n}}\n"),
    );
    terraform.write(
        "main.tf",
        &format!(
            "terraform {{\n  required_providers {{\n    thatdot = {{\n      source  = \"{source}\"\n      version = \"{VERSION}\"\n    \
             }}\n  }}\n}}\n\noutput \"size\" {{\n  value = provider::thatdot::fargate_size(1, 14)\n}}\n"
        ),
    );
    terraform
}

/// Installs the provider, and calls it.
fn installs(terraform: &Terraform) -> String {
    let init = terraform.run(&["init", "-input=false", "-no-color"]).succeeded();
    terraform.validate().succeeded();
    init.output
}

#[test]
fn a_release_is_complete_and_installs_from_a_folder_and_from_a_registry() {
    let release = Release::dry_run();
    let mut expected = vec![
        "notes.md".to_owned(),
        "public-key.asc".to_owned(),
        named("SHA256SUMS"),
        named("SHA256SUMS.sig"),
        release.archive(),
        named("manifest.json"),
    ];
    expected.sort();
    assert_eq!(names(release.folder.path()), expected);
    let sums = release.text(&named("SHA256SUMS"));
    assert_eq!(sums.lines().count(), 2, "the archive and the manifest: {sums}");
    assert!(release.text("notes.md").contains("### Platforms"));

    // From a folder, as the archive is.
    let mirror = tempfile::tempdir().unwrap();
    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let place = mirror.path().join(host).join("thatdot/thatdot");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::copy(
            release.folder.path().join(release.archive()),
            place.join(release.archive()),
        )
        .unwrap();
    }
    let home = tempfile::tempdir().unwrap();
    let place = format!(
        "  filesystem_mirror {{\n    path = \"{}\"\n  }}",
        mirror.path().display()
    );
    installs(&folder(home.path(), "thatdot/thatdot", &place));

    from_a_registry(&release);
}

/// Go trusts the authorities that `SSL_CERT_FILE` names on Linux alone; elsewhere it asks the operating system.
#[cfg(target_os = "linux")]
fn from_a_registry(release: &Release) {
    let at = |home: &Path, pages: Pages| {
        let site = Website::of(pages);
        let mut terraform = folder(home, &format!("{}/thatdot/thatdot", site.host()), "  direct {}");
        terraform.write("ca.pem", site.certificate());
        let ca = home.join("ca.pem");
        terraform.set("SSL_CERT_FILE", ca.to_str());
        terraform
    };

    let home = tempfile::tempdir().unwrap();
    let terraform = at(home.path(), release.pages());
    let told = installs(&terraform);
    assert!(
        told.contains("signed, key ID"),
        "the signature was not looked at: {told}"
    );
    let lock = std::fs::read_to_string(home.path().join(".terraform.lock.hcl")).unwrap();
    assert!(lock.contains(&format!("zh:{}", release.checksum())), "{lock}");

    // What somebody has meddled with is refused.
    let refused = |file: &str, why: &str| {
        let mut pages = release.pages();
        let page = pages.get_mut(&format!("/files/{file}")).unwrap();
        let last = page.len() - 30;
        page[last] ^= 1;
        let home = tempfile::tempdir().unwrap();
        let init = at(home.path(), pages).run(&["init", "-input=false", "-no-color"]);
        assert_ne!(init.code, Some(0), "{file}: {init}");
        let told = init.complaints.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(why), "{file}: {init}");
    };
    refused(&release.archive(), "checksum");
    refused(&named("SHA256SUMS"), "signature");
}

#[cfg(not(target_os = "linux"))]
fn from_a_registry(_: &Release) {}

/// Runs one of the scripts of `release/`.
fn script(name: &str, arguments: &[&str]) -> Output {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("release").join(name))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap()
}

#[test]
fn the_same_binary_gives_the_same_archive_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    std::fs::write(&program, "a program").unwrap();
    let archive = |to: &str, umask: &str| {
        let to = folder.path().join(to);
        let arguments = [program.to_str().unwrap(), "windows_amd64", to.to_str().unwrap()];
        let command = format!(
            "umask {umask}; exec {}/release/archive.py \"$@\"",
            env!("CARGO_MANIFEST_DIR")
        );
        let made = Command::new("sh")
            .args(["-c", &command, "sh"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", told(&made));
        std::fs::read(to.join(named("windows_amd64.zip"))).unwrap()
    };
    let first = archive("first", "022");
    assert_eq!(first, archive("second", "077"));
    let inside = String::from_utf8_lossy(&first).into_owned();
    assert!(
        inside.contains(&format!("terraform-provider-thatdot_v{VERSION}.exe")),
        "{inside}"
    );
}

#[test]
fn a_version_that_the_changelog_does_not_tell_of_is_not_released() {
    let notes = script("notes.py", &[]);
    let changelog = include_str!("../CHANGELOG.md");
    assert_eq!(
        notes.status.success(),
        changelog.contains(&format!("## [{VERSION}]")),
        "{}",
        told(&notes)
    );
    let notes = script("notes.py", &["--dry-run"]);
    assert!(notes.status.success(), "{}", told(&notes));
    assert!(told(&notes).contains("thatdot_detector_deployment"), "{}", told(&notes));
}
