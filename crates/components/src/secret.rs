//! A Secrets Manager secret and the text in it. Sources: AWS Secrets Manager API, `CreateSecret`, `DescribeSecret`,
//! `UpdateSecret`, `PutSecretValue`, `RestoreSecret`, `DeleteSecret`.
//!
//! Nobody reads the text back. What is compared is its version: Secrets Manager names each value by the token that it was
//! put with, and a tag holds the token of ours beside the number that the configuration gives it. A current value with
//! another name was put by somebody else.

mod again;
mod version;

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;

use self::version::Version;
use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{SecretArn, is_told};
use aws::permissions::{Site, text};
use aws::retry::{SECRET_GOING, retry_while};
use aws::wait::{Pace, wait_until};
use aws::{Aws, Sealed, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A secret.
    pub struct Secret {
        /// Its name: up to 512 letters, digits and `/ _ + = . @ -`, not ending with a hyphen and six characters.
        replace name: String,
        /// What it is for; may be empty.
        update description: String,
        /// The key that encrypts it, by id, ARN or alias; `None` for `aws/secretsmanager`.
        update kms_key_id: Option<String>,
        /// For how many days after its deletion it can be restored: 7 to 30, or 0 for not at all. It is kept by us alone.
        update recovery_window_in_days: i32,
        /// The number that the configuration gives to the content. The content is put whenever this changes.
        update content_version: i64,
        /// The text, up to 65 536 bytes.
        update content: Sealed,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretOutput {
    /// The secret.
    pub arn: SecretArn,
    /// The name of its current value, which changes with the content. In a container's secret, `ARN:::VERSION` is this very
    /// value, so that another content makes another revision.
    pub version_id: String,
}

impl Component<Aws> for Secret {
    const TYPE: &'static str = "secret";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = SecretOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let name = text(&self.name);
        // A secret's ARN ends in characters that AWS chooses; before there is one, its name stands for it.
        let secret = site
            .at("secretsmanager", format!("secret:{name}"))
            .and(site.at("secretsmanager", format!("secret:{name}-??????")));
        let key = self.kms_key_id.known().and_then(Option::as_deref);
        [
            secret.called([
                "secretsmanager:CreateSecret",
                "secretsmanager:DeleteSecret",
                "secretsmanager:DescribeSecret",
                "secretsmanager:PutSecretValue",
                "secretsmanager:RestoreSecret",
                "secretsmanager:TagResource",
                "secretsmanager:UntagResource",
                "secretsmanager:UpdateSecret",
            ]),
            site.encrypted(key, "secretsmanager"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        let found = described(call, name).await?.filter(stands);
        found.as_ref().map(identity).transpose()
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, SecretOutput>>> {
        let Some(found) = described(call, arn(identity)).await?.filter(stands) else {
            return Ok(None);
        };
        let tags = tags::from_secretsmanager(found.tags());
        let current = version::current(&found);
        let content_version = version::number(&tags, current);
        let identity = self::identity(&found)?;
        let output = SecretOutput {
            arn: arn(&identity).into(),
            version_id: current.unwrap_or_default().to_owned(),
        };
        Ok(Some(Observed {
            identity,
            spec: Self {
                name: found.name().unwrap_or_default().into(),
                description: found.description().unwrap_or_default().into(),
                kms_key_id: same_key(self.kms_key_id.known(), found.kms_key_id()).into(),
                recovery_window_in_days: self.recovery_window_in_days.clone(),
                content_version: content_version.into(),
                content: self.content.clone(),
            },
            output,
            tags: Some(tags),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<SecretOutput>> {
        retry_while(call, &SECRET_GOING, || async {
            match self.make(call).await {
                Err(refusal) if (SECRET_GOING.is)(&refusal) => self.make_again(call, refusal).await,
                other => other,
            }
        })
        .await
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, SecretOutput>,
        fields: &[&'static str],
    ) -> Result<SecretOutput> {
        let arn = have.output.arn.as_str();
        if fields.contains(&"description") || fields.contains(&"kms_key_id") {
            self.describe_anew(call, arn).await?;
        }
        if fields.contains(&"content_version") {
            return self.put(call, arn).await;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let arn = arn(identity);
        if !set.is_empty() {
            tag(call, arn, set).await?;
        }
        if !remove.is_empty() {
            let request = call.world.secretsmanager.untag_resource().secret_id(arn);
            let request = request.set_tag_keys(Some(remove.to_vec()));
            ask(call, "secretsmanager:UntagResource", request.send()).await?;
        }
        Ok(())
    }

    /// Where the days of recovery are not known, they are AWS's own: 30.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let arn = arn(identity);
        let days = self.recovery_window_in_days.known().copied();
        let for_good = days == Some(0);
        let request = call
            .world
            .secretsmanager
            .delete_secret()
            .secret_id(arn)
            .set_force_delete_without_recovery(for_good.then_some(true))
            .set_recovery_window_in_days(days.filter(|_| !for_good).map(i64::from));
        match unless_absent(ask(call, "secretsmanager:DeleteSecret", request.send()).await) {
            Ok(None) => return Ok(()),
            Err(error) if (SECRET_GOING.is)(&error) => return Ok(()),
            other => other?,
        };
        wait_until(call, Pace::Moments, "the secret is gone", || async {
            let found = described(call, arn).await?;
            let gone = found.is_none_or(|found| !for_good && !stands(&found));
            Ok(gone.then_some(()))
        })
        .await
    }
}

impl Secret {
    fn content(&self) -> Result<&str> {
        self.content.get()?.open().ok_or_else(|| {
            Error::new(
                ErrorKind::Invalid,
                "secretsmanager:PutSecretValue",
                "the content of the secret was not given",
            )
            .with_remedy("Set the write-only attribute that holds it: what it held before cannot be read back.")
        })
    }

    /// A refusal without the content: AWS may repeat a value that it finds too long.
    fn without_content(&self, mut refusal: Error) -> Error {
        if let Ok(content) = self.content()
            && !content.is_empty()
        {
            refusal.message = refusal.message.replace(content, "(the content)");
        }
        refusal
    }

    async fn make(&self, call: &Call<'_, Aws>) -> Result<Created<SecretOutput>> {
        let version = Version::new(*self.content_version.get()?);
        let mut tags = call.tags.clone();
        version.mark(&mut tags);
        let description = self.description.get()?;
        let request = call
            .world
            .secretsmanager
            .create_secret()
            .name(self.name.get()?)
            .set_description(Some(description.clone()).filter(|text| !text.is_empty()))
            .set_kms_key_id(self.kms_key_id.get()?.clone())
            .client_request_token(&version.id)
            .secret_string(self.content()?)
            .set_tags(Some(tags::to_secretsmanager(&tags)));
        let made = ask(call, "secretsmanager:CreateSecret", request.send()).await;
        let made = made.map_err(|refusal| self.without_content(refusal))?;
        let arn = made
            .arn()
            .filter(is_told)
            .ok_or_else(|| lacking("secretsmanager:CreateSecret", "ARN of the secret"))?;
        Ok(Created {
            identity: Identity {
                id: self.name.get()?.clone(),
                arn: Some(arn.to_owned()),
            },
            output: SecretOutput {
                arn: arn.into(),
                version_id: version.id,
            },
        })
    }

    /// Sets what describes the secret, without touching its content.
    async fn describe_anew(&self, call: &Call<'_, Aws>, arn: &str) -> Result<()> {
        let key = self.kms_key_id.get()?.clone();
        let request = call
            .world
            .secretsmanager
            .update_secret()
            .secret_id(arn)
            .description(self.description.get()?)
            // An empty text is Secrets Manager's own key.
            .kms_key_id(key.unwrap_or_default());
        ask(call, "secretsmanager:UpdateSecret", request.send()).await.map(drop)
    }

    /// Puts the content, then notes that it is ours: a run that ends in between leaves a value that is taken for somebody
    /// else's, and is put again.
    async fn put(&self, call: &Call<'_, Aws>, arn: &str) -> Result<SecretOutput> {
        let version = Version::new(*self.content_version.get()?);
        let request = call
            .world
            .secretsmanager
            .put_secret_value()
            .secret_id(arn)
            .client_request_token(&version.id)
            .secret_string(self.content()?);
        let put = ask(call, "secretsmanager:PutSecretValue", request.send()).await;
        put.map_err(|refusal| self.without_content(refusal))?;
        let mut note = Tags::new();
        version.mark(&mut note);
        tag(call, arn, &note).await?;
        Ok(SecretOutput {
            arn: arn.into(),
            version_id: version.id,
        })
    }
}

async fn tag(call: &Call<'_, Aws>, arn: &str, set: &Tags) -> Result<()> {
    let request = call.world.secretsmanager.tag_resource().secret_id(arn);
    let request = request.set_tags(Some(tags::to_secretsmanager(set)));
    ask(call, "secretsmanager:TagResource", request.send()).await.map(drop)
}

/// The secret, be it scheduled for deletion or not.
async fn described(call: &Call<'_, Aws>, name_or_arn: &str) -> Result<Option<DescribeSecretOutput>> {
    let request = call.world.secretsmanager.describe_secret().secret_id(name_or_arn);
    unless_absent(ask(call, "secretsmanager:DescribeSecret", request.send()).await)
}

/// A secret that is scheduled for deletion cannot be used by anybody.
fn stands(found: &DescribeSecretOutput) -> bool {
    found.deleted_date().is_none()
}

/// The ARN, which stays that of this very secret when another one gets its name.
fn arn(identity: &Identity) -> &str {
    identity.arn.as_deref().unwrap_or(&identity.id)
}

fn identity(found: &DescribeSecretOutput) -> Result<Identity> {
    let told = |text: Option<&str>, what| {
        let told = text.filter(|text| !text.is_empty()).map(str::to_owned);
        told.ok_or_else(|| lacking("secretsmanager:DescribeSecret", what))
    };
    Ok(Identity {
        id: told(found.name(), "name of the secret")?,
        arn: Some(told(found.arn(), "ARN of the secret")?),
    })
}

/// The key that is reported, in the words of the one that is wanted where both mean the same. Of an alias that is answered
/// with a key's id, that cannot be told without asking KMS; it is taken to.
fn same_key(wanted: Option<&Option<String>>, reported: Option<&str>) -> Option<String> {
    const OWN: &str = "alias/aws/secretsmanager";
    let alias = |key: &str| key.find("alias/").map(|at| key[at..].to_owned());
    let last = |key: &str| key.rsplit('/').next().unwrap_or(key).to_owned();
    let Some(Some(wanted)) = wanted else {
        // Secrets Manager's own key is mostly left out of the answer, and may be named where it was asked for by name.
        return reported
            .filter(|key| alias(key).as_deref() != Some(OWN))
            .map(str::to_owned);
    };
    let same = match (reported, alias(wanted)) {
        (None, named) => named.as_deref() == Some(OWN),
        (Some(reported), Some(named)) => alias(reported).is_none_or(|reported| reported == named),
        (Some(reported), None) => last(reported) == last(wanted),
    };
    if same {
        Some(wanted.clone())
    } else {
        reported.map(str::to_owned)
    }
}

#[cfg(test)]
mod tests;
