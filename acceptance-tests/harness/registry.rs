//! A real container registry on this machine, and images made for a test.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use oci_client::client::{ClientConfig, ClientProtocol, Config, ImageLayer};
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciImageManifest,
};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference, RegistryOperation};
use serde_json::json;

use super::Wait;
use super::stand_in::target_dir;

/// Who may use a registry that does not let in everybody, by name and password.
const USERS: [(&str, &str, &str); 2] = [
    (
        "AWS",
        "stand-in-token",
        "$2b$04$BJrhKP62SYAD48y4Oi.6g.IrykMsWt8E4k24G97/LA/LwoMYJYEwy",
    ),
    (
        "reader",
        "let-me-read",
        "$2b$04$xHrSxmpfJmqkmAyq8eh2yOZKzKj1D12vZIfCaAGVllxW0TvW6N1SO",
    ),
];

/// A running registry. It ends when this is dropped.
pub struct Registry {
    process: Child,
    address: String,
    storage: PathBuf,
    guarded: bool,
}

/// An image of one platform: what its layers hold.
#[derive(Debug, Clone)]
pub struct TestImage {
    layers: Vec<Vec<u8>>,
    architecture: &'static str,
}

impl TestImage {
    /// An image for `linux/amd64` with layers that differ by their seeds, each of `size` bytes that no compression shrinks.
    pub fn new(seeds: &[u64], size: usize) -> Self {
        Self {
            layers: seeds.iter().map(|seed| noise(*seed, size)).collect(),
            architecture: "amd64",
        }
    }

    /// The same for another architecture.
    pub fn of(self, architecture: &'static str) -> Self {
        Self { architecture, ..self }
    }
}

fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}

impl Registry {
    /// A registry that lets in everybody, with its files in that folder.
    pub fn open(folder: &Path) -> Self {
        Self::start(folder, false)
    }

    /// A registry that lets in who has one of its passwords: `AWS` (as ECR's) or `reader`.
    pub fn guarded(folder: &Path) -> Self {
        Self::start(folder, true)
    }

