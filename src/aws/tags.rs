//! Between the engine's tags and each SDK's own.

use crate::engine::Tags;

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

strict!(aws_sdk_ecr, to_ecr, from_ecr);
loose!(aws_sdk_ecs, to_ecs, from_ecs);
loose!(aws_sdk_ec2, to_ec2, from_ec2);
strict!(aws_sdk_efs, to_efs, from_efs);
strict!(aws_sdk_iam, to_iam, from_iam);
