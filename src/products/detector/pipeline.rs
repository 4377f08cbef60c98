//! What a pipeline deploys past Terraform: a new revision of the deployment's own task definition, which its service runs.

use super::design::{SERVICE, TASK_DEFINITION};
use super::model::Detector;
use super::vendor;
use crate::aws::components::EcsService;
use crate::aws::ids::TaskDefinitionArn;
use crate::aws::{Aws, lookups};
use crate::engine::{Error, Key, Record, Survey};
use crate::framework::Attr;

/// Takes the image of such a revision into the model, and the revision into the record. A revision of another family is
/// drift like any other.
pub async fn absorb(aws: &Aws, model: &mut Detector, survey: &Survey) -> Result<Option<Record>, Error> {
    let Some(deployed) = deployed(model, survey) else {
        return Ok(None);
    };
    let Some(image) = lookups::container_image(aws, &deployed, vendor::CONTAINER).await? else {
        return Ok(None);
    };
    model.image = Attr::Known(image);
    let mut record = survey.record.clone();
    if let Some(part) = record.get_mut(&Key::new(TASK_DEFINITION)) {
        part.id = Some(deployed.revision().to_owned());
        part.arn = Some(deployed.to_string());
    }
    Ok(Some(record))
}

/// The revision that the service runs, where it is of our family and not the recorded one.
fn deployed(model: &Detector, survey: &Survey) -> Option<TaskDefinitionArn> {
    let service = survey.objects.get(&Key::new(SERVICE))?.spec::<EcsService>()?;
    let deployed = service.task_definition.known()?;
    let recorded = survey.record.get(&Key::new(TASK_DEFINITION))?.arn.as_deref()?;
    let ours = model.name.known().is_some_and(|name| deployed.family() == name);
    (ours && recorded != deployed.as_str()).then(|| deployed.clone())
}
