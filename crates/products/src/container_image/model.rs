//! The typed configuration and state of a `thatdot_container_image`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::parts::Part;
use framework::{Attr, Timeouts};

/// Everything the resource holds: what the user wrote and what the provider computed. It may hold a password, so it cannot
/// be printed with `Debug`.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Image {
    /// The repository's name.
    pub name: Attr<String>,
    /// Where the image is copied from.
    pub source: Attr<String>,
    /// The name to sign in to the source by.
    pub source_username: Attr<String>,
    /// The password that goes with the name; in no plan and in no state.
    pub source_password_wo: Attr<String>,
    /// A number to change with the password.
    pub source_password_wo_version: Attr<i64>,
    /// The tag, as the user has it.
    pub tag: Attr<String>,
    /// The platforms that are copied; null: all.
    pub platforms: Attr<Vec<Attr<String>>>,
    /// Whether images are looked through when they are pushed.
    pub scan_on_push: Attr<bool>,
    /// `MUTABLE` or `IMMUTABLE`.
    pub image_tag_mutability: Attr<String>,
    /// How many images are kept; null: all.
    pub keep_images: Attr<i64>,
    /// Whether a destroy deletes whatever images there are.
    pub force_delete: Attr<bool>,
    /// The user's tags.
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Whether a destroy, or a replacement of the repository, is refused.
    pub deletion_protection: Attr<bool>,
    /// `auto`, `rollback` or `keep`.
    pub on_create_failure: Attr<String>,
    /// Whether a repository that a lost state left behind is taken over.
    pub adopt_existing: Attr<bool>,
    /// A key of AWS KMS for the images.
    pub encryption: Option<Encryption>,
    /// How long operations may take.
    pub timeouts: Option<Timeouts>,

    /// The deployment's own id.
    pub id: Attr<String>,
    /// The digest that the source has under its name.
    pub source_digest: Attr<String>,
    /// The digest of the image in the repository.
    pub digest: Attr<String>,
    /// What the image is pulled by, with its tag.
    pub uri: Attr<String>,
    /// What the image is pulled by, with its digest.
    pub digest_uri: Attr<String>,
    /// Where the repository's images are pulled from.
    pub repository_url: Attr<String>,
    /// The repository's ARN.
    pub repository_arn: Attr<String>,
    /// The user's tags and the provider's default ones.
    pub tags_all: Attr<BTreeMap<String, Attr<String>>>,
    /// The AWS objects it is made of.
    pub components: Attr<BTreeMap<String, Attr<Part>>>,
}

/// `encryption {}`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Encryption {
    /// The key; null: AWS's own for ECR.
    pub kms_key_id: Attr<String>,
}
