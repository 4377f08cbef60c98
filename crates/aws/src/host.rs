//! What EC2 instances are made of, whether a launch template or a single request makes them: the disk that they start
//! from, their metadata service, their script. Sources: Amazon EC2 API, `RequestLaunchTemplateData`, `RunInstances`; Amazon
//! EC2 user guide, *Use the Instance Metadata Service to access instance metadata*.

use aws_sdk_ec2::types as sdk;
use base64::prelude::{BASE64_STANDARD, Engine};

/// The disk that an instance starts from. It goes with the instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

impl RootVolume {
    /// As a launch template takes it.
    pub fn for_template(&self) -> sdk::LaunchTemplateBlockDeviceMappingRequest {
        let disk = sdk::LaunchTemplateEbsBlockDeviceRequest::builder()
            .volume_size(self.size_gib)
            .volume_type(self.volume_type.as_str().into())
            .encrypted(self.encrypted)
            .set_kms_key_id(self.kms_key_id.clone())
            .delete_on_termination(true)
            .build();
        sdk::LaunchTemplateBlockDeviceMappingRequest::builder()
            .device_name(&self.device_name)
            .ebs(disk)
            .build()
    }

    /// As a single request takes it.
    pub fn for_instance(&self) -> sdk::BlockDeviceMapping {
        let disk = sdk::EbsBlockDevice::builder()
            .volume_size(self.size_gib)
            .volume_type(self.volume_type.as_str().into())
            .encrypted(self.encrypted)
            .set_kms_key_id(self.kms_key_id.clone())
            .delete_on_termination(true)
            .build();
        sdk::BlockDeviceMapping::builder()
            .device_name(&self.device_name)
            .ebs(disk)
            .build()
    }
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

    /// As a launch template takes it.
    pub fn for_template(self) -> sdk::LaunchTemplateInstanceMetadataOptionsRequest {
        sdk::LaunchTemplateInstanceMetadataOptionsRequest::builder()
            .http_endpoint(sdk::LaunchTemplateInstanceMetadataEndpointState::Enabled)
            .http_tokens(self.tokens().into())
            .http_put_response_hop_limit(self.hop_limit)
            .build()
    }

    /// As a single request takes it.
    pub fn for_instance(self) -> sdk::InstanceMetadataOptionsRequest {
        sdk::InstanceMetadataOptionsRequest::builder()
            .http_endpoint(sdk::InstanceMetadataEndpointState::Enabled)
            .http_tokens(self.tokens().into())
            .http_put_response_hop_limit(self.hop_limit)
            .build()
    }

    /// AWS's word for whether tokens are required.
    pub fn tokens(self) -> &'static str {
        if self.tokens_required { "required" } else { "optional" }
    }

    /// From AWS's words.
    pub fn told(tokens: Option<&str>, hop_limit: Option<i32>) -> Self {
        Self {
            tokens_required: tokens == Some("required"),
            hop_limit: hop_limit.unwrap_or(1),
        }
    }
}

/// A script as the API takes it.
pub fn encoded(script: &str) -> String {
    BASE64_STANDARD.encode(script)
}

/// A script as the API gives it. One that is no text is told as it came, and equals none of ours.
pub fn decoded(data: Option<&str>) -> String {
    let data = data.unwrap_or_default();
    let bytes = BASE64_STANDARD.decode(data.trim()).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| data.to_owned())
}

/// The key that is reported for a disk, in the words of the one that is wanted where both mean the same: without a wish,
/// any key will do. Of an alias that cannot be told without asking KMS; it is taken to.
pub fn same_key(wanted: Option<&RootVolume>, reported: Option<&str>) -> Option<String> {
    let reported = reported?;
    match wanted.map(|wanted| wanted.kms_key_id.as_deref()) {
        Some(None) => None,
        Some(Some(wanted)) if wanted.contains("alias/") || reported.ends_with(&format!("/{wanted}")) => {
            Some(wanted.to_owned())
        }
        _ => Some(reported.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_survive_the_wire_and_what_is_no_script_shows() {
        let script = "#!/bin/bash\necho ECS_CLUSTER=demo >> /etc/ecs/ecs.config\n";
        assert_eq!(encoded("#!/bin/bash\n"), "IyEvYmluL2Jhc2gK");
        assert_eq!(decoded(Some(&encoded(script))), script);
        assert_eq!(decoded(None), "");
        assert_eq!(decoded(Some("not base64!")), "not base64!");
    }

    #[test]
    fn any_key_will_do_where_none_is_wanted() {
        let arn = "arn:aws:kms:us-east-1:123456789012:key/1234";
        let wanted = |key: Option<&str>| RootVolume {
            device_name: "/dev/xvda".into(),
            size_gib: 30,
            encrypted: true,
            kms_key_id: key.map(str::to_owned),
            volume_type: "gp3".into(),
        };
        assert_eq!(same_key(Some(&wanted(None)), Some(arn)), None);
        assert_eq!(
            same_key(Some(&wanted(Some("1234"))), Some(arn)).as_deref(),
            Some("1234")
        );
        assert_eq!(same_key(Some(&wanted(Some("5678"))), Some(arn)).as_deref(), Some(arn));
        assert_eq!(
            same_key(Some(&wanted(Some("1234"))), None),
            None,
            "a disk without a key differs"
        );
    }
}
