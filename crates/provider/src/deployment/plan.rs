//! Planning: what each AWS object will go through, without a single write.

use super::components;
use super::handover::{Handover, Seen};
use super::home;
use super::preflight;
use super::run::tags_all;
use crate::Context;
use engine::{self, Action, Preview, Record};
use framework::{Attr, Diagnostic, Diagnostics, Path, Plan, Planned, Private};
use products::{Design, Moment, Product, Resolver, Visit};

/// Plans a create or an update.
pub async fn plan<P: Product>(product: &P, context: Option<&Context>, request: Plan<P::Model>) -> Planned<P::Model> {
    let everything_known = request.is_wholly_known();
    let Plan {
        mut prior,
        config,
        proposed: mut model,
        private,
    } = request;
    product.tidy(&config, &mut model);
    let mut planned = Planned {
        state: model.clone(),
        requires_replace: Vec::new(),
        private: Private::new(),
        diagnostics: Diagnostics::new(),
    };
    if prior.is_none() && Handover::<P::Choice>::of(&private).protected {
        planned.diagnostics.push(protected("replace"));
        return planned;
    }
    let mut handover = Handover {
        protected: prior.as_mut().is_some_and(|prior| is_protected(product, prior)),
        site: None,
    };
    planned.private = handover.to_private();
    let Some(context) = context else {
        planned.state = model;
        return planned;
    };

    if let Some(prior) = &mut prior
        && let Err(elsewhere) = home::check(product.common(prior).components, &context.aws)
    {
        planned.state = model;
        planned.diagnostics.push(elsewhere);
        return planned;
    }
    let looked_up = product
        .look_up(&context.aws, &config, prior.as_ref(), &mut model, Moment::Plan)
        .await;
    let failed = looked_up.has_errors();
    planned.diagnostics.append(looked_up);
    if failed {
        planned.state = model;
        return planned;
    }
    if prior.as_ref().is_none_or(|prior| product.site_changed(prior, &model)) {
        let Visit { choice, diagnostics } = visit(product, context, &mut model).await;
        let failed = diagnostics.has_errors();
        planned.diagnostics.append(diagnostics);
        if failed {
            planned.state = model;
            return planned;
        }
        if everything_known {
            handover.site = Some(Seen { choice });
            planned.private = handover.to_private();
        }
    }

    let common = product.common(&mut model);
    *common.tags_all = tags_all(context, common.tags);
    let tags_now = common.tags_all.clone();
    if prior.is_none() {
        *common.id = Attr::Unknown;
    }

    let mut record = Record::new();
    let mut tags_changed = false;
    let mut prior_design = None;
    if let Some(prior) = &mut prior {
        let common = product.common(prior);
        record = components::to_record(common.components);
        tags_changed = *common.tags_all != tags_now;
        prior_design = Some(product.design(prior, &context.aws));
    }
    let design = product.design(&model, &context.aws);
    let preview = match engine::preview(
        &record,
        prior_design.as_ref().map(|design| &design.graph),
        &design.graph,
        tags_changed,
    ) {
        Ok(preview) => preview,
        Err(error) => {
            planned.diagnostics.push(super::report::bug(&error));
            planned.state = model;
            return planned;
        }
    };

    if let Some(prior) = &mut prior
        && is_protected(product, prior)
    {
        planned.diagnostics.append(data_at_risk(product, &preview));
    }
    if let Some(design) = &prior_design {
        planned.diagnostics.append(retained_replaced(product, design, &preview));
    }
    *product.common(&mut model).components = components::planned(&record, &preview);
    product.publish(&design.wiring, &mut model, &Resolver::Planned(&preview));
    planned.state = model;
    planned
}

/// Looks at the site; where that fails, also at what the caller may not do.
async fn visit<P: Product>(product: &P, context: &Context, model: &mut P::Model) -> Visit<P::Choice> {
    let mut visit = product.visit_site(&context.aws, model).await;
    if visit.diagnostics.has_errors() {
        let graph = product.design(model, &context.aws).graph;
        let name = product.common(model).name.known().cloned().unwrap_or_default();
        let missing = preflight::check(product, context, model, &[&graph], &name).await;
        visit.diagnostics.append(missing);
    }
    visit
}

/// Plans a destroy.
pub fn destroy<P: Product>(product: &P, prior: &mut P::Model) -> Diagnostics {
    if is_protected(product, prior) {
        protected("destroy").into()
    } else {
        Diagnostics::new()
    }
}

/// Whether the object is protected.
pub fn is_protected<P: Product>(product: &P, model: &mut P::Model) -> bool {
    product.common(model).deletion_protection.known() == Some(&true)
}

fn protected(what: &str) -> Diagnostic {
    Diagnostic::error(
        "Deletion protection is on",
        format!(
            "This plan would {what} a deployment whose deletion_protection is true. To go on, set deletion_protection = \
             false, apply that, and then plan again."
        ),
    )
    .at(Path::of(["deletion_protection"]))
}

/// Refuses to make a new object in the place of one that is to be retained: there is one of a name.
fn retained_replaced<P: Product>(product: &P, design: &Design<P::Wiring>, preview: &Preview) -> Diagnostics {
    let refused = product.holds_data().into_iter().filter_map(|(key, path)| {
        let Action::Replace { fields } = preview.action(&key)? else {
            return None;
        };
        design.graph.is_retained(&key).then(|| {
            Diagnostic::error(
                "What is to be retained cannot be replaced",
                format!(
                    "{} of {key} cannot be changed in place, and a new, empty one cannot be made under the same name while this \
                     one is retained. To go on, set retain_on_destroy = false and apply that, which deletes nothing; the plan \
                     after that replaces it, with the loss of its data.",
                    fields.join(", ")
                ),
            )
            .at(path)
        })
    });
    refused.collect()
}

/// Refuses what would destroy data of a protected deployment.
fn data_at_risk<P: Product>(product: &P, preview: &Preview) -> Diagnostics {
    let risks = product.holds_data().into_iter().filter_map(|(key, path)| {
        let fate = match preview.action(&key)? {
            Action::Replace { fields } => format!("replaced by a new, empty one ({} cannot be changed in place)", fields.join(", ")),
            Action::Delete => "deleted".to_owned(),
            Action::Create { .. } | Action::Restore | Action::Update { .. } | Action::Leave | Action::Keep => return None,
        };
        Some(
            Diagnostic::error(
                "Deletion protection is on",
                format!(
                    "With this change {key}, which holds data, would be {fate}. While deletion_protection is true that is \
                     refused. To go on, set deletion_protection = false, apply that, and then plan again."
                ),
            )
            .at(path),
        )
    });
    risks.collect()
}
