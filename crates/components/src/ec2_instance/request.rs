//! The request that an instance is made by (Amazon EC2 API, `RunInstances`).

use aws_sdk_ec2::operation::run_instances::builders::RunInstancesFluentBuilder;
use aws_sdk_ec2::types::{
    IamInstanceProfileSpecification, InstanceNetworkInterfaceSpecification, ResourceType, Tag, TagSpecification,
};

use super::{Ec2Instance, NAME};
use aws::host::encoded;
use aws::{Aws, tags};
use engine::{Call, Result};

impl Ec2Instance {
    /// Everything but the client token.
    pub(super) fn request(&self, call: &Call<'_, Aws>) -> Result<RunInstancesFluentBuilder> {
        // The public address is a property of the interface, and the subnet's own setting does not matter then.
        let interface = InstanceNetworkInterfaceSpecification::builder()
            .device_index(0)
            .subnet_id(self.subnet.get()?.as_str())
            .set_groups(Some(self.security_groups.get()?.iter().map(Into::into).collect()))
            .associate_public_ip_address(*self.associate_public_ip.get()?)
            .delete_on_termination(true)
            .build();
        let profile = IamInstanceProfileSpecification::builder()
            .arn(self.instance_profile.get()?.as_str())
            .build();
        let mut tags = tags::to_ec2(call.tags);
        if !call.tags.contains_key(NAME) {
            tags.push(Tag::builder().key(NAME).value(self.name_tag(call)?).build());
        }
        let tagged = |kind| {
            TagSpecification::builder()
                .resource_type(kind)
                .set_tags(Some(tags.clone()))
                .build()
        };
        Ok(call
            .world
            .ec2
            .run_instances()
            .min_count(1)
            .max_count(1)
            .image_id(self.image_id.get()?.as_str())
            .instance_type(self.instance_type.get()?.as_str().into())
            .set_key_name(self.key_name.get()?.clone())
            .network_interfaces(interface)
            .iam_instance_profile(profile)
            .block_device_mappings(self.volume.get()?.for_instance())
            .metadata_options(self.metadata.get()?.for_instance())
            .user_data(encoded(self.user_data.get()?))
            .tag_specifications(tagged(ResourceType::Instance))
            .tag_specifications(tagged(ResourceType::Volume))
            .tag_specifications(tagged(ResourceType::NetworkInterface)))
    }
}
