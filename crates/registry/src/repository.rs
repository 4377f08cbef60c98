//! One repository of a registry: its manifests and blobs, one request at a time.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, Stream};
use oci_client::client::{BlobResponse, Client, SizedStream};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use oci_client::{Reference, RegistryOperation};
use tokio_util::bytes::Bytes;

use super::digest::Digest;
use super::failure::{Failure, FailureKind};
use super::manifest::MEDIA_TYPES;
use super::network::{Network, Use};
use super::reference::Address;

/// How long one request that carries no layer may take.
const REQUEST: Duration = Duration::from_mins(1);

/// What a reader of blobs gives for an offset that it cannot start at.
pub(super) struct Opened {
    /// What comes.
    pub stream: SizedStream,
    /// Where it starts: at what was asked for, or at the beginning.
    pub offset: u64,
}

/// How one proves to a registry who one is.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Not at all.
    #[default]
    Anonymous,
    /// By name and password (or token).
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Basic { username, .. } => f
                .debug_struct("Basic")
                .field("username", username)
                .finish_non_exhaustive(),
        }
    }
}

/// A repository, and how it is reached.
#[derive(Clone)]
pub struct Repository {
    client: Client,
    address: Address,
    name: String,
    auth: RegistryAuth,
}

impl Repository {
    /// A repository to read from.
    ///
    /// # Errors
    /// Where no connection can be made whatever the registry: no certificate authorities, a proxy that is no URL.
    pub fn to_read(
        network: &Network,
        address: Address,
        name: &str,
        credentials: &Credentials,
    ) -> Result<Self, Failure> {
        let client = network.client(&address, Use::Read)?;
        Ok(Self::through(client, address, name, credentials))
    }

    /// A repository to send to.
    ///
    /// # Errors
    /// As [`to_read`](Self::to_read).
    pub fn to_send(
        network: &Network,
        address: Address,
        name: &str,
        credentials: &Credentials,
    ) -> Result<Self, Failure> {
        let client = network.client(&address, Use::Send)?;
        Ok(Self::through(client, address, name, credentials))
    }

    fn through(client: Client, address: Address, name: &str, credentials: &Credentials) -> Self {
        let auth = match credentials {
            Credentials::Anonymous => RegistryAuth::Anonymous,
            Credentials::Basic { username, password } => RegistryAuth::Basic(username.clone(), password.clone()),
        };
        Self {
            client,
            address,
            name: name.to_owned(),
            auth,
        }
    }

    /// The registry's host.
    pub(super) fn host(&self) -> &str {
        self.address.host()
    }

    /// `HOST/NAME`
    pub(super) fn address(&self) -> String {
        format!("{}/{}", self.address.host(), self.name)
    }

    /// Whether both are in one registry and reached by the same credentials, so that a blob of the other can be mounted.
    pub(super) fn shares_registry_with(&self, other: &Self) -> bool {
        self.address == other.address && self.auth == other.auth
    }

    /// Proves who is asking, where the registry wants to know: a later request would only be refused without a reason.
    pub(super) async fn sign_in_to_read(&self) -> Result<(), Failure> {
        self.sign_in(RegistryOperation::Pull).await
    }

    /// As [`sign_in_to_read`](Self::sign_in_to_read), for sending.
    pub(super) async fn sign_in_to_send(&self) -> Result<(), Failure> {
        self.sign_in(RegistryOperation::Push).await
    }

    async fn sign_in(&self, operation: RegistryOperation) -> Result<(), Failure> {
        let reference = self.tagged("latest");
        self.request(self.client.auth(&reference, &self.auth, operation))
            .await
            .map(drop)
    }

    /// The digest of the manifest under a tag.
    pub(super) async fn digest_of(&self, tag: &str) -> Result<Digest, Failure> {
        let reference = self.tagged(tag);
        let digest = self
            .request(self.client.fetch_manifest_digest(&reference, &self.auth))
            .await?;
        self.read_digest(&digest)
    }

    /// The manifest under a tag, and its digest.
    pub(super) async fn manifest_tagged(&self, tag: &str) -> Result<(Bytes, Digest), Failure> {
        self.pull(&self.tagged(tag)).await
    }

    /// The manifest of a digest.
    pub(super) async fn manifest(&self, digest: &Digest) -> Result<Bytes, Failure> {
        Ok(self.pull(&self.digested(digest)).await?.0)
    }

    async fn pull(&self, reference: &Reference) -> Result<(Bytes, Digest), Failure> {
        let pulled = self.client.pull_manifest_raw(reference, &self.auth, &MEDIA_TYPES);
        let (bytes, digest) = self.request(pulled).await?;
        Ok((bytes, self.read_digest(&digest)?))
    }

