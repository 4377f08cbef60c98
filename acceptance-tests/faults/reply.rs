//! What is answered in AWS's stead: refusals, and reads that see nothing, in the form of each service's protocol.

use serde_json::{Value as Json, json};

use super::asked::Asked;
use super::fault::{Protocol, Refusal};
use super::world::Answer;

/// The id that AWS's own refusals carry here.
pub const REQUEST_ID: &str = "0badc0de-fa17-4fa1-8fa1-000000000001";

pub fn answered(status: u16, content_type: &str, body: String) -> Answer {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Answer {
        status,
        headers: vec![
            header("content-type", content_type),
            header("x-amzn-requestid", REQUEST_ID),
        ],
        body: body.into_bytes(),
    }
}

/// A refusal, as the service words it.
pub fn refused(asked: &Asked, Refusal { status, code, message }: Refusal) -> Answer {
    match asked.protocol {
        Protocol::Json => answered(
            status,
            "application/x-amz-json-1.1",
            json!({"__type": code, "message": message}).to_string(),
        ),
        Protocol::Rest => {
            let body = json!({"ErrorCode": code, "message": message, "Message": message});
            let mut answer = answered(status, "application/json", body.to_string());
            answer.headers.push(("x-amzn-errortype".to_owned(), code.to_owned()));
            answer
        }
        Protocol::Query => answered(
            status,
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            ),
        ),
        Protocol::Ec2 => answered(
            status,
            "text/xml",
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
                 <RequestID>{REQUEST_ID}</RequestID></Response>"
            ),
        ),
    }
}

/// What a read answers that sees nothing yet.
pub fn nothing(asked: &Asked) -> Answer {
    let action = asked.operation.split(':').nth(1).unwrap_or_default();
    let missing = |code| Refusal {
        status: 404,
        code,
        message: "It does not exist.",
    };
    match (asked.protocol, asked.service.as_str()) {
        (Protocol::Query, "iam") if action.starts_with("Get") => refused(asked, missing("NoSuchEntity")),
        (Protocol::Query, "elasticloadbalancing") => {
            let code = if action.contains("TargetGroup") {
                "TargetGroupNotFound"
            } else {
                "LoadBalancerNotFound"
            };
            refused(
                asked,
                Refusal {
                    status: 400,
                    ..missing(code)
                },
            )
        }
        (Protocol::Query, _) => answered(
            200,
            "text/xml",
            format!("<{action}Response><{action}Result></{action}Result></{action}Response>"),
        ),
        (Protocol::Ec2, _) => answered(200, "text/xml", format!("<{action}Response></{action}Response>")),
        (Protocol::Rest, "elasticfilesystem") if asked.target.contains("/mount-targets") => {
            refused(asked, missing("MountTargetNotFound"))
        }
        (Protocol::Rest, "elasticfilesystem") => refused(asked, missing("FileSystemNotFound")),
        (Protocol::Rest, _) => refused(asked, missing("NotFoundException")),
        (Protocol::Json, "secretsmanager" | "logs") if !action.starts_with("DescribeLog") => {
            refused(asked, missing("ResourceNotFoundException"))
        }
        (Protocol::Json, "wafv2") => refused(asked, missing("WAFNonexistentItemException")),
        (Protocol::Json, "ecs") if action == "DescribeTaskDefinition" => refused(
            asked,
            Refusal {
                status: 400,
                code: "ClientException",
                message: "Unable to describe task definition.",
            },
        ),
        (Protocol::Json, _) => answered(
            200,
            "application/x-amz-json-1.1",
            json!({"failures": gone(asked)}).to_string(),
        ),
    }
}

/// What ECS says of those that it does not find.
fn gone(asked: &Asked) -> Vec<Json> {
    let body: Json = serde_json::from_slice(&asked.body).unwrap_or_default();
    let named = ["clusters", "services", "tasks"]
        .iter()
        .filter_map(|kind| body[kind].as_array());
    named
        .flatten()
        .map(|arn| json!({"arn": arn, "reason": "MISSING"}))
        .collect()
}
