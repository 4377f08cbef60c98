//! A private repository of Amazon ECR. Its creation refuses a second creator, which makes it the lock of an image's name.
//! Sources: Amazon ECR API, `CreateRepository`, `DescribeRepositories`, `PutImageScanningConfiguration`,
//! `PutImageTagMutability`, `PutLifecyclePolicy`, `GetLifecyclePolicy`, `DeleteRepository`.

mod lifecycle;
#[cfg(test)]
mod tests;

use aws_sdk_ecr::types::{
    EncryptionConfiguration, EncryptionType, ImageScanningConfiguration, ImageTagMutability, Repository,
};

pub use self::lifecycle::Lifecycle;
use aws::ask::{ask, in_time};
use aws::choice;
use aws::error::{lacking, unless_absent};
use aws::ids::{RepositoryArn, RepositoryName, RepositoryUrl};
use aws::permissions::{Site, text};
use aws::{Aws, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

choice! {
    /// Whether a tag may be pointed at another image.
    pub enum TagMutability {
        /// It may.
        Mutable = "MUTABLE",
        /// A tag stays where it is, for as long as its image is there.
        Immutable = "IMMUTABLE",
    }
}

/// How images are encrypted at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// With keys that Amazon S3 manages.
    Aes256,
    /// With a key of AWS KMS: its ARN, id or alias; `None`: AWS's own key for ECR.
    Kms(Option<String>),
    /// In a way that is none of these.
    Other(String),
}

