//! Which region names are believed, and which partition they tell.

use crate::Partition;

/// The geographic beginnings of region names, as of the AWS SDKs' partition list.
const AREAS: &[&str] = &[
    "af", "ap", "ca", "cn", "eu", "eusc-de", "eu-isoe", "il", "me", "mx", "sa", "us", "us-gov", "us-iso", "us-isob",
    "us-isof",
];

/// The partitions of the areas that are not in `aws`. Source: the AWS SDKs' partition list.
const PARTITIONS: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
];

/// The directions that region names have.
const DIRECTIONS: &[&str] = &[
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// Whether a text can be an AWS region: an area, a direction and a number. The list of regions itself grows several
/// times a year, so that a provider which knew it by heart would refuse new ones; a mistyped name fails all the same.
pub(super) fn is_plausible(region: &str) -> bool {
    let mut parts = region.rsplitn(3, '-');
    let (Some(number), Some(direction), Some(area)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    !number.is_empty()
        && number.len() <= 2
        && number.bytes().all(|b| b.is_ascii_digit())
        && DIRECTIONS.contains(&direction)
        && AREAS.contains(&area)
}

/// The partition a region lies in.
pub(super) fn partition(region: &str) -> Partition {
    let elsewhere = PARTITIONS.iter().find(|(area, _)| region.starts_with(area));
    Partition::named(elsewhere.map_or("aws", |(_, partition)| *partition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_tell_their_partition() {
        let partitions = ["us-east-1", "us-gov-west-1", "us-isob-east-1", "cn-north-1"].map(partition);
        assert_eq!(
            partitions.each_ref().map(Partition::as_str),
            ["aws", "aws-us-gov", "aws-iso-b", "aws-cn"]
        );
    }

    #[test]
    fn regions_of_every_partition_are_believed() {
        for region in [
            "us-east-1",
            "ap-southeast-7",
            "mx-central-1",
            "us-gov-west-1",
            "cn-northwest-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
            "il-central-1",
        ] {
            assert!(is_plausible(region), "{region}");
        }
    }

    #[test]
    fn mistyped_names_are_refused() {
        for region in [
            "us-esat-1",
            "us-east",
            "us-east-",
            "useast1",
            "us-east-1a",
            "US-EAST-1",
            "",
            "xx-east-1",
            "aws-global",
        ] {
            assert!(!is_plausible(region), "{region}");
        }
    }
}