    fn read_digest(&self, text: &str) -> Result<Digest, Failure> {
        Digest::parse(text).ok_or_else(|| {
            let host = self.address.host();
            Failure::new(
                FailureKind::Refused,
                format!("{host} names an image by {text:?}, which is no digest"),
            )
        })
    }

    /// Puts a manifest under a tag or a digest.
    pub(super) async fn put_manifest(&self, name: &str, media_type: &str, body: Bytes) -> Result<(), Failure> {
        let media_type = media_type
            .parse()
            .map_err(|_| Failure::new(FailureKind::Refused, format!("{media_type:?} is no media type")))?;
        // A digest goes as a tag: to a registry whose answer names no place (ECR's does not), the client makes one up
        // out of the tag.
        let reference = self.tagged(name);
        self.request(self.client.push_manifest_raw(&reference, body, media_type))
            .await
            .map(drop)
    }

    /// Whether it holds a blob.
    pub(super) async fn has(&self, blob: &Digest) -> Result<bool, Failure> {
        self.request(self.client.blob_exists(&self.tagged("latest"), blob.as_str()))
            .await
    }

    /// Takes a blob over from another repository of the registry; false where the registry does not do that.
    pub(super) async fn mount(&self, source: &Self, blob: &Digest) -> Result<bool, Failure> {
        let (here, there) = (self.tagged("latest"), source.tagged("latest"));
        let mounted = self.client.mount_blob(&here, &there, blob.as_str()).boxed();
        let answer = tokio::time::timeout(REQUEST, mounted).await;
        match answer {
            Ok(Ok(()) | Err(OciDistributionError::RegistryNoLocationError)) => Ok(true),
            Ok(Err(OciDistributionError::SpecViolationError(_))) => Ok(false),
            Ok(Err(error)) => Err(self.failure(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    /// Opens a blob, from an offset on where that is not 0.
    pub(super) async fn open(&self, blob: &Digest, offset: u64) -> Result<Opened, Failure> {
        let reference = self.tagged("latest");
        if offset == 0 {
            let stream = self
                .request(self.client.pull_blob_stream(&reference, blob.as_str()))
                .await?;
            return Ok(Opened { stream, offset });
        }
        let rest = self
            .client
            .pull_blob_stream_partial(&reference, blob.as_str(), offset, None);
        Ok(match self.request(rest).await? {
            BlobResponse::Partial(stream) => Opened { stream, offset },
            BlobResponse::Full(stream) => Opened { stream, offset: 0 },
        })
    }

    /// Sends a blob; the registry takes it only where it is what the digest says.
    pub(super) async fn send(
        &self,
        blob: &Digest,
        size: u64,
        content: impl Stream<Item = Result<Bytes, OciDistributionError>> + Send + 'static,
    ) -> Result<(), Failure> {
        let reference = self.tagged("latest");
        let sent = self
            .client
            .push_blob_stream(&reference, content, blob.as_str(), Some(size))
            .boxed();
        match sent.await {
            Ok(_) | Err(OciDistributionError::RegistryNoLocationError) => Ok(()),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// One request that carries no layer. Boxed, because the client's futures are large, and many are under way at once.
    fn request<'a, T: Send + 'a>(
        &'a self,
        request: impl Future<Output = Result<T, OciDistributionError>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Failure>> {
        let answer = tokio::time::timeout(REQUEST, request);
        Box::pin(async move {
            match answer.await {
                Ok(answer) => answer.map_err(|error| self.failure(&error)),
                Err(_) => Err(self.silent()),
            }
        })
    }

    /// A failure of this registry, in our words.
    pub(super) fn failure(&self, error: &OciDistributionError) -> Failure {
        let secret = match &self.auth {
            RegistryAuth::Basic(_, password) => Some(password.as_str()),
            RegistryAuth::Bearer(token) => Some(token.as_str()),
            RegistryAuth::Anonymous => None,
        };
        Failure::of(self.address.host(), error).without(secret)
    }

    /// The failure of a registry that does not answer.
    pub(super) fn silent(&self) -> Failure {
        let host = self.address.host();
        Failure {
            host: Some(host.to_owned()),
            ..Failure::new(FailureKind::Unreachable, format!("{host} does not answer"))
        }
    }

    fn tagged(&self, tag: &str) -> Reference {
        Reference::with_tag(self.address.host().to_owned(), self.name.clone(), tag.to_owned())
    }

    fn digested(&self, digest: &Digest) -> Reference {
        Reference::with_digest(self.address.host().to_owned(), self.name.clone(), digest.to_string())
    }
}
