//! A secret whose name is still held by one that was deleted and can be restored.

use super::{Secret, SecretOutput, described, identity, tag};
use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::tags;
use engine::{Call, Created, Error, ErrorKind, Result, TAG_COMPONENT, TAG_DEPLOYMENT, Tags};

impl Secret {
    /// Restores the secret that holds the name, where it was one of this deployment's name, and makes it what is wanted.
    /// The refusal stands where nothing is there any more, or not for long.
    pub(super) async fn make_again(&self, call: &Call<'_, Aws>, refusal: Error) -> Result<Created<SecretOutput>> {
        let name = self.name.get()?;
        let Some(found) = described(call, name).await? else {
            return Err(refusal);
        };
        if !was_ours(call, &tags::from_secretsmanager(found.tags())) {
            return Err(not_ours(name));
        }
        let identity = identity(&found)?;
        let arn = super::arn(&identity);
        let request = call.world.secretsmanager.restore_secret().secret_id(arn);
        if unless_absent(ask(call, "secretsmanager:RestoreSecret", request.send()).await)?.is_none() {
            return Err(refusal);
        }
        tag(call, arn, call.tags).await?;
        self.describe_anew(call, arn).await?;
        let output = self.put(call, arn).await?;
        Ok(Created { identity, output })
    }
}

/// A deployment's id ends with it, so what it left is known by its name.
fn was_ours(call: &Call<'_, Aws>, tags: &Tags) -> bool {
    let has = |name: &str, value: &str| tags.get(name).is_some_and(|tag| tag == value);
    has(TAG_DEPLOYMENT, call.name) && has(TAG_COMPONENT, call.key.base().as_str())
}

fn not_ours(name: &str) -> Error {
    let message = format!("a secret {name} that is not ours waits for its deletion, and keeps the name until then");
    Error::new(ErrorKind::Foreign, "secretsmanager:CreateSecret", message).with_remedy(format!(
        "Choose another name for the deployment, or delete that secret for good with `aws secretsmanager delete-secret \
         --secret-id {name} --force-delete-without-recovery`."
    ))
}