engine::spec! {
    /// A repository of container images. What else its owner may set (a repository policy, replication) is left alone;
    /// its lifecycle policy is not.
    pub struct EcrRepository {
        /// The name, unique in the account's region.
        replace name: RepositoryName,
        /// How images are encrypted at rest.
        replace encryption: Encryption,
        /// Whether an image is looked through for known weaknesses when it is pushed.
        update scan_on_push: bool,
        /// Whether a tag may be pointed at another image.
        update tag_mutability: TagMutability,
        /// Which images are kept.
        update lifecycle: Lifecycle,
        /// Whether deleting it deletes whatever images it holds. AWS keeps no such setting.
        update force_delete: bool,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcrRepositoryOutput {
    /// Its name.
    pub name: RepositoryName,
    /// Its ARN.
    pub arn: RepositoryArn,
    /// Where images are pulled from: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`.
    pub url: RepositoryUrl,
}

async fn describe(call: &Call<'_, Aws>, name: &str) -> Result<Option<Repository>> {
    let repositories = &call.world.reads.stores.repositories;
    in_time(call, "ecr:DescribeRepositories", repositories.one((), name)).await
}

fn identity(found: &Repository) -> Result<Identity> {
    let name = found.repository_name();
    let (Some(name), Some(arn)) = (name, found.repository_arn()) else {
        return Err(lacking("ecr:DescribeRepositories", "name and ARN of the repository"));
    };
    Ok(Identity {
        id: name.to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(found: &Repository) -> EcrRepositoryOutput {
    EcrRepositoryOutput {
        name: found.repository_name().unwrap_or_default().into(),
        arn: found.repository_arn().unwrap_or_default().into(),
        url: found.repository_uri().unwrap_or_default().into(),
    }
}

fn arn(identity: &Identity) -> &str {
    identity.arn.as_deref().unwrap_or(&identity.id)
}

/// The encryption that is reported, in the words of the one that is wanted where both mean the same. Which key an alias
/// stands for cannot be told without asking KMS; it is taken to be the reported one.
fn encryption(found: Option<&EncryptionConfiguration>, wanted: Option<&Encryption>) -> Encryption {
    let Some(found) = found else { return Encryption::Aes256 };
    match found.encryption_type() {
        EncryptionType::Aes256 => Encryption::Aes256,
        EncryptionType::Kms => {
            let reported = found.kms_key();
            match wanted {
                Some(Encryption::Kms(None)) => Encryption::Kms(None),
                Some(Encryption::Kms(Some(wanted)))
                    if wanted.contains("alias/")
                        || reported.is_some_and(|key| key.ends_with(&format!("/{wanted}"))) =>
                {
                    Encryption::Kms(Some(wanted.clone()))
                }
                _ => Encryption::Kms(reported.map(str::to_owned)),
            }
        }
        other => Encryption::Other(other.as_str().to_owned()),
    }
}

fn encryption_asked(wanted: &Encryption) -> Result<EncryptionConfiguration> {
    let (kind, key) = match wanted {
        Encryption::Aes256 => (EncryptionType::Aes256, None),
        Encryption::Kms(key) => (EncryptionType::Kms, key.clone()),
        Encryption::Other(word) => (EncryptionType::from(word.as_str()), None),
    };
    EncryptionConfiguration::builder()
        .encryption_type(kind)
        .set_kms_key(key)
        .build()
        .map_err(|error| Error::bug("ecr:CreateRepository", error.to_string()))
}

fn scanning(on_push: bool) -> ImageScanningConfiguration {
    ImageScanningConfiguration::builder().scan_on_push(on_push).build()
}

impl EcrRepository {
    async fn keep(&self, call: &Call<'_, Aws>, name: &str) -> Result<()> {
        if let Some(policy) = self.lifecycle.get()?.to_policy() {
            let request = call.world.ecr.put_lifecycle_policy().repository_name(name);
            let request = request.lifecycle_policy_text(policy).send();
            ask(call, "ecr:PutLifecyclePolicy", request).await.map(drop)
        } else {
            let request = call.world.ecr.delete_lifecycle_policy().repository_name(name);
            unless_absent(ask(call, "ecr:DeleteLifecyclePolicy", request.send()).await).map(drop)
        }
    }

    async fn policy(call: &Call<'_, Aws>, name: &str) -> Result<Lifecycle> {
        let request = call.world.ecr.get_lifecycle_policy().repository_name(name);
        let found = unless_absent(ask(call, "ecr:GetLifecyclePolicy", request.send()).await)?;
        let text = found.and_then(|found| found.lifecycle_policy_text);
        Ok(text.map_or(Lifecycle::All, |text| Lifecycle::parse(&text)))
    }
}

impl Component<Aws> for EcrRepository {
    const TYPE: &'static str = "ecr_repository";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = EcrRepositoryOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let repository = site.at("ecr", format!("repository/{}", text(&self.name)));
        repository.called([
            "ecr:CreateRepository",
            "ecr:DeleteLifecyclePolicy",
            "ecr:DeleteRepository",
            "ecr:DescribeRepositories",
            "ecr:GetLifecyclePolicy",
            "ecr:ListTagsForResource",
            "ecr:PutImageScanningConfiguration",
            "ecr:PutImageTagMutability",
            "ecr:PutLifecyclePolicy",
            "ecr:TagResource",
            "ecr:UntagResource",
        ])
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        describe(call, name.as_str()).await?.as_ref().map(identity).transpose()
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, Self::Output>>> {
        let name = identity.id.as_str();
        let tags = async {
            let request = call.world.ecr.list_tags_for_resource().resource_arn(arn(identity));
            unless_absent(ask(call, "ecr:ListTagsForResource", request.send()).await)
        };
        let (found, tags, lifecycle) = tokio::try_join!(describe(call, name), tags, Self::policy(call, name))?;
        let (Some(found), Some(tags)) = (found, tags) else {
            return Ok(None);
        };
        let mutability = found
            .image_tag_mutability()
            .map_or("MUTABLE", ImageTagMutability::as_str);
        Ok(Some(Observed {
            identity: self::identity(&found)?,
            spec: Self {
                name: RepositoryName::from(name).into(),
                encryption: encryption(found.encryption_configuration(), self.encryption.known()).into(),
                scan_on_push: found
                    .image_scanning_configuration()
                    .is_some_and(ImageScanningConfiguration::scan_on_push)
                    .into(),
                tag_mutability: TagMutability::from(mutability).into(),
                lifecycle: lifecycle.into(),
                force_delete: self.force_delete.clone(),
            },
            output: output(&found),
            tags: Some(tags::from_ecr(tags.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<Self::Output>> {
        let name = self.name.get()?;
        let mutability = self.tag_mutability.get()?.as_str();
        let request = call
            .world
            .ecr
            .create_repository()
            .repository_name(name.as_str())
            .image_tag_mutability(ImageTagMutability::from(mutability))
            .image_scanning_configuration(scanning(*self.scan_on_push.get()?))
            .encryption_configuration(encryption_asked(self.encryption.get()?)?)
            .set_tags(Some(tags::to_ecr(call.tags)));
        let answer = ask(call, "ecr:CreateRepository", request.send()).await?;
        let made = answer
            .repository
            .ok_or_else(|| lacking("ecr:CreateRepository", "repository"))?;
        if *self.lifecycle.get()? != Lifecycle::All {
            self.keep(call, name.as_str()).await?;
        }
        Ok(Created {
            identity: identity(&made)?,
            output: output(&made),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, Self::Output>,
        fields: &[&'static str],
    ) -> Result<Self::Output> {
        let name = have.identity.id.as_str();
        let ecr = &call.world.ecr;
        if fields.contains(&"scan_on_push") {
            let request = ecr.put_image_scanning_configuration().repository_name(name);
            let request = request.image_scanning_configuration(scanning(*self.scan_on_push.get()?));
            ask(call, "ecr:PutImageScanningConfiguration", request.send()).await?;
        }
        if fields.contains(&"tag_mutability") {
            let request = ecr.put_image_tag_mutability().repository_name(name);
            let request = request.image_tag_mutability(ImageTagMutability::from(self.tag_mutability.get()?.as_str()));
            ask(call, "ecr:PutImageTagMutability", request.send()).await?;
        }
        if fields.contains(&"lifecycle") {
            self.keep(call, name).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let ecr = &call.world.ecr;
        if !set.is_empty() {
            let request = ecr.tag_resource().resource_arn(arn(identity));
            ask(
                call,
                "ecr:TagResource",
                request.set_tags(Some(tags::to_ecr(set))).send(),
            )
            .await?;
        }
        if !remove.is_empty() {
            let request = ecr.untag_resource().resource_arn(arn(identity));
            ask(
                call,
                "ecr:UntagResource",
                request.set_tag_keys(Some(remove.to_vec())).send(),
            )
            .await?;
        }
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let force = self.force_delete.known().copied().unwrap_or_default();
        let request = call.world.ecr.delete_repository().repository_name(&identity.id);
        let deleted = ask(call, "ecr:DeleteRepository", request.force(force).send()).await;
        unless_absent(deleted.map_err(not_empty)).map(drop)
    }
}

/// Says what to do where the repository holds images that are not ours to delete.
fn not_empty(mut error: Error) -> Error {
    if error.code.as_deref() == Some("RepositoryNotEmptyException") {
        error.kind = ErrorKind::Conflict;
        error.remedy = Some(
            "It holds images beside the one that was copied last: earlier versions of it, or images that others pushed. To \
             delete them with the repository, set force_delete = true, apply that, and then try again; or delete those that \
             nobody needs by hand."
                .to_owned(),
        );
    }
    error
}
