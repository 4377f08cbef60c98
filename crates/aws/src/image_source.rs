//! Where a container image is copied from, and how one signs in there.

use tokio::time::Instant;

use super::ecr_token::{in_region, region_of};
use super::{Aws, Sealed};
use engine::{Error, ErrorKind, Result};
use registry::{Credentials, Failure, FailureKind, ImageReference, Platform, Repository};

/// Where an image is copied from. Whether two are the same does not depend on the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSource {
    /// Its name.
    pub reference: ImageReference,
    /// The platforms that are copied; empty: all.
    pub platforms: Vec<Platform>,
    /// The name to sign in by. Without one: in a registry of ECR by a token of AWS, elsewhere not at all.
    pub username: Option<String>,
    /// The password that goes with the name.
    pub password: Sealed,
}

impl ImageSource {
    /// The repository, to read from.
    pub async fn repository(&self, aws: &Aws, deadline: Instant) -> Result<Repository> {
        let address = self.reference.address();
        let credentials = match (&self.username, self.password.open(), region_of(address.host())) {
            (Some(username), Some(password), _) => Credentials::Basic {
                username: username.clone(),
                password: password.to_owned(),
            },
            (_, _, Some(region)) => in_region(aws, region, deadline).await?,
            _ => Credentials::Anonymous,
        };
        Repository::to_read(&aws.registries, address, self.reference.repository(), &credentials)
            .map_err(|failure| self.told("read the image's source", failure))
    }

    /// A failure of source or target, in the engine's words.
    pub fn told(&self, attempted: &str, failure: Failure) -> Error {
        let at_source = failure.host.as_deref() == Some(self.reference.address().host());
        let remedy = self.remedy(failure.kind, at_source);
        let kind = match failure.kind {
            FailureKind::Denied => ErrorKind::Denied,
            FailureKind::NotFound => ErrorKind::NotFound,
            FailureKind::Throttled | FailureKind::Unreachable => ErrorKind::Unreachable,
            FailureKind::Cancelled => ErrorKind::Cancelled,
            FailureKind::TimedOut => ErrorKind::TimedOut,
            FailureKind::Refused | FailureKind::Corrupt | FailureKind::Other => ErrorKind::Other,
        };
        let mut error = Error::new(kind, attempted, failure.message);
        error.code = failure.code;
        error.remedy = remedy;
        error
    }

    fn remedy(&self, kind: FailureKind, at_source: bool) -> Option<String> {
        let source = &self.reference;
        let from_ecr = region_of(source.address().host()).is_some();
        Some(match (kind, at_source) {
            (FailureKind::Denied, true) if self.username.is_some() => format!(
                "Check source_username and source_password_wo, and that this account of the registry may read {source}. A new \
                 password needs nothing but the next apply."
            ),
            (FailureKind::Denied, true) if from_ecr => format!(
                "The identity that runs Terraform needs ecr:GetAuthorizationToken, ecr:BatchCheckLayerAvailability, \
                 ecr:GetDownloadUrlForLayer and ecr:BatchGetImage; the owner of {source} must let it in; an image of the AWS \
                 Marketplace must be subscribed to."
            ),
            (FailureKind::Denied, true) => {
                format!("{source} is not for everybody: set source_username and source_password_wo.")
            }
            (FailureKind::Denied, false) => "The identity that runs Terraform needs ecr:GetAuthorizationToken, \
                 ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload, \
                 ecr:BatchGetImage and ecr:PutImage on the repository."
                .to_owned(),
            (FailureKind::NotFound, true) => format!(
                "Check the name and tag of {source}, and platforms where they are set. Some registries say this too of what \
                 the credentials may not see."
            ),
            (FailureKind::Unreachable | FailureKind::Throttled, _) => "Check that this machine reaches the registry: network, \
                 name resolution, `http_proxy`/`https_proxy`, `custom_ca_bundle`. A copy that broke off goes on where it \
                 stopped."
                .to_owned(),
            (FailureKind::TimedOut, _) => "Give the operation more time in `timeouts`. A copy that broke off goes on where it \
                 stopped: layers that have arrived are not sent again."
                .to_owned(),
            _ => return None,
        })
    }
}
