//! Which requests to an HTTP API go where, and who may make them. Source: Amazon API Gateway V2 API, `CreateRoute`,
//! `GetRoute`, `GetRoutes`, `UpdateRoute`, `DeleteRoute`.

use std::collections::BTreeSet;

use aws_sdk_apigatewayv2::types::AuthorizationType;

use aws::apigateway::{apart, taken, within};
use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{ApiId, AuthorizerId, IntegrationId, RouteId, is_told};
use aws::permissions::Site;
use aws::retry::{API_IN_CHANGE, retry_while};
use aws::{Aws, apigateway};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A route.
    pub struct HttpApiRoute {
        /// The API.
        replace api: ApiId,
        /// Which requests: `$default` for all that no other route takes, else method and path.
        update route_key: String,
        /// Who may make them.
        update authorization: RouteAuthorization,
        /// Where they go.
        update integration: IntegrationId,
    }
}

/// Who may make a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteAuthorization {
    /// Everybody.
    None,
    /// Whom IAM allows `execute-api:Invoke`; the request is signed.
    Iam,
    /// Who brings a token that the authorizer accepts.
    Jwt {
        /// The authorizer.
        authorizer: AuthorizerId,
        /// Of which the token must carry one; none: any token will do.
        scopes: BTreeSet<String>,
    },
    /// Something that we do not make, in AWS's word.
    Other(String),
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiRouteOutput {
    /// The id, within the API.
    pub id: RouteId,
}

