//! What the tests of this resource share: two registries, configurations, and views on what there is.

use tempfile::TempDir;

use crate::harness::{Attributes, Registry, Sandbox, TestImage, Wire};

/// The address of the one image that most configurations hold.
pub const ADDRESS: &str = "thatdot_container_image.this";

/// The repository's name.
pub const NAME: &str = "privateai/deid";

/// The source's repository.
pub const SOURCE: &str = "team/deid";

/// Where the provider comes from: goes into every configuration. Few retries, so that what is broken shows soon.
pub const REQUIRED: &str = "terraform {\n  required_providers {\n    thatdot = {\n      source = \"thatdot/thatdot\"\n    }\n  }\n}\n\
                        provider \"thatdot\" {\n  max_retries = 2\n}\n";

/// One test's world: AWS, whose ECR is a registry on this machine, and a source to copy from; a wire to each.
pub struct World {
    /// AWS and Terraform.
    pub sandbox: Sandbox,
    /// Where images come from.
    pub source: Registry,
    /// The provider's wire to it.
    pub to_source: Wire,
    /// ECR.
    pub target: Registry,
    /// The provider's wire to it.
    pub to_target: Wire,
    _folder: TempDir,
}

impl World {
    /// A world in which the source lets in everybody.
    pub fn new() -> Self {
        Self::with(Registry::open)
    }

    /// A world in which the source lets in only `reader`.
    pub fn guarded() -> Self {
        Self::with(Registry::guarded)
    }

    fn with(source: impl FnOnce(&std::path::Path) -> Registry) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("thatdot-registries-")
            .tempdir()
            .expect("a temporary folder");
        let source = source(&folder.path().join("source"));
        let target = Registry::guarded(&folder.path().join("target"));
        let (to_source, to_target) = (Wire::to(source.address()), Wire::to(target.address()));
        let sandbox = Sandbox::new();
        sandbox.stand_in.use_registry(&target, to_target.address());
        Self {
            sandbox,
            source,
            to_source,
            target,
            to_target,
            _folder: folder,
        }
    }

    /// A configuration that copies the source's image of that tag, with `body` added.
    pub fn copying(&self, tag: &str, body: &str) -> String {
        format!(
            "{REQUIRED}\nresource \"thatdot_container_image\" \"this\" {{\n  name = \"{NAME}\"\n  source = \"{}\"\n{body}\n}}\n",
            self.named(tag)
        )
    }

    /// The image's name at its source.
    pub fn named(&self, tag: &str) -> String {
        format!("{}/{SOURCE}:{tag}", self.to_source.address())
    }

    /// The attributes in the state.
    pub fn state(&self) -> Attributes {
        self.sandbox.state(ADDRESS)
    }

    /// Pulls what a URI names, as a host of ECS would, and fails the test unless it is that image.
    pub fn assert_pulled(&self, uri: &str, image: &TestImage) {
        let (repository, name) = split(uri);
        assert_eq!(repository, NAME, "{uri}");
        assert!(
            self.target.pull(repository, name) == image.layers(),
            "{uri} is another image"
        );
    }

    /// How many layers and descriptions were sent to ECR since the wire last forgot.
    pub fn blobs_sent(&self) -> usize {
        let done = self.to_target.requests("PUT /v2/privateai/deid/blobs/uploads/");
        done.len()
    }
}

/// Repository and tag or digest of `HOST/REPOSITORY:TAG` or `HOST/REPOSITORY@DIGEST`.
pub fn split(uri: &str) -> (&str, &str) {
    let (_, path) = uri.split_once('/').expect("a host");
    path.split_once('@')
        .or_else(|| path.rsplit_once(':'))
        .expect("a tag or a digest")
}

/// An image of two layers of 100 kB.
pub fn small() -> TestImage {
    TestImage::new(&[1, 2], 100_000)
}
