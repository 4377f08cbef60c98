//! What AWS, the network and people do to a call.

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::odd::Odd;
use super::wire::writes;

/// How the service that is asked speaks: errors look otherwise in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON with a target header: ECS, CloudWatch Logs and others.
    Json,
    /// JSON over paths: EFS, API Gateway.
    Rest,
    /// Forms and XML: IAM, Elastic Load Balancing, Auto Scaling, STS.
    Query,
    /// Amazon EC2's own kind of XML.
    Ec2,
}

/// What befalls a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Throttled twice, then fine.
    ThrottledTwice,
    /// Throttled for ever.
    Throttled,
    /// An internal error twice, then fine.
    FailedTwice,
    /// Out of service for ever.
    Unavailable,
    /// The permission is missing.
    Denied,
    /// The permission is missing once: what a create ends with that is to be undone, when this is not what is tried.
    DeniedOnce,
    /// The input is refused.
    Invalid,
    /// A quota is used up.
    Limit,
    /// No connection for ever.
    Unreachable,
    /// The connection breaks before AWS has read the request; then fine.
    LostRequest,
    /// The connection breaks after AWS has done the work; then fine.
    LostAnswer,
    /// No answer, ever.
    Silence,
    /// AWS does the work, and answers later than the SDK waits for it; then in time.
    LateAnswer,
    /// AWS does the work each time it is asked, and answers later than anybody waits.
    Overdue,
    /// A read that does not see what was just made; then fine.
    BlindRead,
    /// The provider is killed when AWS has done the work.
    Killed,
    /// The user presses Ctrl-C while the call is under way.
    Interrupted,
    /// Refused twice because of how things stand, then fine.
    Passing(Condition),
    /// The same for ever.
    Lasting(Condition),
    /// An answer that AWS does not give; then as it does, unless it is one that never ends.
    Odd(Odd),
}

impl Fault {
    /// All that may befall any call.
    pub const ALL: [Self; 16] = [
        Self::ThrottledTwice,
        Self::Throttled,
        Self::FailedTwice,
        Self::Unavailable,
        Self::Denied,
        Self::Invalid,
        Self::Limit,
        Self::Unreachable,
        Self::LostRequest,
        Self::LostAnswer,
        Self::Silence,
        Self::LateAnswer,
        Self::Overdue,
        Self::BlindRead,
        Self::Killed,
        Self::Interrupted,
    ];

    /// All that may befall a call of an operation.
    pub fn of(operation: &str) -> impl Iterator<Item = Self> {
        let conditions = Condition::of(operation).flat_map(|condition| {
            let passing = condition.ends().then_some(Self::Passing(condition));
            passing.into_iter().chain([Self::Lasting(condition)])
        });
        let lists = !writes(operation);
        let odd = Odd::ALL.into_iter().filter(move |odd| lists || !odd.is_of_a_list());
        let odd = odd.map(Self::Odd);
        Self::ALL.into_iter().chain(conditions).chain(odd)
    }