impl Component<Aws> for HttpApiRoute {
    const TYPE: &'static str = "http_api_route";
    /// A key has room for one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    /// Source: Amazon API Gateway V2 API, `DeleteApi`: what is in an API goes with it.
    const GOES_WITH: Option<&'static str> = Some("api");
    type Output = HttpApiRouteOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        apigateway::parts(site, self.api.known(), "routes")
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(api), Some(key)) = (self.api.known(), self.route_key.known()) else {
            return Ok(None);
        };
        let routes = apigateway::every("apigateway:GetRoutes", async |token| {
            let request = call.world.apigatewayv2.get_routes().api_id(api.as_str());
            let answer = ask(call, "apigateway:GetRoutes", request.set_next_token(token).send()).await?;
            Ok((answer.items, answer.next_token))
        });
        let found = unless_absent(routes.await)?.unwrap_or_default();
        let found = found.iter().find(|route| route.route_key() == Some(key.as_str()));
        Ok(found.and_then(|route| Some(within(api.as_str(), route.route_id()?))))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, HttpApiRouteOutput>>> {
        let (api, id) = apart(identity);
        let request = call.world.apigatewayv2.get_route().api_id(api).route_id(id);
        let Some(found) = unless_absent(ask(call, "apigateway:GetRoute", request.send()).await)? else {
            return Ok(None);
        };
        let authorization = match found.authorization_type() {
            None | Some(AuthorizationType::None) => RouteAuthorization::None,
            Some(AuthorizationType::AwsIam) => RouteAuthorization::Iam,
            Some(AuthorizationType::Jwt) => RouteAuthorization::Jwt {
                authorizer: found.authorizer_id().unwrap_or_default().into(),
                scopes: found.authorization_scopes().iter().cloned().collect(),
            },
            Some(other) => RouteAuthorization::Other(other.as_str().to_owned()),
        };
        let target = found.target().unwrap_or_default();
        let spec = Self {
            api: ApiId::from(api).into(),
            route_key: found.route_key().unwrap_or_default().into(),
            authorization: authorization.into(),
            integration: IntegrationId::from(target.strip_prefix(INTEGRATIONS).unwrap_or(target)).into(),
        };
        Ok(Some(Observed {
            identity: identity.clone(),
            spec,
            output: HttpApiRouteOutput { id: id.into() },
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<HttpApiRouteOutput>> {
        let api = self.api.get()?.as_str();
        let authorization = self.authorization.get()?;
        let (authorizer, scopes) = authorization.token();
        let request = call
            .world
            .apigatewayv2
            .create_route()
            .api_id(api)
            .route_key(self.route_key.get()?)
            .authorization_type(authorization.kind()?)
            .set_authorizer_id(authorizer)
            .set_authorization_scopes(scopes)
            .target(self.target()?);
        let made = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:CreateRoute", request.clone().send())
        });
        let made = made.await.map_err(taken)?;
        let id = made
            .route_id()
            .filter(is_told)
            .ok_or_else(|| lacking("apigateway:CreateRoute", "id of the route"))?;
        Ok(Created {
            identity: within(api, id),
            output: HttpApiRouteOutput { id: id.into() },
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, HttpApiRouteOutput>,
        _fields: &[&'static str],
    ) -> Result<HttpApiRouteOutput> {
        let (api, id) = apart(&have.identity);
        let authorization = self.authorization.get()?;
        let (authorizer, scopes) = authorization.token();
        // What is left out stays as it was, so that an authorizer that counts no more must be taken off.
        let had = matches!(have.spec.authorization.known(), Some(RouteAuthorization::Jwt { .. }));
        let request = call
            .world
            .apigatewayv2
            .update_route()
            .api_id(api)
            .route_id(id)
            .route_key(self.route_key.get()?)
            .authorization_type(authorization.kind()?)
            .set_authorizer_id(authorizer.or(had.then(String::new)))
            .set_authorization_scopes(scopes.or(had.then(Vec::new)))
            .target(self.target()?);
        let changed = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:UpdateRoute", request.clone().send())
        });
        changed.await.map_err(taken)?;
        Ok(have.output.clone())
    }

    /// Routes carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (api, id) = apart(identity);
        let request = call.world.apigatewayv2.delete_route().api_id(api).route_id(id);
        let deleted = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:DeleteRoute", request.clone().send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

/// How a target names an integration.
const INTEGRATIONS: &str = "integrations/";

impl HttpApiRoute {
    fn target(&self) -> Result<String> {
        Ok(format!("{INTEGRATIONS}{}", self.integration.get()?))
    }
}

impl RouteAuthorization {
    fn kind(&self) -> Result<AuthorizationType> {
        match self {
            Self::None => Ok(AuthorizationType::None),
            Self::Iam => Ok(AuthorizationType::AwsIam),
            Self::Jwt { .. } => Ok(AuthorizationType::Jwt),
            Self::Other(word) => Err(Error::bug(
                "apigateway:CreateRoute",
                format!("an authorization of ours is none that we make: {word}"),
            )),
        }
    }

    /// Who judges the token, and what it must carry.
    fn token(&self) -> (Option<String>, Option<Vec<String>>) {
        match self {
            Self::Jwt { authorizer, scopes } => (Some(authorizer.into()), Some(scopes.iter().cloned().collect())),
            _ => (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::testing::{Answer, Stage};
    use engine::{ErrorKind, Spec as _};

    fn spec(authorization: RouteAuthorization) -> HttpApiRoute {
        HttpApiRoute {
            api: ApiId::from("a1").into(),
            route_key: "$default".into(),
            authorization: authorization.into(),
            integration: IntegrationId::from("i1").into(),
        }
    }

    fn jwt() -> RouteAuthorization {
        RouteAuthorization::Jwt {
            authorizer: "z1".into(),
            scopes: BTreeSet::from(["read".to_owned()]),
        }
    }

    fn route(authorization: &str) -> String {
        format!(r#"{{"routeId": "r1", "routeKey": "$default", "target": "integrations/i1", {authorization}}}"#)
    }

    const IAM: &str = r#""authorizationType": "AWS_IAM""#;
    const JWT: &str = r#""authorizationType": "JWT", "authorizerId": "z1", "authorizationScopes": ["read"]"#;

    async fn observed(body: String) -> Observed<HttpApiRoute, HttpApiRouteOutput> {
        let stage = Stage::answering(move |_| Answer::json(body.clone()));
        let wanted = spec(RouteAuthorization::Iam);
        Box::pin(wanted.read(&stage.call(), &within("a1", "r1")))
            .await
            .unwrap()
            .unwrap()
    }

    #[tokio::test]
    async fn what_was_made_compares_as_the_same_and_each_change_shows() {
        for (wanted, told) in [
            (RouteAuthorization::Iam, IAM),
            (RouteAuthorization::None, r#""authorizationType": "NONE""#),
            (jwt(), JWT),
        ] {
            let observed = observed(route(told)).await;
            assert_eq!(spec(wanted).compare(&observed.spec).different(), [""; 0]);
        }
        for (from, to, field) in [
            ("$default", "GET /", "route_key"),
            ("integrations/i1", "integrations/i2", "integration"),
            ("z1", "z2", "authorization"),
            ("read", "write", "authorization"),
            ("JWT", "NONE", "authorization"),
            ("JWT", "CUSTOM", "authorization"),
        ] {
            let changed = observed(route(JWT).replace(from, to)).await;
            assert_eq!(spec(jwt()).compare(&changed.spec).different(), [field], "{to}");
        }
    }

    #[tokio::test]
    async fn an_authorizer_that_counts_no_more_is_taken_off() {
        let had = observed(route(JWT)).await;
        let stage = Stage::answering(|_| Answer::json(route(IAM)));
        let wanted = spec(RouteAuthorization::Iam);
        Box::pin(wanted.update(&stage.call(), &had, &["authorization"]))
            .await
            .unwrap();
        let body = &stage.asked()[0].body;
        assert!(
            body.contains(r#""authorizerId":"""#) && body.contains(r#""authorizationScopes":[]"#),
            "{body}"
        );

        let open = observed(route(IAM)).await;
        Box::pin(wanted.update(&stage.call(), &open, &["integration"]))
            .await
            .unwrap();
        assert!(!stage.asked()[1].body.contains("authorizerId"));
    }

    #[tokio::test]
    async fn a_key_that_is_taken_is_told_and_found() {
        let stage = Stage::answering(|asked| {
            if asked.operation.starts_with("POST") {
                let body = r#"{"__type": "ConflictException", "message": "Route with key $default already exists for this API"}"#;
                return Answer::Told(409, "application/json", body.to_owned());
            }
            Answer::json(format!(r#"{{"items": [{}]}}"#, route(IAM)))
        });
        let wanted = spec(RouteAuthorization::Iam);
        let error = Box::pin(wanted.create(&stage.call())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert_eq!(Box::pin(wanted.find(&stage.call())).await, Ok(Some(within("a1", "r1"))));
    }
}
