//! What a pipeline deploys past Terraform: a new revision of the deployment's own task definition, which its service runs.

use super::service::{SERVICE, TASK_DEFINITION};
use aws::ids::TaskDefinitionArn;
use aws::{Aws, lookups};
use components::EcsService;
use engine::{Error, Key, Owner, Record, Survey};
use framework::Attr;

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
    Ok(Some(recorded(survey, &deployed)))
}

/// The record with that revision in the place of the one that was recorded. Where the latter is ours and came later, ECS or a
/// pipeline went back from it, so that it goes with the next apply: an earlier one of ours goes with the one after it.
fn recorded(survey: &Survey, deployed: &TaskDefinitionArn) -> Record {
    let key = Key::new(TASK_DEFINITION);
    let mut record = survey.record.clone();
    let Some(part) = record.get_mut(&key) else {
        return record;
    };
    let given_up = part.clone();
    part.id = Some(deployed.revision().to_owned());
    part.arn = Some(deployed.to_string());
    // What ECS went back to may be what was to go.
    record.retain(|other, part| *other == key || part.arn.as_deref() != Some(deployed.as_str()));
    let ours = survey
        .objects
        .get(&key)
        .is_some_and(|object| *object.owner() == Owner::Ours);
    let number = |arn: &TaskDefinitionArn| arn.family_and_revision().map(|(_, number)| number);
    let recorded = given_up.arn.as_deref().map(TaskDefinitionArn::from);
    let came_later = recorded.is_some_and(|recorded| number(&recorded) > number(deployed));
    let free = (1..=record.len() + 1)
        .map(|n| key.replaced(n))
        .find(|key| !record.contains_key(key));
    if let Some(free) = free.filter(|_| ours && came_later) {
        record.insert(free, given_up);
    }
    record
}

/// The revision that the service runs, where it is of our family and not the recorded one.
fn deployed(name: &Attr<String>, survey: &Survey) -> Option<TaskDefinitionArn> {
    let service = survey.objects.get(&Key::new(SERVICE))?.spec::<EcsService>()?;
    let deployed = service.task_definition.known()?;
    let recorded = survey.record.get(&Key::new(TASK_DEFINITION))?.arn.as_deref()?;
    let ours = name.known().is_some_and(|name| deployed.family() == name);
    (ours && recorded != deployed.as_str()).then(|| deployed.clone())
}
