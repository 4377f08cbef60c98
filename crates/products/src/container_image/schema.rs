//! The schema of `thatdot_container_image`.

use super::validate::{is_image, is_repository_name, is_tag};
use crate::parts;
use crate::shared::schema::{Ends, ends, timeouts};
use framework::validators::{custom, each, length, non_empty, one_of, range};
use framework::{Attribute, Block, Schema, Type};
use registry::Platform;

/// The schema, version 0.
pub fn schema() -> Schema {
    let mut attributes = origin();
    attributes.extend(repository());
    attributes.extend(ends(&Ends {
        replaced: "the repository",
        failure: "`auto` (default): the repository is deleted again, unless only the copy broke off: then it stays, and after \
                  `terraform untaint` the next apply goes on where this one stopped. `rollback`: always deleted. `keep`: \
                  always kept.",
        left: "the parts that an earlier image",
    }));
    attributes.extend(computed());
    Schema::new(
        0,
        "A private ECR repository and a container image in it, copied registry to registry, by digest and without a \
         container engine. Only layers that the repository lacks are sent, several at a time; a copy that broke off goes on \
         where it stopped. A tag of the source that has moved shows in the plan.",
        attributes,
        vec![encryption(), timeouts()],
    )
}

fn origin() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "source",
            "The image to copy: `[HOST/]REPOSITORY[:TAG][@DIGEST]`, from any registry that speaks the OCI distribution \
             protocol. Without a host it is Docker Hub's; without tag and digest its `latest`. An image of a private ECR \
             registry, such as the AWS Marketplace's, is read by a token of AWS; others with `source_username`, else by \
             nobody in particular. Registries on `localhost` and loopback addresses are reached in plain HTTP. Where the \
             tag moves between plan and apply, Terraform refuses the plan: plan again, or name the digest.",
        )
        .required()
        .validate(custom("the name of an image such as registry.example.com/team/app:1.2", is_image)),
        Attribute::string("source_username", "The name to sign in to the source's registry by.")
            .optional()
            .validate(length(1..=256)),
        Attribute::string(
            "source_password_wo",
            "The password, or token, that goes with `source_username`. It is used while planning and applying, and is kept \
             nowhere.",
        )
        .optional()
        .sensitive()
        .write_only(),
        Attribute::number(
            "source_password_wo_version",
            "A number to change with the password, as a record of it. A password that works is used from the next plan on, \
             whether this changes or not.",
        )
        .optional()
        .validate(range(0..=i64::MAX)),
        Attribute::string(
            "tag",
            "The tag of the copy. Defaults to the source's. In a repository whose tags are immutable the image's digest is \
             added to it: `3.3.2-cpu-sha256-0123456789ab`. A new tag is added; the earlier one stays, with its image.",
        )
        .optional_computed()
        .validate(custom("1 to 128 letters, digits and `_.-`, not starting with `.` or `-`", is_tag)),
        Attribute::set(
            "platforms",
            Type::String,
            "The platforms to copy, as `linux/amd64` or `linux/arm64/v8`. Defaults to all that the source has. Of a single \
             one, its own image is copied; of several, an index of just these.",
        )
        .optional()
        .validate(non_empty())
        .validate(each(custom("a platform such as linux/amd64", |text| {
            text.parse::<Platform>().is_ok()
        }))),
    ]
}

fn repository() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "name",
            "The repository's name: 2 to 256 lower-case letters and digits with `.`, `_`, `-` between them, in parts \
             separated by `/`. Changing it makes a new repository.",
        )
        .required()
        .replaces()
        .validate(custom(
            "2 to 256 lower-case letters and digits with `.`, `_` or `-` between them, in parts separated by `/`",
            is_repository_name,
        )),
        Attribute::bool(
            "scan_on_push",
            "Whether ECR looks an image through for known weaknesses when it is pushed. Defaults to `false`.",
        )
        .default(false),
        Attribute::string(
            "image_tag_mutability",
            "`MUTABLE` (default): a tag can be pointed at another image. `IMMUTABLE`: it cannot, and every image is pushed \
             under a tag of its own, which holds its digest; `uri` follows.",
        )
        .default("MUTABLE")
        .validate(one_of(["MUTABLE", "IMMUTABLE"])),
        Attribute::number(
            "keep_images",
            "How many images the repository keeps: ECR deletes the oldest beyond that, within a day. Each platform of an \
             image counts as one, and goes only with its index. Left out, all are kept.",
        )
        .optional()
        .validate(range(1..=10_000)),
        Attribute::bool(
            "force_delete",
            "Whether a destroy deletes whatever images the repository holds. Defaults to `false`: the image that was copied \
             last is deleted, and any other, earlier versions included, keeps the repository from being deleted.",
        )
        .default(false),
        Attribute::map("tags", Type::String, "Tags of the repository.").optional(),
    ]
}

fn encryption() -> Block {
    Block::single(
        "encryption",
        "Encrypts the images with a key of AWS KMS. Left out, with keys that Amazon S3 manages. A change makes a new \
         repository, and copies the image anew.",
        vec![
            Attribute::string(
                "kms_key_id",
                "The key's ARN, id or alias. Defaults to AWS's own key for ECR.",
            )
            .optional()
            .validate(length(1..=2048)),
        ],
        vec![],
    )
}

fn computed() -> Vec<Attribute> {
    let text = |name, description| Attribute::string(name, description).computed();
    vec![
        text("id", "The deployment's own id, in the tag `thatdot:deployment-id` of the repository."),
        text("uri", "What the image is pulled by, with its tag: for `image` of a deployment."),
        text("digest_uri", "What the image is pulled by, with its digest: it never stands for another image."),
        text("digest", "The digest of the image in the repository."),
        text(
            "source_digest",
            "The digest of the image at its source: `digest` differs from it where `platforms` leave some out.",
        ),
        text("repository_url", "The repository's address: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`."),
        text("repository_arn", "The repository's ARN."),
        Attribute::map("tags_all", Type::String, "`tags` and the provider's `default_tags`.").computed(),
        Attribute::map(
            "components",
            parts::part_type(),
            "The objects that it is made of, by their part in it: `type`, `id`, `arn` and `status` (`ready`, `missing`, \
             `drifted: …`, `pending`).",
        )
        .computed(),
    ]
}
