//! Between how many tasks a service may be scaled. Sources: Application Auto Scaling API, `RegisterScalableTarget`,
//! `DescribeScalableTargets`, `DeregisterScalableTarget`.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget as Described, ServiceNamespace};

use aws::ask::{ask, in_time};
use aws::error::unless_absent;
use aws::ids::ServiceArn;
use aws::permissions::Site;
use aws::retry::hosts::{SCALING_IN_CHANGE, SCALING_TOO_EARLY};
use aws::retry::retry_while;
use aws::{Aws, service_linked_role};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// The registration of a service with Application Auto Scaling.
    pub struct ScalableTarget {
        /// The service.
        replace service: ServiceArn,
        /// The fewest tasks.
        update min_capacity: i32,
        /// The most tasks.
        update max_capacity: i32,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalableTargetOutput {
    /// The service, once it can have scaling policies: policies refer to this.
    pub service: ServiceArn,
}

async fn describe(call: &Call<'_, Aws>, resource: &str) -> Result<Option<Described>> {
    let targets = &call.world.reads.scaling.targets;
    in_time(
        call,
        "application-autoscaling:DescribeScalableTargets",
        targets.one((), resource),
    )
    .await
}

/// The ARN of a service is its address: a target is a setting of its service, and the answer to a registration may lack
/// an ARN of its own.
fn identity(service: &ServiceArn) -> Identity {
    Identity {
        id: service.as_str().to_owned(),
        arn: None,
    }
}

fn output(service: &ServiceArn) -> ScalableTargetOutput {
    ScalableTargetOutput {
        service: service.clone(),
    }
}

impl ScalableTarget {
    /// Registers the service, or changes its bounds: the API has one call for both.
    async fn register(&self, call: &Call<'_, Aws>, service: &ServiceArn) -> Result<()> {
        let request = call
            .world
            .appautoscaling
            .register_scalable_target()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .resource_id(service.resource_id())
            .min_capacity(*self.min_capacity.get()?)
            .max_capacity(*self.max_capacity.get()?);
        retry_while(call, &SCALING_TOO_EARLY, || {
            ask(
                call,
                "application-autoscaling:RegisterScalableTarget",
                request.clone().send(),
            )
        })
        .await
        .map(drop)
    }
}

impl Component<Aws> for ScalableTarget {
    const TYPE: &'static str = "scalable_target";
    /// A service has one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    /// It is a setting of its service, and goes with it to whoever owns that.
    const TAGGED: bool = false;
    type Output = ScalableTargetOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.scaled_services().called([
                "application-autoscaling:DeregisterScalableTarget",
                "application-autoscaling:RegisterScalableTarget",
            ]),
            site.anywhere()
                .called(["application-autoscaling:DescribeScalableTargets"]),
            site.linked_role("ecs.application-autoscaling.amazonaws.com")
                .helpful(["iam:CreateServiceLinkedRole"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(service) = self.service.known() else {
            return Ok(None);
        };
        let found = describe(call, &service.resource_id()).await?;
        Ok(found.map(|_| identity(service)))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, ScalableTargetOutput>>> {
        let service = ServiceArn::from(identity.id.as_str());
        let Some(target) = describe(call, &service.resource_id()).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(&service),
            output: output(&service),
            spec: Self {
                service: service.into(),
                min_capacity: target.min_capacity().into(),
                max_capacity: target.max_capacity().into(),
            },
            tags: None,
        }))
    }

    /// The API answers a second creator by changing the first one's registration, so that only a look tells.
    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<ScalableTargetOutput>> {
        let service = self.service.get()?;
        service_linked_role::ensure(call, "ecs.application-autoscaling.amazonaws.com").await;
        if describe(call, &service.resource_id()).await?.is_some() {
            let message = format!("the service {} is scaled already", service.service_name());
            return Err(Error::new(
                ErrorKind::AlreadyExists,
                "application-autoscaling:RegisterScalableTarget",
                message,
            ));
        }
        self.register(call, service).await?;
        Ok(Created {
            identity: identity(service),
            output: output(service),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, ScalableTargetOutput>,
        _fields: &[&'static str],
    ) -> Result<ScalableTargetOutput> {
        self.register(call, &have.output.service).await?;
        Ok(have.output.clone())
    }

    /// Targets carry no tags of ours.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let request = call
            .world
            .appautoscaling
            .deregister_scalable_target()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .resource_id(ServiceArn::from(identity.id.as_str()).resource_id());
        let gone = retry_while(call, &SCALING_IN_CHANGE, || {
            ask(
                call,
                "application-autoscaling:DeregisterScalableTarget",
                request.clone().send(),
            )
        });
        unless_absent(gone.await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;
    use aws::testing::{Answer, Asked, Stage};
    use engine::Spec;

    const SERVICE: &str = "arn:aws:ecs:us-east-1:123456789012:service/demo/web";

    fn wanted(most: i32) -> ScalableTarget {
        ScalableTarget {
            service: ServiceArn::from(SERVICE).into(),
            min_capacity: 1.into(),
            max_capacity: most.into(),
        }
    }

    fn target() -> Answer {
        Answer::json(
            r#"{"ScalableTargets": [{"ServiceNamespace": "ecs", "ResourceId": "service/demo/web", "RoleARN": "arn:role",
                "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 4, "CreationTime": 1.5}]}"#,
        )
    }

    fn nothing(asked: &Asked) -> Answer {
        match asked.operation.as_str() {
            "DescribeScalableTargets" => Answer::json(r#"{"ScalableTargets": []}"#),
            _ => Answer::json("{}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_is_not_known_yet_is_registered_once_it_is() {
        let attempts = AtomicU32::new(0);
        let stage = Stage::answering(move |asked| {
            if asked.operation != "RegisterScalableTarget" {
                return nothing(asked);
            }
            match attempts.fetch_add(1, SeqCst) {
                0 => Answer::refused("ValidationException", "ECS service doesn't exist: service/demo/web"),
                1 => Answer::refused(
                    "ValidationException",
                    "Unable to assume IAM role: arn:aws:iam::123456789012:role/aws-service-role/x",
                ),
                2 => Answer::refused("ConcurrentUpdateException", "You already have a pending update"),
                _ => Answer::json("{}"),
            }
        });
        let made = wanted(4).create(&stage.call()).await.unwrap();
        assert_eq!(made.output.service.as_str(), SERVICE);
        let asked = stage.asked();
        assert!(
            asked
                .last()
                .unwrap()
                .body
                .contains(r#""ResourceId":"service/demo/web""#)
        );
        let count = asked
            .iter()
            .filter(|asked| asked.operation == "RegisterScalableTarget")
            .count();
        assert_eq!(count, 4);
    }

    #[tokio::test]
    async fn a_registration_that_stands_is_not_taken_over() {
        let stage = Stage::answering(|_| target());
        let error = wanted(4).create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert!(!stage.operations().contains(&"RegisterScalableTarget".to_owned()));
    }

    #[tokio::test]
    async fn bounds_that_somebody_moved_show_and_are_put_back() {
        let stage = Stage::answering(|_| target());
        let identity = wanted(8).find(&stage.call()).await.unwrap().unwrap();
        let have = wanted(8).read(&stage.call(), &identity).await.unwrap().unwrap();
        assert_eq!(wanted(4).compare(&have.spec).different(), [""; 0]);
        assert_eq!(wanted(8).compare(&have.spec).different(), ["max_capacity"]);
        wanted(8).update(&stage.call(), &have, &["max_capacity"]).await.unwrap();
        assert!(stage.asked().last().unwrap().body.contains(r#""MaxCapacity":8"#));
    }

    #[tokio::test]
    async fn one_that_went_with_its_service_is_gone() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "DeregisterScalableTarget" => Answer::refused(
                "ObjectNotFoundException",
                "No scalable target registered for service namespace: ecs",
            ),
            _ => nothing(asked),
        });
        let identity = identity(&SERVICE.into());
        assert!(wanted(4).read(&stage.call(), &identity).await.unwrap().is_none());
        wanted(4).delete(&stage.call(), &identity).await.unwrap();
    }
}
