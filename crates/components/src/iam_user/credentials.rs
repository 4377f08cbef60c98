//! A user's credentials, all given by others. Source: AWS IAM API, `DeleteUser`: what must be gone before the user can go.

use std::fmt;

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::pages::Pages;
use engine::{Call, Result};

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Credential {
    /// The console password.
    Password,
    /// An access key, by its id.
    AccessKey(String),
    /// A multi-factor device, by its serial number, which of a virtual one is an ARN.
    MfaDevice(String),
    /// A signing certificate, by its id.
    SigningCertificate(String),
    /// An SSH key of AWS `CodeCommit`, by its id.
    SshKey(String),
    /// A user name and password of a single service, by its id.
    ServiceSpecific(String),
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str("a console password"),
            Self::AccessKey(id) => write!(f, "the access key {id}"),
            Self::MfaDevice(serial) => write!(f, "the MFA device {serial}"),
            Self::SigningCertificate(id) => write!(f, "the signing certificate {id}"),
            Self::SshKey(id) => write!(f, "the SSH key {id}"),
            Self::ServiceSpecific(id) => write!(f, "the service-specific credential {id}"),
        }
    }
}

/// All credentials of the user; none where there is no such user.
pub(super) async fn of(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let (password, keys, devices, certificates, ssh, specific) = tokio::try_join!(
        password(call, user),
        access_keys(call, user),
        mfa_devices(call, user),
        signing_certificates(call, user),
        ssh_keys(call, user),
        service_specific(call, user),
    )?;
    Ok([password, keys, devices, certificates, ssh, specific].concat())
}

async fn password(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let request = call.world.iam.get_login_profile().user_name(user);
    let found = unless_absent(ask(call, "iam:GetLoginProfile", request.send()).await)?;
    Ok(found.map(|_| Credential::Password).into_iter().collect())
}

async fn access_keys(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let pages = call.world.iam.list_access_keys().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let keys = unless_absent(ask(call, "iam:ListAccessKeys", listed).await)?;
    let ids = keys.into_iter().flatten().filter_map(|key| key.access_key_id);
    Ok(ids.map(Credential::AccessKey).collect())
}

async fn mfa_devices(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let pages = call.world.iam.list_mfa_devices().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let devices = unless_absent(ask(call, "iam:ListMFADevices", listed).await)?;
    let serials = devices.into_iter().flatten().map(|device| device.serial_number);
    Ok(serials.map(Credential::MfaDevice).collect())
}

async fn signing_certificates(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let pages = call.world.iam.list_signing_certificates().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let certificates = unless_absent(ask(call, "iam:ListSigningCertificates", listed).await)?;
    let ids = certificates.into_iter().flatten().map(|found| found.certificate_id);
    Ok(ids.map(Credential::SigningCertificate).collect())
}

async fn ssh_keys(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let pages = call.world.iam.list_ssh_public_keys().user_name(user);
    let pages = pages.into_paginator().items().send();
    let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
    let keys = unless_absent(ask(call, "iam:ListSSHPublicKeys", listed).await)?;
    let ids = keys.into_iter().flatten().map(|key| key.ssh_public_key_id);
    Ok(ids.map(Credential::SshKey).collect())
}

async fn service_specific(call: &Call<'_, Aws>, user: &str) -> Result<Vec<Credential>> {
    let mut pages = Pages::of("iam:ListServiceSpecificCredentials");
    let (mut found, mut marker) = (Vec::new(), None);
    loop {
        let request = call.world.iam.list_service_specific_credentials().user_name(user);
        let request = request.set_marker(marker);
        let page = unless_absent(ask(call, "iam:ListServiceSpecificCredentials", request.send()).await)?;
        let Some(page) = page else { return Ok(found) };
        let ids = page.service_specific_credentials().iter();
        found.extend(ids.map(|found| Credential::ServiceSpecific(found.service_specific_credential_id().to_owned())));
        marker = pages.after(page.marker.filter(|_| page.is_truncated))?;
        if marker.is_none() {
            return Ok(found);
        }
    }
}

/// Takes these credentials away.
pub(super) async fn delete(call: &Call<'_, Aws>, user: &str, credentials: &[Credential]) -> Result<()> {
    for credential in credentials {
        unless_absent(delete_one(call, user, credential).await)?;
    }
    Ok(())
}

async fn delete_one(call: &Call<'_, Aws>, user: &str, credential: &Credential) -> Result<()> {
    let iam = &call.world.iam;
    match credential {
        Credential::Password => {
            let request = iam.delete_login_profile().user_name(user);
            ask(call, "iam:DeleteLoginProfile", request.send()).await.map(drop)
        }
        Credential::AccessKey(id) => {
            let request = iam.delete_access_key().user_name(user).access_key_id(id);
            ask(call, "iam:DeleteAccessKey", request.send()).await.map(drop)
        }
        Credential::MfaDevice(serial) => {
            let request = iam.deactivate_mfa_device().user_name(user).serial_number(serial);
            ask(call, "iam:DeactivateMFADevice", request.send()).await?;
            if serial.contains(":mfa/") {
                let request = iam.delete_virtual_mfa_device().serial_number(serial);
                ask(call, "iam:DeleteVirtualMFADevice", request.send()).await?;
            }
            Ok(())
        }
        Credential::SigningCertificate(id) => {
            let request = iam.delete_signing_certificate().user_name(user).certificate_id(id);
            ask(call, "iam:DeleteSigningCertificate", request.send())
                .await
                .map(drop)
        }
        Credential::SshKey(id) => {
            let request = iam.delete_ssh_public_key().user_name(user).ssh_public_key_id(id);
            ask(call, "iam:DeleteSSHPublicKey", request.send()).await.map(drop)
        }
        Credential::ServiceSpecific(id) => {
            let request = iam.delete_service_specific_credential().user_name(user);
            let request = request.service_specific_credential_id(id);
            ask(call, "iam:DeleteServiceSpecificCredential", request.send())
                .await
                .map(drop)
        }
    }
}