    fn start(folder: &Path, guarded: bool) -> Self {
        static PROGRAM: LazyLock<PathBuf> = LazyLock::new(set_up);
        std::fs::create_dir_all(folder).expect("the registry's folder");
        let storage = folder.join("storage");
        let users = folder.join("users");
        std::fs::write(&users, USERS.map(|(name, _, hash)| format!("{name}:{hash}\n")).concat()).expect("its users");
        let mut config = json!({
            "version": 0.1,
            "storage": { "filesystem": { "rootdirectory": storage }, "delete": { "enabled": true } },
            "http": { "addr": "127.0.0.1:0", "secret": "test" },
        });
        if guarded {
            config["auth"] = json!({ "htpasswd": { "realm": "test", "path": users } });
        }
        // YAML is a superset of JSON.
        let file = folder.join("config.yml");
        std::fs::write(&file, config.to_string()).expect("its configuration");
        let mut process = Command::new(&*PROGRAM)
            .arg("serve")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docker-registry starts");
        let mut log = File::create(folder.join("log")).expect("its log");
        let mut lines = BufReader::new(process.stderr.take().expect("standard error is piped")).lines();
        let mut address = None;
        while address.is_none() {
            let line = lines.next().and_then(Result::ok);
            let line = line.unwrap_or_else(|| panic!("docker-registry did not start: see {}", folder.display()));
            writeln!(log, "{line}").expect("its log is written");
            address = line.split("listening on ").nth(1).map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
                rest[..end.unwrap_or(rest.len())].to_owned()
            });
        }
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // A log that cannot be written fails no test.
                let _ = writeln!(log, "{line}");
            }
        });
        Self {
            process,
            address: address.expect("an address"),
            storage,
            guarded,
        }
    }

    /// Where it answers: `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The folder with its files.
    pub fn storage(&self) -> &Path {
        &self.storage
    }

    /// The password of the user that ECR's tokens are for.
    pub fn token() -> &'static str {
        USERS[0].1
    }

    /// Pushes an image, and tells its digest.
    pub fn push(&self, repository: &str, tag: &str, image: &TestImage) -> String {
        let layers: Vec<ImageLayer> = image
            .layers
            .iter()
            .map(|layer| ImageLayer::oci_v1_gzip(layer.clone(), None))
            .collect();
        let config = json!({
            "architecture": image.architecture, "os": "linux",
            "rootfs": { "type": "layers", "diff_ids": [] }, "config": {},
        });
        let config = Config::oci_v1(config.to_string(), None);
        let mut manifest = OciImageManifest::build(&layers, &config, None);
        manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.to_owned());
        let (client, reference) = (self.client(), self.reference(repository, tag));
        client
            .push(&reference, &layers, config, &self.auth(), Some(manifest))
            .wait()
            .expect("the image is pushed");
        self.digest(repository, tag).expect("the image is there")
    }

    /// Pushes an index of images, each by its digest and for its architecture, and tells its digest.
    pub fn push_index(&self, repository: &str, tag: &str, images: &[TestImage]) -> String {
        let entries: Vec<_> = images
            .iter()
            .map(|image| {
                let digest = self.push(repository, image.architecture, image);
                let size = self.manifest(repository, &digest).expect("it was pushed").len();
                json!({
                    "mediaType": OCI_IMAGE_MEDIA_TYPE, "digest": digest, "size": size,
                    "platform": { "os": "linux", "architecture": image.architecture },
                })
            })
            .collect();
        let index = json!({ "schemaVersion": 2, "mediaType": OCI_IMAGE_INDEX_MEDIA_TYPE, "manifests": entries });
        self.put_manifest(repository, tag, &index.to_string(), OCI_IMAGE_INDEX_MEDIA_TYPE);
        self.digest(repository, tag).expect("the index is there")
    }

    /// Puts a manifest under a tag, whose parts are there.
    pub fn put_manifest(&self, repository: &str, tag: &str, manifest: &str, media_type: &str) {
        let (client, reference) = (self.client(), self.reference(repository, tag));
        client
            .push_manifest_raw(
                &reference,
                manifest.to_owned(),
                media_type.parse().expect("a media type"),
            )
            .wait()
            .expect("the manifest is pushed");
    }

    /// The digest under a tag.
    pub fn digest(&self, repository: &str, tag: &str) -> Option<String> {
        self.client()
            .fetch_manifest_digest(&self.reference(repository, tag), &self.auth())
            .wait()
            .ok()
    }

    /// A manifest, by tag or digest.
    pub fn manifest(&self, repository: &str, name: &str) -> Option<String> {
        let types = [
            OCI_IMAGE_INDEX_MEDIA_TYPE,
            OCI_IMAGE_MEDIA_TYPE,
            IMAGE_MANIFEST_LIST_MEDIA_TYPE,
        ];
        let pulled = self
            .client()
            .pull_manifest_raw(&self.reference(repository, name), &self.auth(), &types)
            .wait();
        pulled.ok().map(|(body, _)| String::from_utf8_lossy(&body).into_owned())
    }

    /// Pulls an image of one platform, by tag or digest, as a container engine would: all of it, each part checked. Tells
    /// its layers.
    pub fn pull(&self, repository: &str, name: &str) -> Vec<Vec<u8>> {
        let manifest = self.manifest(repository, name).expect("the image is there");
        let manifest: OciImageManifest = serde_json::from_str(&manifest).expect("a manifest of one platform");
        let (client, reference) = (self.client(), self.reference(repository, "latest"));
        let pull = |descriptor: &oci_client::manifest::OciDescriptor| {
            let mut content = Vec::new();
            let pulled = client.pull_blob(&reference, descriptor, &mut content).wait();
            pulled.expect("the part is there, and is what its digest says");
            content
        };
        pull(&manifest.config);
        manifest.layers.iter().map(pull).collect()
    }

    fn client(&self) -> Client {
        let config = ClientConfig {
            protocol: ClientProtocol::HttpsExcept(vec![self.address.clone()]),
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).expect("a client");
        let reference = self.reference("any", "latest");
        client
            .auth(&reference, &self.auth(), RegistryOperation::Push)
            .wait()
            .expect("the registry answers");
        client
    }

    fn auth(&self) -> RegistryAuth {
        match USERS[0] {
            (name, password, _) if self.guarded => RegistryAuth::Basic(name.to_owned(), password.to_owned()),
            _ => RegistryAuth::Anonymous,
        }
    }

    fn reference(&self, repository: &str, name: &str) -> Reference {
        let (registry, repository, name) = (self.address.clone(), repository.to_owned(), name.to_owned());
        if name.starts_with("sha256:") {
            Reference::with_digest(registry, repository, name)
        } else {
            Reference::with_tag(registry, repository, name)
        }
    }
}

impl TestImage {
    /// What its layers hold.
    pub fn layers(&self) -> &[Vec<u8>] {
        &self.layers
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Already ended is as good as ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Finds the registry's program, or unpacks it; test processes that run at once take turns.
fn set_up() -> PathBuf {
    let target = target_dir();
    std::fs::create_dir_all(&target).expect("the target folder");
    let lock = File::create(target.join("docker-registry.lock")).expect("the lock file");
    lock.lock().expect("the lock");
    let output = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("acceptance-tests/registry/setup.sh"))
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .expect("acceptance-tests/registry/setup.sh starts");
    assert!(
        output.status.success(),
        "There is no container registry to test with:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}
