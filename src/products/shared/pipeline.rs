//! What a pipeline deploys past Terraform: a new revision of the deployment's own task definition, which its service runs.

use super::service::{SERVICE, TASK_DEFINITION};
use crate::aws::components::EcsService;
use crate::aws::ids::TaskDefinitionArn;
use crate::aws::{Aws, lookups};
use crate::engine::{Error, Key, Record, Survey};
use crate::framework::Attr;

/// Takes the image that the container has in such a revision into the attribute, and the revision into the record. A
/// revision of another family is drift like any other.
pub async fn absorb(
    aws: &Aws,
    name: &Attr<String>,
    image: &mut Attr<String>,
    container: &str,
    survey: &Survey,
) -> Result<Option<Record>, Error> {
    let Some(deployed) = deployed(name, survey) else {
        return Ok(None);
    };
    let Some(found) = lookups::container_image(aws, &deployed, container).await? else {
        return Ok(None);
    };
    *image = Attr::Known(found);
    let mut record = survey.record.clone();
    if let Some(part) = record.get_mut(&Key::new(TASK_DEFINITION)) {
        part.id = Some(deployed.revision().to_owned());
        part.arn = Some(deployed.to_string());
    }
    Ok(Some(record))
}

/// The revision that the service runs, where it is of our family and not the recorded one.
fn deployed(name: &Attr<String>, survey: &Survey) -> Option<TaskDefinitionArn> {
    let service = survey.objects.get(&Key::new(SERVICE))?.spec::<EcsService>()?;
    let deployed = service.task_definition.known()?;
    let recorded = survey.record.get(&Key::new(TASK_DEFINITION))?.arn.as_deref()?;
    let ours = name.known().is_some_and(|name| deployed.family() == name);
    (ours && recorded != deployed.as_str()).then(|| deployed.clone())
}
