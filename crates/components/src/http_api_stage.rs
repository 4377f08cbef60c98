//! A published state of an HTTP API. Source: Amazon API Gateway V2 API, `CreateStage`, `GetStage`, `UpdateStage`,
//! `DeleteAccessLogSettings`, `DeleteStage`; developer guide, *Throttle requests to your HTTP APIs* and *Configure
//! logging for HTTP APIs*.

use aws_sdk_apigatewayv2::operation::get_stage::GetStageOutput;
use aws_sdk_apigatewayv2::types::{AccessLogSettings, RouteSettings};

use aws::apigateway::{apart, from_tags, taken, to_tags};
use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::{ApiId, LogGroupName};
use aws::permissions::Site;
use aws::retry::{API_IN_CHANGE, retry_while};
use aws::{Aws, apigateway};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A stage.
    pub struct HttpApiStage {
        /// The API.
        replace api: ApiId,
        /// Its name: `$default` for the one at the root of the API's URL.
        replace name: String,
        /// Whether each change of the API is published at once.
        update auto_deploy: bool,
        /// How many requests it takes; `None`: as many as the account's quotas let through.
        update throttling: Option<Throttling>,
        /// Where each request is written down; `None`: nowhere.
        update access_log: Option<AccessLog>,
    }
}

/// How many requests a stage takes before it answers 429.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throttling {
    /// How many at once.
    pub burst: i32,
    /// How many per second, in the long run.
    pub rate: f64,
}

/// Where and how a stage writes down each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLog {
    /// The log group, of the same account and region.
    pub log_group: LogGroupName,
    /// What is written: one line, with `$context` variables.
    pub format: String,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpApiStageOutput {
    /// The name.
    pub name: String,
}

/// What every account may have per region where it asked for no more, which no limit of a stage takes away from. A stage
/// cannot be told to forget its limits, so these stand for none. Source: Amazon API Gateway developer guide, *Quotas*.
const ACCOUNT: Throttling = Throttling {
    burst: 5000,
    rate: 10000.0,
};

