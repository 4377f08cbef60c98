//! Machine images: which one AWS recommends, and what one is (AWS Systems Manager API, `GetParameter`; Amazon EC2 API,
//! `DescribeImages`; Amazon ECS developer guide, *Retrieving Amazon ECS-optimized Linux AMI metadata*; AWS Systems Manager
//! user guide, *Finding public parameters*).

use aws_sdk_ec2::types::{self, BlockDeviceMapping};

use super::Architecture;
use crate::Aws;
use crate::error::{refusal, unless_absent};
use crate::ids::ImageId;
use engine::Result;

/// A line of images of which AWS recommends one at a time, all of them Amazon Linux 2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageFamily {
    /// With the ECS agent, for Intel and AMD processors.
    EcsX86,
    /// With the ECS agent, for ARM processors.
    EcsArm,
    /// With the ECS agent and the drivers of NVIDIA's GPUs, for Intel and AMD processors.
    EcsGpu,
    /// Plain, for Intel and AMD processors.
    PlainX86,
    /// Plain, for ARM processors.
    PlainArm,
}

impl ImageFamily {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::EcsX86, Self::EcsArm, Self::EcsGpu, Self::PlainX86, Self::PlainArm];

    /// The public parameter that holds the id of the recommended image.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::EcsX86 => "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
            Self::EcsArm => "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
            Self::EcsGpu => "/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id",
            Self::PlainX86 => "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            Self::PlainArm => "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        }
    }
}

/// A machine image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// The processors that it runs on.
    pub architecture: Architecture,
    /// The device that instances start from: `/dev/xvda`.
    pub root_device: String,
    /// The size of that device's snapshot in GiB: no volume of it may be smaller.
    pub root_size_gib: i32,
}

/// The image that AWS recommends today; `None` in a region without images of that family.
pub async fn recommended(aws: &Aws, family: ImageFamily) -> Result<Option<ImageId>> {
    let answer = aws.ssm.get_parameter().name(family.parameter()).send().await;
    let found = unless_absent(answer.map_err(|error| refusal("ssm:GetParameter", &error)))?;
    let value = found.and_then(|found| found.parameter?.value);
    Ok(value.map(|value| ImageId::from(value.trim())))
}

/// Looks up an image; `None` when there is none of that id, or none that the caller may use.
pub async fn image(aws: &Aws, id: &ImageId) -> Result<Option<Image>> {
    let answer = aws.ec2.describe_images().image_ids(id.as_str()).send().await;
    let found = match answer.map_err(|error| refusal("ec2:DescribeImages", &error)) {
        Err(error)
            if error
                .code
                .as_deref()
                .is_some_and(|code| code.starts_with("InvalidAMIID")) =>
        {
            None
        }
        other => unless_absent(other)?,
    };
    let image = found.and_then(|found| found.images?.into_iter().next());
    Ok(image.map(|image| told(id, &image)))
}

fn told(id: &ImageId, image: &types::Image) -> Image {
    let root_device = image.root_device_name().unwrap_or_default();
    let root = image
        .block_device_mappings()
        .iter()
        .find(|mapping| mapping.device_name() == Some(root_device));
    Image {
        id: id.clone(),
        architecture: image.architecture().map_or("", |kind| kind.as_str()).into(),
        root_device: root_device.to_owned(),
        root_size_gib: root
            .and_then(BlockDeviceMapping::ebs)
            .and_then(types::EbsBlockDevice::volume_size)
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn each_family_has_a_parameter_of_its_own() {
        let stage = Stage::answering(|_| Answer::json(r#"{"Parameter": {"Value": "ami-1"}}"#));
        for family in ImageFamily::ALL {
            assert_eq!(recommended(&stage.aws, family).await.unwrap(), Some("ami-1".into()));
        }
        let bodies: std::collections::BTreeSet<_> = stage.asked().into_iter().map(|asked| asked.body).collect();
        assert_eq!(bodies.len(), ImageFamily::ALL.len());
    }

    #[tokio::test]
    async fn a_region_without_the_family_has_no_recommended_image() {
        let stage = Stage::answering(|_| Answer::refused("ParameterNotFound", ""));
        assert_eq!(recommended(&stage.aws, ImageFamily::EcsGpu).await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_image_tells_its_processors_and_its_root_disk() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId><architecture>arm64</architecture>\
                 <rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping>\
                 <item><deviceName>/dev/xvdb</deviceName><ebs><volumeSize>8</volumeSize></ebs></item>\
                 <item><deviceName>/dev/xvda</deviceName><ebs><volumeSize>30</volumeSize></ebs></item>\
                 </blockDeviceMapping></item></imagesSet></DescribeImagesResponse>",
            )
        });
        let found = image(&stage.aws, &"ami-1".into()).await.unwrap().unwrap();
        assert_eq!(found.architecture, Architecture::Arm64);
        assert_eq!((found.root_device.as_str(), found.root_size_gib), ("/dev/xvda", 30));
    }

    #[tokio::test]
    async fn an_id_that_is_none_or_names_nothing_has_no_image() {
        for code in [
            "InvalidAMIID.NotFound",
            "InvalidAMIID.Malformed",
            "InvalidAMIID.Unavailable",
        ] {
            let stage = Stage::answering(move |_| Answer::refused_ec2(code, "The image id '[ami-1]' does not exist"));
            assert_eq!(image(&stage.aws, &"ami-1".into()).await.unwrap(), None, "{code}");
        }
    }
}
