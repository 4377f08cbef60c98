//! What stands behind the routes of an HTTP API: a listener of a load balancer in a VPC. Source: Amazon API Gateway V2
//! API, `CreateIntegration`, `GetIntegration`, `GetIntegrations`, `UpdateIntegration`, `DeleteIntegration`; developer
//! guide, *Create private integrations for HTTP APIs*.

use aws_sdk_apigatewayv2::types::{ConnectionType, IntegrationType, TlsConfig, TlsConfigInput};

use aws::apigateway::{apart, within};
use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{ApiId, IntegrationId, ListenerArn, VpcLinkId, is_told};
use aws::once::made_once;
use aws::permissions::Site;
use aws::retry::{API_IN_CHANGE, retry_while};
use aws::{Aws, apigateway};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A private integration, which hands every request on as it is (`HTTP_PROXY`, payload format 1.0: AWS has no other
    /// here).
    pub struct HttpApiIntegration {
        /// The API.
        replace api: ApiId,
        /// What it is, by which it is found where its id is not known: unique in the API, up to 1024 characters.
        update description: String,
        /// The HTTP method that is used behind: `ANY` for the client's own.
        update method: String,
        /// The way into the VPC.
        update vpc_link: VpcLinkId,
        /// Who gets the requests.
        update listener: ListenerArn,
        /// The host name that the listener's certificate must be for, where it speaks HTTPS; `None`: HTTP.
        update server_name: Option<String>,
        /// How many milliseconds an answer may take: 50 to 30000.
        update timeout_ms: i32,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiIntegrationOutput {
    /// The id, within the API.
    pub id: IntegrationId,
}

/// The only one that AWS has for what is no Lambda function.
const PAYLOAD_FORMAT: &str = "1.0";
/// How long an answer may take where AWS was told nothing, in milliseconds.
const DEFAULT_TIMEOUT: i32 = 30_000;

impl Component<Aws> for HttpApiIntegration {
    const TYPE: &'static str = "http_api_integration";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    /// Source: Amazon API Gateway V2 API, `DeleteApi`: what is in an API goes with it.
    const GOES_WITH: Option<&'static str> = Some("api");
    type Output = HttpApiIntegrationOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        apigateway::parts(site, self.api.known(), "integrations")
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(api), Some(description)) = (self.api.known(), self.description.known()) else {
            return Ok(None);
        };
        let integrations = apigateway::every("apigateway:GetIntegrations", async |token| {
            let request = call.world.apigatewayv2.get_integrations().api_id(api.as_str());
            let answer = ask(call, "apigateway:GetIntegrations", request.set_next_token(token).send()).await?;
            Ok((answer.items, answer.next_token))
        });
        let found = unless_absent(integrations.await)?.unwrap_or_default();
        let found = found
            .iter()
            .find(|integration| integration.description() == Some(description.as_str()));
        Ok(found.and_then(|integration| Some(within(api.as_str(), integration.integration_id()?))))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, HttpApiIntegrationOutput>>> {
        let (api, id) = apart(identity);
        let request = call.world.apigatewayv2.get_integration().api_id(api).integration_id(id);
        let Some(found) = unless_absent(ask(call, "apigateway:GetIntegration", request.send()).await)? else {
            return Ok(None);
        };
        let server_name = found.tls_config().and_then(TlsConfig::server_name_to_verify);
        let spec = Self {
            api: ApiId::from(api).into(),
            description: found.description().unwrap_or_default().into(),
            method: found.integration_method().unwrap_or_default().into(),
            vpc_link: VpcLinkId::from(found.connection_id().unwrap_or_default()).into(),
            listener: ListenerArn::from(found.integration_uri().unwrap_or_default()).into(),
            server_name: server_name.filter(|name| !name.is_empty()).map(str::to_owned).into(),
            timeout_ms: found.timeout_in_millis().unwrap_or(DEFAULT_TIMEOUT).into(),
        };
        Ok(Some(Observed {
            identity: identity.clone(),
            spec,
            output: HttpApiIntegrationOutput { id: id.into() },
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<HttpApiIntegrationOutput>> {
        let api = self.api.get()?.as_str();
        let request = call
            .world
            .apigatewayv2
            .create_integration()
            .api_id(api)
            .description(self.description.get()?)
            .integration_type(IntegrationType::HttpProxy)
            .integration_method(self.method.get()?)
            .connection_type(ConnectionType::VpcLink)
            .connection_id(self.vpc_link.get()?.as_str())
            .integration_uri(self.listener.get()?.as_str())
            .payload_format_version(PAYLOAD_FORMAT)
            .timeout_in_millis(*self.timeout_ms.get()?)
            .set_tls_config(self.server_name.get()?.as_deref().map(tls));
        let attempt = || {
            retry_while(call, &API_IN_CHANGE, || {
                let request = request.clone().customize().config_override(apigateway::sent_once());
                ask(call, "apigateway:CreateIntegration", request.send())
            })
        };
        let made = made_once(call, attempt, || self.find(call)).await?;
        let id = made
            .integration_id()
            .filter(is_told)
            .ok_or_else(|| lacking("apigateway:CreateIntegration", "id of the integration"))?;
        Ok(Created {
            identity: within(api, id),
            output: HttpApiIntegrationOutput { id: id.into() },
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, HttpApiIntegrationOutput>,
        _fields: &[&'static str],
    ) -> Result<HttpApiIntegrationOutput> {
        let (api, id) = apart(&have.identity);
        let server_name = self.server_name.get()?.as_deref();
        let had = matches!(have.spec.server_name.known(), Some(Some(_)));
        let request = call
            .world
            .apigatewayv2
            .update_integration()
            .api_id(api)
            .integration_id(id)
            .description(self.description.get()?)
            .integration_type(IntegrationType::HttpProxy)
            .integration_method(self.method.get()?)
            .connection_type(ConnectionType::VpcLink)
            .connection_id(self.vpc_link.get()?.as_str())
            .integration_uri(self.listener.get()?.as_str())
            .payload_format_version(PAYLOAD_FORMAT)
            .timeout_in_millis(*self.timeout_ms.get()?)
            // What is left out stays as it was: HTTP again is an empty configuration.
            .set_tls_config(
                server_name
                    .map(tls)
                    .or_else(|| had.then(|| TlsConfigInput::builder().build())),
            );
        retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:UpdateIntegration", request.clone().send())
        })
        .await?;
        Ok(have.output.clone())
    }

    /// Integrations carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (api, id) = apart(identity);
        let request = call
            .world
            .apigatewayv2
            .delete_integration()
            .api_id(api)
            .integration_id(id);
        let deleted = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:DeleteIntegration", request.clone().send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

fn tls(server_name: &str) -> TlsConfigInput {
    TlsConfigInput::builder().server_name_to_verify(server_name).build()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use aws::testing::{Answer, Asked, Stage};
    use engine::Spec as _;

    const LISTENER: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/demo/50dc/f2f7";

    fn spec(server_name: Option<&str>) -> HttpApiIntegration {
        HttpApiIntegration {
            api: ApiId::from("a1").into(),
            description: "the load balancer".into(),
            method: "ANY".into(),
            vpc_link: VpcLinkId::from("l1").into(),
            listener: ListenerArn::from(LISTENER).into(),
            server_name: server_name.map(str::to_owned).into(),
            timeout_ms: 29_000.into(),
        }
    }

    fn integration(tls: &str) -> String {
        format!(
            r#"{{"integrationId": "i1", "description": "the load balancer", "integrationType": "HTTP_PROXY",
                "integrationMethod": "ANY", "connectionType": "VPC_LINK", "connectionId": "l1",
                "integrationUri": "{LISTENER}", "payloadFormatVersion": "1.0", "timeoutInMillis": 29000{tls}}}"#
        )
    }

    async fn observed(body: String) -> Observed<HttpApiIntegration, HttpApiIntegrationOutput> {
        let stage = Stage::answering(move |_| Answer::json(body.clone()));
        Box::pin(spec(None).read(&stage.call(), &within("a1", "i1")))
            .await
            .unwrap()
            .unwrap()
    }

    #[tokio::test]
    async fn what_was_made_compares_as_the_same_and_each_change_shows() {
        let same = observed(integration("")).await;
        assert_eq!(spec(None).compare(&same.spec).different(), [""; 0]);
        for (from, to, field) in [
            ("the load balancer", "other", "description"),
            ("ANY", "GET", "method"),
            (r#""l1""#, r#""l2""#, "vpc_link"),
            ("f2f7", "f2f8", "listener"),
            ("29000", "30000", "timeout_ms"),
        ] {
            let changed = observed(integration("").replace(from, to)).await;
            assert_eq!(spec(None).compare(&changed.spec).different(), [field]);
        }
        let encrypted = observed(integration(r#", "tlsConfig": {"serverNameToVerify": "example.com"}"#)).await;
        assert_eq!(spec(None).compare(&encrypted.spec).different(), ["server_name"]);
        assert_eq!(spec(Some("example.com")).compare(&encrypted.spec).different(), [""; 0]);
    }

    #[tokio::test]
    async fn it_is_private_and_hands_on_what_it_gets() {
        let stage = Stage::answering(|_| Answer::json(integration("")));
        let made = Box::pin(spec(None).create(&stage.call())).await.unwrap();
        assert_eq!(made.identity.id, "a1/i1");
        let body = &stage.asked()[0].body;
        for wanted in [
            r#""integrationType":"HTTP_PROXY""#,
            r#""connectionType":"VPC_LINK""#,
            r#""payloadFormatVersion":"1.0""#,
            r#""integrationMethod":"ANY""#,
        ] {
            assert!(body.contains(wanted), "{wanted}: {body}");
        }
        assert!(!body.contains("tlsConfig"));
    }

    #[tokio::test]
    async fn http_again_after_https_is_said() {
        let encrypted = observed(integration(r#", "tlsConfig": {"serverNameToVerify": "example.com"}"#)).await;
        let stage = Stage::answering(|_| Answer::json(integration("")));
        Box::pin(spec(None).update(&stage.call(), &encrypted, &["server_name"]))
            .await
            .unwrap();
        assert!(stage.asked()[0].body.contains(r#""tlsConfig":{}"#));
    }

    #[tokio::test]
    async fn it_is_found_by_its_description_and_not_in_an_api_that_is_gone() {
        let stage = Stage::answering(|_| Answer::json(format!(r#"{{"items": [{}]}}"#, integration(""))));
        let found = Box::pin(spec(None).find(&stage.call())).await.unwrap();
        assert_eq!(found, Some(within("a1", "i1")));
        let absent = |_: &Asked| Answer::Told(404, "application/json", r#"{"__type": "NotFoundException"}"#.to_owned());
        let stage = Stage::answering(absent);
        assert_eq!(Box::pin(spec(None).find(&stage.call())).await, Ok(None));
        assert_eq!(spec(None).delete(&stage.call(), &within("a1", "i1")).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn deleting_tries_again_while_the_api_is_in_change() {
        let calls = AtomicUsize::new(0);
        let stage = Stage::answering(move |_| {
            match calls.fetch_add(1, Ordering::Relaxed) {
            0 => Answer::Told(
                409,
                "application/json",
                r#"{"__type": "ConflictException", "message": "Unable to complete operation due to concurrent modification. Please try again later."}"#.to_owned(),
            ),
            _ => Answer::Told(204, "application/json", String::new()),
        }
        });
        assert_eq!(spec(None).delete(&stage.call(), &within("a1", "i1")).await, Ok(()));
        assert_eq!(stage.asked().len(), 2);
    }
}
