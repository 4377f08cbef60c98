//! An image in a repository of Amazon ECR, copied there from another registry. Sources: Amazon ECR API, `DescribeImages`,
//! `BatchGetImage`, `ListImages`, `BatchDeleteImage`; OCI distribution specification.

mod removal;
#[cfg(test)]
mod tests;

use aws_sdk_ecr::types::ImageIdentifier;

use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::{ImageTag, RepositoryName};
use aws::permissions::{Site, text};
use aws::{Aws, ImageSource, ecr_token};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};
use registry::{Digest, Patience, Repository, copy};

engine::spec! {
    /// An image under a tag. An earlier one that the tag pointed at, or that has another tag, stays in the repository: what
    /// runs may still need it.
    pub struct ContainerImage {
        /// The repository.
        replace repository: RepositoryName,
        /// The tag.
        update tag: ImageTag,
        /// The digest of the image that the tag is to point at.
        update digest: Digest,
        /// The digest that it has at its source.
        update source_digest: Digest,
        /// Where it comes from; the image itself does not tell.
        update source: ImageSource,
    }
}

/// The digest of the image under a tag; `None` where there is no such repository, or nothing under the tag.
async fn digest_under(call: &Call<'_, Aws>, repository: &str, tag: &ImageTag) -> Result<Option<Digest>> {
    let wanted = ImageIdentifier::builder().image_tag(tag.as_str()).build();
    let request = call.world.ecr.describe_images().repository_name(repository);
    let answer = unless_absent(ask(call, "ecr:DescribeImages", request.image_ids(wanted).send()).await)?;
    let found = answer.and_then(|answer| answer.image_details?.into_iter().next());
    Ok(found.and_then(|image| Digest::parse(image.image_digest()?)))
}

impl ContainerImage {
    async fn bring(&self, call: &Call<'_, Aws>, repository: &str) -> Result<()> {
        let (tag, digest, source) = (self.tag.get()?, self.digest.get()?, self.source.get()?);
        if digest_under(call, repository, tag).await?.as_ref() == Some(digest) {
            return Ok(());
        }
        let attempted = format!("copy {} to {repository}:{tag}", source.reference);
        let told = |failure| source.told(&attempted, failure);
        let own = ecr_token::own(call.world, call.deadline).await?;
        let from = source.repository(call.world, call.deadline).await?;
        let network = &call.world.registries;
        let to = Repository::to_send(network, own.address, repository, &own.credentials).map_err(told)?;
        let patience = Patience {
            deadline: call.deadline,
            cancel: call.cancel.clone(),
            retries: network.max_retries,
        };
        let from = (&from, self.source_digest.get()?, source.platforms.as_slice());
        Box::pin(copy(from, (&to, tag.as_str(), digest), &patience))
            .await
            .map(drop)
            .map_err(told)
    }
}

impl Component<Aws> for ContainerImage {
    const TYPE: &'static str = "container_image";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    const TAGGED: bool = false;
    type Output = Digest;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let repository = site.at("ecr", format!("repository/{}", text(&self.repository)));
        [
            repository.called([
                "ecr:BatchDeleteImage",
                "ecr:BatchGetImage",
                "ecr:DescribeImages",
                "ecr:ListImages",
            ]),
            // What a registry's own protocol is taken for. Source: Amazon ECR user guide, *IAM permissions for pushing an image*.
            repository.behind([
                "ecr:BatchCheckLayerAvailability",
                "ecr:CompleteLayerUpload",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ]),
            site.anywhere().called(["ecr:GetAuthorizationToken"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(repository), Some(tag)) = (self.repository.known(), self.tag.known()) else {
            return Ok(None);
        };
        let found = digest_under(call, repository.as_str(), tag).await?;
        Ok(found.map(|_| identity(repository.as_str())))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, Digest>>> {
        let Some(tag) = self.tag.known() else { return Ok(None) };
        let Some(digest) = digest_under(call, &identity.id, tag).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: identity.clone(),
            spec: Self {
                repository: RepositoryName::from(identity.id.as_str()).into(),
                digest: digest.clone().into(),
                ..self.clone()
            },
            output: digest,
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<Digest>> {
        let repository = self.repository.get()?.as_str();
        self.bring(call, repository).await?;
        Ok(Created {
            identity: identity(repository),
            output: self.digest.get()?.clone(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, Digest>,
        _fields: &[&'static str],
    ) -> Result<Digest> {
        self.bring(call, &have.identity.id).await?;
        self.digest.get().cloned()
    }

    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Err(Error::bug("tag the image", "an image has no tags of AWS's"))
    }

    /// Only what was copied goes; other images, and other tags of this one, stay.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        match (self.tag.known(), self.digest.known()) {
            (Some(tag), Some(digest)) => removal::remove(call, &identity.id, tag, digest).await,
            _ => Ok(()),
        }
    }
}

/// The image's own address would change with its tag, which is no new object.
fn identity(repository: &str) -> Identity {
    Identity {
        id: repository.to_owned(),
        arn: None,
    }
}
