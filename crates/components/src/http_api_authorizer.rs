//! Whose tokens an HTTP API accepts. Source: Amazon API Gateway V2 API, `CreateAuthorizer`, `GetAuthorizer`,
//! `GetAuthorizers`, `UpdateAuthorizer`, `DeleteAuthorizer`; developer guide, *Control access to HTTP APIs with JWT
//! authorizers*.

use std::collections::BTreeSet;

use aws_sdk_apigatewayv2::types::{AuthorizerType, JwtConfiguration};

use aws::apigateway::{apart, taken, within};
use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{ApiId, AuthorizerId, is_told};
use aws::permissions::Site;
use aws::retry::{API_IN_CHANGE, retry_while};
use aws::{Aws, apigateway};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A JWT authorizer.
    pub struct HttpApiAuthorizer {
        /// The API.
        replace api: ApiId,
        /// Its name, unique in the API: up to 128 characters.
        update name: String,
        /// Who issues the tokens: the URL below which `/.well-known/openid-configuration` is found.
        update issuer: String,
        /// For whom a token must have been issued: one of these.
        update audience: BTreeSet<String>,
        /// Where a request carries its token: `$request.header.Authorization`.
        update identity_source: String,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiAuthorizerOutput {
    /// The id, within the API.
    pub id: AuthorizerId,
}

impl Component<Aws> for HttpApiAuthorizer {
    const TYPE: &'static str = "http_api_authorizer";
    /// A name has room for one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    /// Source: Amazon API Gateway V2 API, `DeleteApi`: what is in an API goes with it.
    const GOES_WITH: Option<&'static str> = Some("api");
    type Output = HttpApiAuthorizerOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        apigateway::parts(site, self.api.known(), "authorizers")
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(api), Some(name)) = (self.api.known(), self.name.known()) else {
            return Ok(None);
        };
        let authorizers = apigateway::every("apigateway:GetAuthorizers", async |token| {
            let request = call.world.apigatewayv2.get_authorizers().api_id(api.as_str());
            let answer = ask(call, "apigateway:GetAuthorizers", request.set_next_token(token).send()).await?;
            Ok((answer.items, answer.next_token))
        });
        let found = unless_absent(authorizers.await)?.unwrap_or_default();
        let found = found.iter().find(|authorizer| authorizer.name() == Some(name.as_str()));
        Ok(found.and_then(|authorizer| Some(within(api.as_str(), authorizer.authorizer_id()?))))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, HttpApiAuthorizerOutput>>> {
        let (api, id) = apart(identity);
        let request = call.world.apigatewayv2.get_authorizer().api_id(api).authorizer_id(id);
        let Some(found) = unless_absent(ask(call, "apigateway:GetAuthorizer", request.send()).await)? else {
            return Ok(None);
        };
        let jwt = found.jwt_configuration();
        let audience: BTreeSet<String> = jwt
            .map(|jwt| jwt.audience().iter().cloned().collect())
            .unwrap_or_default();
        let spec = Self {
            api: ApiId::from(api).into(),
            name: found.name().unwrap_or_default().into(),
            issuer: jwt.and_then(JwtConfiguration::issuer).unwrap_or_default().into(),
            audience: audience.into(),
            identity_source: found.identity_source().join(",").into(),
        };
        Ok(Some(Observed {
            identity: identity.clone(),
            spec,
            output: HttpApiAuthorizerOutput { id: id.into() },
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<HttpApiAuthorizerOutput>> {
        let api = self.api.get()?.as_str();
        let request = call
            .world
            .apigatewayv2
            .create_authorizer()
            .api_id(api)
            .authorizer_type(AuthorizerType::Jwt)
            .name(self.name.get()?)
            .identity_source(self.identity_source.get()?)
            .jwt_configuration(self.jwt()?);
        let made = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:CreateAuthorizer", request.clone().send())
        });
        let made = made.await.map_err(|error| explained(taken(error)))?;
        let id = made
            .authorizer_id()
            .filter(is_told)
            .ok_or_else(|| lacking("apigateway:CreateAuthorizer", "id of the authorizer"))?;
        Ok(Created {
            identity: within(api, id),
            output: HttpApiAuthorizerOutput { id: id.into() },
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, HttpApiAuthorizerOutput>,
        _fields: &[&'static str],
    ) -> Result<HttpApiAuthorizerOutput> {
        let (api, id) = apart(&have.identity);
        let request = call
            .world
            .apigatewayv2
            .update_authorizer()
            .api_id(api)
            .authorizer_id(id)
            .authorizer_type(AuthorizerType::Jwt)
            .name(self.name.get()?)
            .identity_source(self.identity_source.get()?)
            .jwt_configuration(self.jwt()?);
        let changed = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:UpdateAuthorizer", request.clone().send())
        });
        changed.await.map_err(|error| explained(taken(error)))?;
        Ok(have.output.clone())
    }

    /// Authorizers carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (api, id) = apart(identity);
        let request = call
            .world
            .apigatewayv2
            .delete_authorizer()
            .api_id(api)
            .authorizer_id(id);
        let deleted = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:DeleteAuthorizer", request.clone().send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

impl HttpApiAuthorizer {
    fn jwt(&self) -> Result<JwtConfiguration> {
        Ok(JwtConfiguration::builder()
            .issuer(self.issuer.get()?)
            .set_audience(Some(self.audience.get()?.iter().cloned().collect()))
            .build())
    }
}

/// API Gateway asks the issuer itself, at once.
fn explained(error: Error) -> Error {
    if !error.message.to_ascii_lowercase().contains("issuer") {
        return error;
    }
    error.with_remedy(
        "`ISSUER/.well-known/openid-configuration` must be reachable from the Internet over HTTPS and name the same issuer.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Stage};
    use engine::{ErrorKind, Spec as _};

    fn spec() -> HttpApiAuthorizer {
        HttpApiAuthorizer {
            api: ApiId::from("a1").into(),
            name: "demo".into(),
            issuer: "https://issuer.example.com".into(),
            audience: BTreeSet::from(["x".to_owned(), "y".to_owned()]).into(),
            identity_source: "$request.header.Authorization".into(),
        }
    }

    fn authorizer() -> String {
        r#"{"authorizerId": "z1", "authorizerType": "JWT", "name": "demo", "identitySource": ["$request.header.Authorization"],
            "jwtConfiguration": {"audience": ["y", "x"], "issuer": "https://issuer.example.com"}}"#
            .to_owned()
    }

    #[tokio::test]
    async fn what_was_made_compares_as_the_same_and_each_change_shows() {
        for (from, to, fields) in [
            ("JWT", "JWT", vec![]),
            (r#""demo""#, r#""other""#, vec!["name"]),
            ("issuer.example", "other.example", vec!["issuer"]),
            (r#"["y", "x"]"#, r#"["y"]"#, vec!["audience"]),
            ("header.Authorization", "querystring.token", vec!["identity_source"]),
        ] {
            let stage = Stage::answering(move |_| Answer::json(authorizer().replace(from, to)));
            let made = Box::pin(spec().create(&stage.call())).await.unwrap();
            assert_eq!(made.identity.id, "a1/z1");
            let observed = Box::pin(spec().read(&stage.call(), &made.identity))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(spec().compare(&observed.spec).different(), fields, "{to}");
        }
    }

    #[tokio::test]
    async fn it_is_found_by_its_name() {
        let stage = Stage::answering(|_| Answer::json(format!(r#"{{"items": [{}]}}"#, authorizer())));
        assert_eq!(Box::pin(spec().find(&stage.call())).await, Ok(Some(within("a1", "z1"))));
        let other = HttpApiAuthorizer {
            name: "other".into(),
            ..spec()
        };
        assert_eq!(Box::pin(other.find(&stage.call())).await, Ok(None));
    }

    #[tokio::test]
    async fn an_issuer_that_does_not_answer_says_what_is_asked_of_it() {
        let stage = Stage::answering(|_| {
            Answer::refused(
                "BadRequestException",
                "Caught exception when connecting to https://issuer.example.com/.well-known/openid-configuration for issuer \
                 https://issuer.example.com. Please try again later.",
            )
        });
        let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.remedy.unwrap().contains("openid-configuration"));
    }
}
