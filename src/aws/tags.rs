//! Between the engine's tags and each SDK's own.

use super::Aws;
use crate::engine::{Call, TAG_COMPONENT, TAG_DEPLOYMENT, Tags};

/// Whether an object with these tags is a component's: of a deployment of that name, and of that key, whoever owns it.
pub(super) fn are_of(call: &Call<'_, Aws>, tags: &Tags) -> bool {
    let has = |name: &str, value: &str| tags.get(name).is_some_and(|tag| tag == value);
    has(TAG_DEPLOYMENT, call.name) && has(TAG_COMPONENT, call.key.base().as_str())
}

/// Both directions for an SDK whose tag has an optional key and value.
macro_rules! loose {
    ($sdk:ident, $to:ident, $from:ident) => {
        #[doc = concat!("Tags as `", stringify!($sdk), "` takes them.")]
        pub(super) fn $to(tags: &Tags) -> Vec<$sdk::types::Tag> {
            tags.iter()
                .map(|(name, value)| $sdk::types::Tag::builder().key(name).value(value).build())
                .collect()
        }

        #[doc = concat!("Tags as `", stringify!($sdk), "` gives them.")]
        pub(super) fn $from(tags: &[$sdk::types::Tag]) -> Tags {
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
        pub(super) fn $to(tags: &Tags) -> Vec<$sdk::types::Tag> {
            // A tag is refused only for want of a key or a value, and both are given.
            tags.iter()
                .filter_map(|(name, value)| $sdk::types::Tag::builder().key(name).value(value).build().ok())
                .collect()
        }

        #[doc = concat!("Tags as `", stringify!($sdk), "` gives them.")]
        pub(super) fn $from(tags: &[$sdk::types::Tag]) -> Tags {
            tags.iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
                .collect()
        }
    };
}

loose!(aws_sdk_ecs, to_ecs, from_ecs);
loose!(aws_sdk_ec2, to_ec2, from_ec2);
loose!(aws_sdk_elasticloadbalancingv2, to_elb, from_elb);
strict!(aws_sdk_efs, to_efs, from_efs);
strict!(aws_sdk_iam, to_iam, from_iam);
loose!(aws_sdk_secretsmanager, to_secretsmanager, from_secretsmanager);