impl Component<Aws> for HttpApiStage {
    const TYPE: &'static str = "http_api_stage";
    /// A name has room for one.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    /// Source: Amazon API Gateway V2 API, `DeleteApi`: what is in an API goes with it.
    const GOES_WITH: Option<&'static str> = Some("api");
    type Output = HttpApiStageOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            apigateway::parts(site, self.api.known(), "stages"),
            apigateway::tagging(site, &["/apis/*/stages", "/apis/*/stages/*"]),
            // What access logs need. Source: Amazon API Gateway developer guide, *Configure logging for HTTP APIs*.
            if self.access_log.known().is_none_or(Option::is_some) {
                site.anywhere().behind([
                    "logs:CreateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:DescribeResourcePolicies",
                    "logs:GetLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:UpdateLogDelivery",
                ])
            } else {
                Vec::new()
            },
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(api), Some(name)) = (self.api.known(), self.name.known()) else {
            return Ok(None);
        };
        let found = described(call, api.as_str(), name).await?;
        Ok(found.map(|_| identity(call, api.as_str(), name)))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, HttpApiStageOutput>>> {
        let (api, name) = apart(identity);
        let Some(found) = described(call, api, name).await? else {
            return Ok(None);
        };
        let access_log = found.access_log_settings().and_then(|log| {
            Some(AccessLog {
                log_group: group_of(call, log.destination_arn()?),
                format: log.format().unwrap_or_default().to_owned(),
            })
        });
        let spec = Self {
            api: ApiId::from(api).into(),
            name: name.into(),
            auto_deploy: found.auto_deploy().unwrap_or_default().into(),
            throttling: self.reported_throttling(found.default_route_settings()).into(),
            access_log: access_log.into(),
        };
        Ok(Some(Observed {
            identity: self::identity(call, api, name),
            spec,
            output: HttpApiStageOutput { name: name.to_owned() },
            tags: Some(from_tags(found.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<HttpApiStageOutput>> {
        let (api, name) = (self.api.get()?.as_str(), self.name.get()?);
        let request = call
            .world
            .apigatewayv2
            .create_stage()
            .api_id(api)
            .stage_name(name)
            .auto_deploy(*self.auto_deploy.get()?)
            .set_default_route_settings(self.throttling.get()?.map(limits))
            .set_access_log_settings(self.access_log.get()?.as_ref().map(|log| settings(call, log)))
            .set_tags(Some(to_tags(call.tags)));
        let made = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:CreateStage", request.clone().send())
        });
        made.await.map_err(|error| explained(taken(error)))?;
        Ok(Created {
            identity: identity(call, api, name),
            output: HttpApiStageOutput { name: name.clone() },
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, HttpApiStageOutput>,
        fields: &[&'static str],
    ) -> Result<HttpApiStageOutput> {
        let (api, name) = apart(&have.identity);
        let access_log = self.access_log.get()?.as_ref();
        // An update can only put another log in a log's place.
        if fields.contains(&"access_log") && access_log.is_none() {
            let request = call
                .world
                .apigatewayv2
                .delete_access_log_settings()
                .api_id(api)
                .stage_name(name);
            let forgotten = retry_while(call, &API_IN_CHANGE, || {
                ask(call, "apigateway:DeleteAccessLogSettings", request.clone().send())
            });
            unless_absent(forgotten.await)?;
            if fields.len() == 1 {
                return Ok(have.output.clone());
            }
        }
        let mut request = call
            .world
            .apigatewayv2
            .update_stage()
            .api_id(api)
            .stage_name(name)
            .auto_deploy(*self.auto_deploy.get()?)
            .set_access_log_settings(access_log.map(|log| settings(call, log)));
        if fields.contains(&"throttling") {
            request = request.default_route_settings(limits(self.throttling.get()?.unwrap_or(ACCOUNT)));
        }
        let changed = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:UpdateStage", request.clone().send())
        });
        changed.await.map_err(explained)?;
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        apigateway::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (api, name) = apart(identity);
        let request = call.world.apigatewayv2.delete_stage().api_id(api).stage_name(name);
        let deleted = retry_while(call, &API_IN_CHANGE, || {
            ask(call, "apigateway:DeleteStage", request.clone().send())
        });
        unless_absent(deleted.await).map(drop)
    }
}

impl HttpApiStage {
    /// The limits as they would have been asked for: those of the account are the same as none.
    fn reported_throttling(&self, settings: Option<&RouteSettings>) -> Option<Throttling> {
        let told = settings.and_then(|settings| {
            let (burst, rate) = (settings.throttling_burst_limit(), settings.throttling_rate_limit());
            (burst.is_some() || rate.is_some()).then(|| Throttling {
                burst: burst.unwrap_or(ACCOUNT.burst),
                rate: rate.unwrap_or(ACCOUNT.rate),
            })
        });
        let none_wanted = self.throttling.known() == Some(&None);
        told.filter(|told| !(none_wanted && *told == ACCOUNT))
    }
}

async fn described(call: &Call<'_, Aws>, api: &str, name: &str) -> Result<Option<GetStageOutput>> {
    let request = call.world.apigatewayv2.get_stage().api_id(api).stage_name(name);
    unless_absent(ask(call, "apigateway:GetStage", request.send()).await)
}

fn limits(throttling: Throttling) -> RouteSettings {
    RouteSettings::builder()
        .throttling_burst_limit(throttling.burst)
        .throttling_rate_limit(throttling.rate)
        .build()
}

fn settings(call: &Call<'_, Aws>, log: &AccessLog) -> AccessLogSettings {
    AccessLogSettings::builder()
        .destination_arn(format!("{}{}", groups(call), log.log_group))
        .format(&log.format)
        .build()
}

/// How the ARNs of this account's log groups in this region begin.
fn groups(call: &Call<'_, Aws>) -> String {
    let Aws {
        partition,
        region,
        account_id,
        ..
    } = call.world;
    format!("arn:{partition}:logs:{region}:{account_id}:log-group:")
}

/// The log group's name; the whole ARN of what is none of this account and region.
fn group_of(call: &Call<'_, Aws>, arn: &str) -> LogGroupName {
    let name = arn.strip_prefix(&groups(call)).unwrap_or(arn);
    name.trim_end_matches(":*").into()
}

/// API Gateway opens the way to the log group in the caller's name.
fn explained(error: Error) -> Error {
    let message = error.message.to_ascii_lowercase();
    if !message.contains("logging") && !message.contains("log destination") && !message.contains("cloudwatch") {
        return error;
    }
    error.with_remedy(
        "Who runs Terraform needs logs:CreateLogDelivery, logs:PutResourcePolicy, logs:UpdateLogDelivery, \
         logs:DeleteLogDelivery, logs:ListLogDeliveries, logs:GetLogDelivery, logs:DescribeResourcePolicies and \
         logs:DescribeLogGroups: see *Configure logging for HTTP APIs* in the API Gateway developer guide.",
    )
}

fn identity(call: &Call<'_, Aws>, api: &str, name: &str) -> Identity {
    Identity {
        id: format!("{api}/{name}"),
        arn: Some(apigateway::arn(call, &format!("/apis/{api}/stages/{name}"))),
    }
}

#[cfg(test)]
mod tests;
