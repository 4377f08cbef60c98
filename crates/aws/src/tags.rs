//! Between the engine's tags and each SDK's own.

use super::Aws;
use engine::{Call, TAG_COMPONENT, TAG_DEPLOYMENT, Tags};

/// Whether an object with these tags is a component's: of a deployment of that name, and of that key, whoever owns it.
pub fn are_of(call: &Call<'_, Aws>, tags: &Tags) -> bool {
    let has = |name: &str, value: &str| tags.get(name).is_some_and(|tag| tag == value);
    has(TAG_DEPLOYMENT, call.name) && has(TAG_COMPONENT, call.key.base().as_str())
}

/// Both directions for an SDK whose tag has an optional key and value.
macro_rules! loose {
    ($sdk:ident, $to:ident, $from:ident) => {
        #[doc = concat!("Tags as `", stringify!($sdk), "` takes them.")]
        pub fn $to(tags: &Tags) -> Vec<$sdk::types::Tag> {
            tags.iter()
                .map(|(name, value)| $sdk::types::Tag::builder().key(name).value(value).build())
                .collect()
        }

        #[doc = concat!("Tags as `", stringify!($sdk), "` gives them.")]
        pub fn $from(tags: &[$sdk::types::Tag]) -> Tags {
            let pair =
                |tag: &$sdk::types::Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            tags.iter().filter_map(pair).collect()
        }
    };
}

/// Both directions for an SDK whose tag always has a key and a value.
macro_rules! strict {
    ($sdk:ident, $to:ident, $from:ident) => {
        #[doc = concat!("Tags as `", stringify!($sdk), "` takes them.")]
        pub fn $to(tags: &Tags) -> Vec<$sdk::types::Tag> {
            // A tag is refused only for want of a key or a value, and both are given.
            tags.iter()
                .filter_map(|(name, value)| $sdk::types::Tag::builder().key(name).value(value).build().ok())
                .collect()
        }

        #[doc = concat!("Tags as `", stringify!($sdk), "` gives them.")]
        pub fn $from(tags: &[$sdk::types::Tag]) -> Tags {
            tags.iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
                .collect()
        }
    };
}

strict!(aws_sdk_ecr, to_ecr, from_ecr);
loose!(aws_sdk_ecs, to_ecs, from_ecs);
loose!(aws_sdk_ec2, to_ec2, from_ec2);
loose!(aws_sdk_elasticloadbalancingv2, to_elb, from_elb);
strict!(aws_sdk_efs, to_efs, from_efs);
strict!(aws_sdk_iam, to_iam, from_iam);
loose!(aws_sdk_secretsmanager, to_secretsmanager, from_secretsmanager);

/// The kind of object that Amazon EC2 Auto Scaling tags; there is no other.
const GROUP: &str = "auto-scaling-group";

/// Tags of an auto scaling group, each of which its instances get as well when they are launched.
pub fn to_autoscaling(group: &str, tags: &Tags) -> Vec<aws_sdk_autoscaling::types::Tag> {
    let tag = |(name, value): (&String, &String)| {
        let tag = aws_sdk_autoscaling::types::Tag::builder().key(name).value(value);
        tag.resource_id(group)
            .resource_type(GROUP)
            .propagate_at_launch(true)
            .build()
    };
    tags.iter().map(tag).collect()
}

/// The names of tags that are to be taken off an auto scaling group.
pub fn names_to_autoscaling(group: &str, names: &[String]) -> Vec<aws_sdk_autoscaling::types::Tag> {
    let tag = |name: &String| {
        let tag = aws_sdk_autoscaling::types::Tag::builder().key(name);
        tag.resource_id(group).resource_type(GROUP).build()
    };
    names.iter().map(tag).collect()
}

/// Tags as an auto scaling group gives them.
pub fn from_autoscaling(tags: &[aws_sdk_autoscaling::types::TagDescription]) -> Tags {
    let pair = |tag: &aws_sdk_autoscaling::types::TagDescription| {
        Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))
    };
    tags.iter().filter_map(pair).collect()
}
