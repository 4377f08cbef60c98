//! Instance types: what one has, and where it is offered (Amazon EC2 API, `DescribeInstanceTypes`,
//! `DescribeInstanceTypeOfferings`).

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{GpuDeviceInfo, GpuInfo, InstanceTypeInfo};

use crate::Aws;
use crate::choice;
use engine::Result;

choice! {
    /// A kind of processor.
    pub enum Architecture {
        /// Intel's and AMD's, 64 bits wide.
        X86_64 = "x86_64",
        /// ARM's, 64 bits wide: AWS Graviton.
        Arm64 = "arm64",
    }
}

/// An instance type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceType {
    /// Its name: `m5zn.xlarge`.
    pub name: String,
    /// How many virtual CPUs it has.
    pub vcpus: i32,
    /// How much memory it has, in MiB. The ECS agent registers some of it less: what the kernel and the agent keep.
    pub memory_mib: i64,
    /// How many GPUs it has.
    pub gpus: i32,
    /// How many network interfaces it can have: the host has one, and each task in network mode `awsvpc` another.
    pub network_interfaces: i32,
    /// The processors whose programs it runs.
    pub architectures: BTreeSet<Architecture>,
}

/// Looks up an instance type; `None` when the region has none of that name.
pub async fn instance_type(aws: &Aws, name: &str) -> Result<Option<InstanceType>> {
    // Asked for by a filter, which takes wildcards; the read looks for the very name.
    let found = aws.reads.ec2.instance_types.one((), name).await?;
    Ok(found.map(|info| told(name, &info)))
}

/// The availability zones, by name, in which an instance type is offered.
pub async fn offering_zones(aws: &Aws, name: &str) -> Result<BTreeSet<String>> {
    let found = aws.reads.ec2.offerings.all((), name).await?;
    Ok(found.into_iter().filter_map(|offering| offering.location).collect())
}

fn told(name: &str, info: &InstanceTypeInfo) -> InstanceType {
    let gpus = info.gpu_info().map(GpuInfo::gpus).unwrap_or_default();
    let architectures = info
        .processor_info()
        .map(aws_sdk_ec2::types::ProcessorInfo::supported_architectures)
        .unwrap_or_default();
    InstanceType {
        name: name.to_owned(),
        vcpus: info
            .v_cpu_info()
            .and_then(aws_sdk_ec2::types::VCpuInfo::default_v_cpus)
            .unwrap_or_default(),
        memory_mib: info
            .memory_info()
            .and_then(aws_sdk_ec2::types::MemoryInfo::size_in_mib)
            .unwrap_or_default(),
        network_interfaces: info
            .network_info()
            .and_then(aws_sdk_ec2::types::NetworkInfo::maximum_network_interfaces)
            .unwrap_or_default(),
        gpus: gpus.iter().filter_map(GpuDeviceInfo::count).sum(),
        architectures: architectures.iter().map(|kind| kind.as_str().into()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn a_type_tells_what_it_has() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>g4dn.12xlarge</instanceType>\
                 <vCpuInfo><defaultVCpus>48</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>196608</sizeInMiB></memoryInfo>\
                 <processorInfo><supportedArchitectures><item>x86_64</item></supportedArchitectures></processorInfo>\
                 <networkInfo><maximumNetworkInterfaces>8</maximumNetworkInterfaces></networkInfo><gpuInfo><gpus><item><name>T4</name><count>4</count></item></gpus></gpuInfo></item></instanceTypeSet>\
                 </DescribeInstanceTypesResponse>",
            )
        });
        let found = instance_type(&stage.aws, "g4dn.12xlarge").await.unwrap().unwrap();
        assert_eq!((found.vcpus, found.memory_mib), (48, 196_608));
        assert_eq!((found.gpus, found.network_interfaces), (4, 8));
        assert_eq!(found.architectures, BTreeSet::from([Architecture::X86_64]));
    }

    #[tokio::test]
    async fn a_name_that_no_type_has_is_no_type_though_a_pattern_would_match() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>m5.large</instanceType></item>\
                 </instanceTypeSet></DescribeInstanceTypesResponse>",
            )
        });
        assert_eq!(instance_type(&stage.aws, "m5.*").await.unwrap(), None);
    }

    #[tokio::test]
    async fn zones_come_from_every_page() {
        let stage = Stage::answering(|asked| {
            let (zone, more) = if asked.body.contains("NextToken=more") {
                ("us-east-1c", "")
            } else {
                ("us-east-1a", "<nextToken>more</nextToken>")
            };
            Answer::xml(format!(
                "<DescribeInstanceTypeOfferingsResponse><instanceTypeOfferingSet><item><instanceType>m5zn.xlarge</instanceType><location>{zone}</location></item>\
                 </instanceTypeOfferingSet>{more}</DescribeInstanceTypeOfferingsResponse>"
            ))
        });
        let zones = offering_zones(&stage.aws, "m5zn.xlarge").await.unwrap();
        assert_eq!(
            zones,
            BTreeSet::from(["us-east-1a".to_owned(), "us-east-1c".to_owned()])
        );
        assert!(stage.asked()[0].body.contains("LocationType=availability-zone"));
    }
}
