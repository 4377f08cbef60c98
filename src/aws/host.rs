//! What EC2 instances are made of, whether a launch template or a single request makes them: the disk that they start
//! from, and their metadata service. Sources: Amazon EC2 API, `RequestLaunchTemplateData`, `RunInstances`; Amazon EC2 user
//! guide, *Use the Instance Metadata Service to access instance metadata*.

/// The disk that an instance starts from, as general purpose storage of the third kind (`gp3`). It goes with the
/// instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootVolume {
    /// The device, which must be the image's own root device, or the instance gets a second disk: `/dev/xvda`.
    pub device_name: String,
    /// The size in GiB, no smaller than the image's snapshot.
    pub size_gib: i32,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// The key it is encrypted with: an ARN, an id or an alias. `None`: the account's own choice for EBS.
    pub kms_key_id: Option<String>,
    /// The kind of storage: `gp3`.
    pub volume_type: String,
}

/// How an instance's metadata service, which hands out its role's credentials, may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceMetadata {
    /// Whether only requests with a session token are answered (version 2 of the service).
    pub tokens_required: bool,
    /// How many hops an answer to a token request travels.
    pub hop_limit: i32,
}

impl InstanceMetadata {
    /// Tokens only, and no answer leaves the host's own network. The ECS agent, the container runtime and the SSM agent
    /// all live in that network, and tasks have their own roles: none of them needs a second hop, and a container on the
    /// host's bridge cannot take the host's credentials.
    pub const GUARDED: Self = Self {
        tokens_required: true,
        hop_limit: 1,
    };
}
