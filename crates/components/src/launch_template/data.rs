//! Between the spec and the data of one version of a launch template.

use aws_sdk_ec2::types::{
    LaunchTemplateBlockDeviceMapping, LaunchTemplateIamInstanceProfileSpecificationRequest,
    LaunchTemplateInstanceMarketOptionsRequest, LaunchTemplateTagSpecification, LaunchTemplateTagSpecificationRequest,
    LaunchTemplateVersion, LaunchTemplatesMonitoringRequest, MarketType, RequestLaunchTemplateData, ResourceType,
    ResponseLaunchTemplateData,
};

use super::LaunchTemplate;
use aws::host::{decoded, encoded};
use aws::ids::{ImageId, InstanceProfileArn};
use aws::{InstanceMetadata, RootVolume, tags};
use engine::{Result, Tags};

/// What a launch gives tags to.
const TAGGED: [ResourceType; 3] = [
    ResourceType::Instance,
    ResourceType::Volume,
    ResourceType::NetworkInterface,
];

impl LaunchTemplate {
    /// The data of the version that the spec describes.
    pub(super) fn data(&self) -> Result<RequestLaunchTemplateData> {
        let profile = LaunchTemplateIamInstanceProfileSpecificationRequest::builder()
            .arn(self.instance_profile.get()?.as_str())
            .build();
        let spot = LaunchTemplateInstanceMarketOptionsRequest::builder()
            .market_type(MarketType::Spot)
            .build();
        let monitoring = LaunchTemplatesMonitoringRequest::builder()
            .enabled(*self.monitoring.get()?)
            .build();
        let tags = tags::to_ec2(self.instance_tags.get()?);
        let tagged = TAGGED.map(|kind| {
            LaunchTemplateTagSpecificationRequest::builder()
                .resource_type(kind)
                .set_tags(Some(tags.clone()))
                .build()
        });
        // EC2 refuses a specification without tags.
        let tagged = if tags.is_empty() { Vec::new() } else { tagged.to_vec() };
        Ok(RequestLaunchTemplateData::builder()
            .image_id(self.image_id.get()?.as_str())
            .instance_type(self.instance_type.get()?.as_str().into())
            .set_key_name(self.key_name.get()?.clone())
            .set_security_group_ids(Some(self.security_groups.get()?.iter().map(Into::into).collect()))
            .iam_instance_profile(profile)
            .block_device_mappings(self.volume.get()?.for_template())
            .metadata_options(self.metadata.get()?.for_template())
            .user_data(encoded(self.user_data.get()?))
            .monitoring(monitoring)
            .set_instance_market_options(self.spot.get()?.then_some(spot))
            .set_tag_specifications(Some(tagged))
            .build())
    }

    /// The spec that the version would be made by.
    pub(super) fn reported(&self, name: &str, version: &LaunchTemplateVersion) -> Self {
        let nothing = ResponseLaunchTemplateData::builder().build();
        let data = version.launch_template_data().unwrap_or(&nothing);
        let profile = data
            .iam_instance_profile()
            .and_then(|profile| profile.arn().or(profile.name()));
        let metadata = data.metadata_options();
        let metadata = InstanceMetadata::told(
            metadata
                .and_then(|options| options.http_tokens())
                .map(aws_sdk_ec2::types::LaunchTemplateHttpTokensState::as_str),
            metadata.and_then(aws_sdk_ec2::types::LaunchTemplateInstanceMetadataOptions::http_put_response_hop_limit),
        );
        let market = data.instance_market_options().and_then(|options| options.market_type());
        let groups = data.security_group_ids().iter().map(|id| id.as_str().into());
        Self {
            name: name.into(),
            image_id: ImageId::from(data.image_id().unwrap_or_default()).into(),
            instance_type: data.instance_type().map_or("", |kind| kind.as_str()).into(),
            key_name: data.key_name().map(str::to_owned).into(),
            security_groups: groups.collect::<std::collections::BTreeSet<_>>().into(),
            instance_profile: InstanceProfileArn::from(profile.unwrap_or_default()).into(),
            volume: volume(self.volume.known(), data.block_device_mappings()).into(),
            metadata: metadata.into(),
            user_data: decoded(data.user_data()).into(),
            monitoring: data
                .monitoring()
                .is_some_and(|monitoring| monitoring.enabled() == Some(true))
                .into(),
            spot: (market == Some(&MarketType::Spot)).into(),
            instance_tags: instance_tags(self.instance_tags.known(), data.tag_specifications()).into(),
        }
    }
}

/// The one disk; of several, one that is not the wanted one, so that the surplus shows.
fn volume(wanted: Option<&RootVolume>, mappings: &[LaunchTemplateBlockDeviceMapping]) -> RootVolume {
    let disk = |mapping: &LaunchTemplateBlockDeviceMapping| {
        let disk = mapping.ebs();
        RootVolume {
            device_name: mapping.device_name().unwrap_or_default().to_owned(),
            size_gib: disk
                .and_then(aws_sdk_ec2::types::LaunchTemplateEbsBlockDevice::volume_size)
                .unwrap_or_default(),
            encrypted: disk
                .and_then(aws_sdk_ec2::types::LaunchTemplateEbsBlockDevice::encrypted)
                .unwrap_or_default(),
            kms_key_id: disk.and_then(|disk| disk.kms_key_id()).map(str::to_owned),
            volume_type: disk
                .and_then(|disk| disk.volume_type())
                .map_or_else(String::new, |kind| kind.as_str().to_owned()),
        }
    };
    let disks: Vec<RootVolume> = if mappings.is_empty() {
        vec![disk(&LaunchTemplateBlockDeviceMapping::builder().build())]
    } else {
        mappings.iter().map(disk).collect()
    };
    differing(wanted, disks)
}

/// The tags that all that is launched gets; where they are not the same, some that are not the wanted ones.
fn instance_tags(wanted: Option<&Tags>, specifications: &[LaunchTemplateTagSpecification]) -> Tags {
    let of = |kind: &ResourceType| {
        specifications
            .iter()
            .find(|specification| specification.resource_type() == Some(kind))
            .map(|specification| tags::from_ec2(specification.tags()))
            .unwrap_or_default()
    };
    differing(wanted, TAGGED.iter().map(of).collect())
}

/// The first that is not the wanted one, or else the first.
fn differing<T: PartialEq + Clone + Default>(wanted: Option<&T>, found: Vec<T>) -> T {
    let other = found.iter().position(|one| Some(one) != wanted).unwrap_or_default();
    found.into_iter().nth(other).unwrap_or_default()
}
