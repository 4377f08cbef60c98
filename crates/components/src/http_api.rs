//! An HTTP API of Amazon API Gateway. Source: Amazon API Gateway V2 API, `CreateApi`, `GetApi`, `GetApis`, `UpdateApi`,
//! `DeleteApi`.

use aws_sdk_apigatewayv2::types::ProtocolType;

use aws::apigateway::{from_tags, to_tags};
use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{ApiId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::{API_IN_CHANGE, retry_while};
use aws::tags::are_of;
use aws::{Aws, apigateway};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An HTTP API, without routes.
    pub struct HttpApi {
        /// Its name, which need not be unique: 1 to 128 characters.
        update name: String,
        /// What it is for: up to 1024 characters.
        update description: String,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiOutput {
    /// The id.
    pub id: ApiId,
    /// The URL of its `$default` stage: `https://ID.execute-api.REGION.amazonaws.com`.
    pub endpoint: String,
    /// The ARN by which it is tagged: `arn:PARTITION:apigateway:REGION::/apis/ID`.
    pub arn: String,
}

impl Component<Aws> for HttpApi {
    const TYPE: &'static str = "http_api";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = HttpApiOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let apis = site.api("/apis/*");
        [
            site.api("/apis").made_ours().called(["apigateway:POST"]),
            site.api("/apis").and(apis.clone()).called(["apigateway:GET"]),
            apis.ours().called(["apigateway:DELETE", "apigateway:PATCH"]),
            apigateway::tagging(site, &["/apis", "/apis/*"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let apis = apigateway::every("apigateway:GetApis", async |token| {
            let request = call.world.apigatewayv2.get_apis().set_next_token(token);
            let answer = ask(call, "apigateway:GetApis", request.send()).await?;
            Ok((answer.items, answer.next_token))
        });
        let found = apis.await?.into_iter().find(|api| are_of(call, &from_tags(api.tags())));
        Ok(found.and_then(|api| Some(identity(call, api.api_id()?))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, HttpApiOutput>>> {
        let request = call.world.apigatewayv2.get_api().api_id(&identity.id);
        let Some(found) = unless_absent(ask(call, "apigateway:GetApi", request.send()).await)? else {
            return Ok(None);
        };
        let spec = Self {
            name: found.name().unwrap_or_default().into(),
            description: found.description().unwrap_or_default().into(),
        };
        Ok(Some(Observed {
            identity: self::identity(call, &identity.id),
            spec,
            output: output(call, &identity.id, found.api_endpoint()),
            tags: Some(from_tags(found.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<HttpApiOutput>> {
        let request = call
            .world
            .apigatewayv2
            .create_api()
            .name(self.name.get()?)
            .description(self.description.get()?)
            .protocol_type(ProtocolType::Http)
            .set_tags(Some(to_tags(call.tags)));
        let attempt = || {
            let request = request.clone().customize().config_override(apigateway::sent_once());
            ask(call, "apigateway:CreateApi", request.send())
        };
        let made = made_once(call, attempt, || self.find(call)).await?;
        let id = made
            .api_id()
            .filter(is_told)
            .ok_or_else(|| lacking("apigateway:CreateApi", "id of the API"))?;
        Ok(Created {
            identity: identity(call, id),
            output: output(call, id, made.api_endpoint()),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, HttpApiOutput>,
        _fields: &[&'static str],
    ) -> Result<HttpApiOutput> {
        let request = call
            .world
            .apigatewayv2
            .update_api()
            .api_id(&have.identity.id)
            .name(self.name.get()?)
            .description(self.description.get()?);
        retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:UpdateApi", request.clone().send())
        })
        .await?;
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        apigateway::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let request = call.world.apigatewayv2.delete_api().api_id(&identity.id);
        let deleted = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:DeleteApi", request.clone().send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

fn arn(call: &Call<'_, Aws>, id: &str) -> String {
    apigateway::arn(call, &format!("/apis/{id}"))
}

fn identity(call: &Call<'_, Aws>, id: &str) -> Identity {
    Identity {
        id: id.to_owned(),
        arn: Some(arn(call, id)),
    }
}

fn output(call: &Call<'_, Aws>, id: &str, endpoint: Option<&str>) -> HttpApiOutput {
    HttpApiOutput {
        id: id.into(),
        endpoint: endpoint.unwrap_or_default().to_owned(),
        arn: arn(call, id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Stage};
    use engine::Spec as _;

    fn spec() -> HttpApi {
        HttpApi {
            name: "demo".into(),
            description: "Private AI demo".into(),
        }
    }

    fn api(id: &str, component: &str) -> String {
        format!(
            r#"{{"apiId": "{id}", "name": "demo", "description": "Private AI demo", "protocolType": "HTTP",
                "apiEndpoint": "https://{id}.execute-api.us-east-1.amazonaws.com",
                "tags": {{"thatdot:deployment": "demo", "thatdot:component": "{component}"}}}}"#
        )
    }

    #[tokio::test]
    async fn it_is_found_by_its_tags_on_whatever_page() {
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let stage = Stage::answering(move |_| {
            let page = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Answer::json(match page {
                0 => format!(r#"{{"items": [{}], "nextToken": "more"}}"#, api("a1", "other")),
                _ => format!(r#"{{"items": [{}]}}"#, api("a2", "part")),
            })
        });
        let found = Box::pin(spec().find(&stage.call())).await.unwrap().unwrap();
        assert_eq!(found.id, "a2");
        assert_eq!(found.arn.as_deref(), Some("arn:aws:apigateway:us-east-1::/apis/a2"));
        assert_eq!(stage.asked().len(), 2);
    }

    #[tokio::test]
    async fn what_was_made_compares_as_the_same_and_tells_its_url() {
        let stage = Stage::answering(|_| Answer::json(api("a1", "part")));
        let made = Box::pin(spec().create(&stage.call())).await.unwrap();
        assert_eq!(made.output.endpoint, "https://a1.execute-api.us-east-1.amazonaws.com");
        let observed = Box::pin(spec().read(&stage.call(), &made.identity))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(spec().compare(&observed.spec).different(), [""; 0]);
        assert_eq!(observed.output, made.output);
        assert!(stage.asked()[0].body.contains(r#""protocolType":"HTTP""#));
    }

    #[tokio::test]
    async fn each_setting_that_somebody_changed_shows_by_its_name() {
        for (from, to, field) in [
            (r#""name": "demo""#, r#""name": "other""#, "name"),
            ("Private AI demo", "", "description"),
        ] {
            let stage = Stage::answering(move |_| Answer::json(api("a1", "part").replace(from, to)));
            let call = stage.call();
            let identity = identity(&call, "a1");
            let observed = Box::pin(spec().read(&call, &identity)).await.unwrap().unwrap();
            assert_eq!(spec().compare(&observed.spec).different(), [field]);
        }
    }

    #[tokio::test]
    async fn one_that_is_gone_is_read_as_nothing_and_is_deleted() {
        let stage = Stage::answering(|_| {
            Answer::Told(
                404,
                "application/json",
                r#"{"__type": "NotFoundException", "message": "Invalid API identifier specified"}"#.to_owned(),
            )
        });
        let call = stage.call();
        let identity = identity(&call, "a1");
        assert!(Box::pin(spec().read(&call, &identity)).await.unwrap().is_none());
        assert_eq!(spec().delete(&call, &identity).await, Ok(()));
    }
}
