//! What an operator puts out.

use super::design::Wiring;
use super::model::Operator;
use crate::wiring::Resolver;
use framework::Attr;

/// Sets the computed attributes.
pub fn publish(wiring: &Wiring, model: &mut Operator, resolver: &Resolver<'_>) {
    resolver.set_optional(&mut model.user_arn, &wiring.user_arn);
    resolver.set_optional(&mut model.role_arn, &wiring.role_arn);
    let name = |arn: &Attr<String>| {
        arn.clone()
            .map(|arn| arn.rsplit('/').next().unwrap_or_default().to_owned())
    };
    model.user_name = name(&model.user_arn);
    model.role_name = name(&model.role_arn);
    let before = model.policy_arns.known().cloned().unwrap_or_default();
    let arns = wiring.policies.iter().map(|(service, arn)| {
        let mut slot = before.get(*service).cloned().unwrap_or(Attr::Null);
        resolver.set(&mut slot, arn);
        ((*service).to_owned(), slot)
    });
    model.policy_arns = if model.policies.is_unknown() {
        Attr::Unknown
    } else {
        Attr::Known(arns.collect())
    };
}
