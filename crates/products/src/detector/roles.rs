//! What a detector's task may do beside what every task may.

use std::collections::BTreeSet;

use super::model::Detector;
use crate::shared::roles;
use aws::ids::RoleArn;
use aws::{Aws, ManagedPolicy};
use engine::{Graph, Input};
use framework::Attr;

/// The role that the container has: it meters its use with the AWS Marketplace. Source: the vendor's guide, *Create a
/// role to run the ECS Task as*.
pub fn task(graph: &mut Graph<Aws>, model: &Detector, aws: &Aws) -> Input<RoleArn> {
    let metering = [
        ManagedPolicy::MarketplaceMeteringFullAccess,
        ManagedPolicy::MarketplaceMeteringRegisterUsage,
    ];
    let mut inline = roles::execute_command(&model.enable_execute_command);
    let foreign = model
        .persistence
        .as_ref()
        .map_or(&Attr::Null, |persistence| &persistence.file_system_id);
    let inline = match foreign {
        Attr::Null => Input::Known(inline),
        Attr::Unknown => Input::Unknown,
        Attr::Known(id) => {
            let arn = format!(
                "arn:{}:elasticfilesystem:{}:{}:file-system/{id}",
                aws.partition, aws.region, aws.account_id
            );
            inline.insert(roles::own("file-system"), roles::mount(&arn));
            Input::Known(inline)
        }
    };
    roles::task(graph, &model.basis(), aws, BTreeSet::from(metering), inline)
}

/// The role that starts the container.
pub fn execution(graph: &mut Graph<Aws>, model: &Detector, aws: &Aws) -> Input<RoleArn> {
    roles::execution(graph, &model.basis(), aws, roles::secret_arns(&model.secrets))
}