    /// Its name in the table.
    pub fn kind(self) -> &'static str {
        KINDS[match self {
            Self::Passing(_) => Self::ALL.len(),
            Self::Lasting(_) => Self::ALL.len() + 1,
            Self::Odd(_) => Self::ALL.len() + 2,
            Self::DeniedOnce => return Self::Denied.kind(),
            other => Self::ALL.iter().position(|fault| *fault == other).unwrap_or_default(),
        }]
    }

    /// How many calls of the operation it befalls from the first on; `None`: all.
    pub fn times(self) -> Option<usize> {
        match self {
            Self::Odd(Odd::Endless) => None,
            Self::ThrottledTwice | Self::FailedTwice | Self::Passing(_) => Some(2),
            Self::LostRequest
            | Self::LostAnswer
            | Self::LateAnswer
            | Self::BlindRead
            | Self::Killed
            | Self::Interrupted
            | Self::DeniedOnce
            | Self::Odd(_) => Some(1),
            _ => None,
        }
    }

    /// Whether the operation must succeed all the same.
    pub fn passes(self) -> bool {
        matches!(
            self,
            Self::ThrottledTwice
                | Self::FailedTwice
                | Self::LostRequest
                | Self::LostAnswer
                | Self::LateAnswer
                | Self::Passing(_)
        )
    }

    /// What AWS answers, where it is AWS that refuses.
    pub fn refusal(self, protocol: Protocol, service: &str) -> Option<Refusal> {
        let refusal = |status, code: &'static str, message| Some(Refusal { status, code, message });
        match self {
            Self::ThrottledTwice | Self::Throttled => match (protocol, service) {
                (Protocol::Ec2, _) => refusal(503, "RequestLimitExceeded", "Request limit exceeded."),
                (Protocol::Query, _) => refusal(400, "Throttling", "Rate exceeded"),
                (Protocol::Rest, "apigateway") => refusal(429, "TooManyRequestsException", "Too Many Requests"),
                _ => refusal(400, "ThrottlingException", "Rate exceeded"),
            },
            Self::FailedTwice => match protocol {
                Protocol::Ec2 => refusal(500, "InternalError", "An internal error has occurred"),
                Protocol::Query => refusal(500, "InternalFailure", "The request processing has failed"),
                Protocol::Rest => refusal(500, "InternalServerError", "An error occurred on the server side."),
                Protocol::Json => refusal(500, "ServerException", "Service Unavailable. Please try again later."),
            },
            Self::Unavailable => match protocol {
                Protocol::Ec2 => refusal(
                    503,
                    "Unavailable",
                    "The server is overloaded and can't handle the request.",
                ),
                _ => refusal(
                    503,
                    "ServiceUnavailable",
                    "The service is unavailable. Please try again later.",
                ),
            },
            Self::Denied | Self::DeniedOnce => {
                const MESSAGE: &str = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform this action \
                                       because no identity-based policy allows it";
                match protocol {
                    Protocol::Ec2 => refusal(403, "UnauthorizedOperation", MESSAGE),
                    Protocol::Query => refusal(403, "AccessDenied", MESSAGE),
                    Protocol::Json => refusal(400, "AccessDeniedException", MESSAGE),
                    Protocol::Rest => refusal(403, "AccessDeniedException", MESSAGE),
                }
            }
            Self::Invalid => match (protocol, service) {
                (Protocol::Ec2, _) => refusal(400, "InvalidParameterValue", "Value (x) for parameter y is invalid."),
                (Protocol::Query, _) => refusal(400, "ValidationError", "1 validation error detected"),
                (Protocol::Rest, "elasticfilesystem") => refusal(400, "BadRequest", "The request is malformed."),
                (Protocol::Rest, _) => refusal(400, "BadRequestException", "The request is malformed."),
                (Protocol::Json, _) => refusal(400, "InvalidParameterException", "Invalid parameter."),
            },
            Self::Limit => match (protocol, service) {
                (Protocol::Ec2, _) => refusal(400, "ResourceLimitExceeded", "You have reached the limit."),
                (Protocol::Query, "elasticloadbalancing") => {
                    refusal(400, "TooManyLoadBalancers", "The limit is reached.")
                }
                (Protocol::Query, _) => refusal(409, "LimitExceeded", "Cannot exceed quota"),
                (Protocol::Rest, "elasticfilesystem") => {
                    refusal(403, "FileSystemLimitExceeded", "The limit of file systems is reached.")
                }
                _ => refusal(
                    400,
                    "LimitExceededException",
                    "The limit for the resource has been exceeded.",
                ),
            },
            Self::Passing(condition) | Self::Lasting(condition) => Some(condition.refusal()),
            _ => None,
        }
    }
}

impl Fault {
    /// The codes that services answer, where it is AWS that refuses.
    pub fn codes(self) -> Vec<&'static str> {
        let protocols = [Protocol::Json, Protocol::Rest, Protocol::Query, Protocol::Ec2];
        let services = ["", "apigateway", "elasticfilesystem", "elasticloadbalancing"];
        let all = protocols
            .iter()
            .flat_map(|protocol| services.map(|service| (*protocol, service)));
        all.filter_map(|(protocol, service)| self.refusal(protocol, service))
            .map(|refusal| refusal.code)
            .collect()
    }
}

/// The names of the faults in the table, in the order of [`Fault::ALL`]; then those of the conditions.
pub const KINDS: [&str; 19] = [
    "throttled twice",
    "throttled for ever",
    "500 twice",
    "503 for ever",
    "denied",
    "invalid",
    "limit",
    "unreachable",
    "request lost",
    "answer lost",
    "silence",
    "answer late",
    "answer overdue",
    "blind read",
    "killed",
    "Ctrl-C",
    "condition that passes",
    "condition that stays",
    "odd answer",
];

/// AWS's refusal.
#[derive(Debug, Clone, Copy)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The error code.
    pub code: &'static str,
    /// The message.
    pub message: &'static str,
}
