//! Amazon ECR as a container registry: where it answers, and how one signs in to it. Sources: Amazon ECR API,
//! `GetAuthorizationToken` (a token lasts twelve hours and is good for every registry of its region that the caller may
//! use); Amazon ECR user guide, *Private registry authentication*.

use aws_config::Region;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;

use super::Aws;
use super::error::{lacking, refusal};
use engine::{Error, ErrorKind, Result};
use registry::{Address, Credentials};

/// Where a registry answers, and how one signs in to it.
#[derive(Debug, Clone)]
pub struct Access {
    /// Where it answers.
    pub address: Address,
    /// How one signs in.
    pub credentials: Credentials,
}

/// The account's own registry in the clients' region.
pub async fn own(aws: &Aws, deadline: Instant) -> Result<Access> {
    token(&aws.ecr, deadline).await
}

/// How one signs in to a registry of ECR in that region, whosever it is.
pub async fn in_region(aws: &Aws, region: &str, deadline: Instant) -> Result<Credentials> {
    Ok(token(&client_in(aws, region), deadline).await?.credentials)
}

/// A client of ECR in that region.
pub fn client_in(aws: &Aws, region: &str) -> aws_sdk_ecr::Client {
    if region == aws.region.as_ref() {
        return (*aws.ecr).clone();
    }
    let config = aws.ecr.config().to_builder().region(Region::new(region.to_owned()));
    aws_sdk_ecr::Client::from_conf(config.build())
}

/// The region of a private registry of ECR, told by its host: `123456789012.dkr.ecr.us-east-1.amazonaws.com`, its FIPS
/// and dual-stack forms, and those of other partitions. Source: Amazon ECR user guide, *Endpoints*.
pub fn region_of(host: &str) -> Option<&str> {
    let (account, rest) = host.split_once('.')?;
    if account.len() != 12 || !account.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let rest = ["dkr.ecr.", "dkr.ecr-fips.", "dkr-ecr.", "dkr-ecr-fips."]
        .iter()
        .find_map(|prefix| rest.strip_prefix(prefix))?;
    let (region, domain) = rest.split_once('.')?;
    [
        "amazonaws.com",
        "amazonaws.com.cn",
        "on.aws",
        "on.amazonwebservices.com.cn",
    ]
    .contains(&domain)
    .then_some(region)
}

async fn token(ecr: &aws_sdk_ecr::Client, deadline: Instant) -> Result<Access> {
    const ATTEMPTED: &str = "ecr:GetAuthorizationToken";
    let answer = tokio::time::timeout_at(deadline, Box::pin(ecr.get_authorization_token().send()))
        .await
        .map_err(|_| {
            Error::new(
                ErrorKind::TimedOut,
                ATTEMPTED,
                "AWS had not answered when the time for this operation was up",
            )
            .with_remedy("Give the operation more time in `timeouts`.")
        })?
        .map_err(|error| refusal(ATTEMPTED, &error))?;
    let given = answer
        .authorization_data()
        .first()
        .ok_or_else(|| lacking(ATTEMPTED, "token"))?;
    let endpoint = given
        .proxy_endpoint()
        .ok_or_else(|| lacking(ATTEMPTED, "address of the registry"))?;
    let credentials = given
        .authorization_token()
        .and_then(|token| String::from_utf8(STANDARD.decode(token).ok()?).ok())
        .and_then(|token| {
            let (username, password) = token.split_once(':')?;
            Some(Credentials::Basic {
                username: username.to_owned(),
                password: password.to_owned(),
            })
        })
        .ok_or_else(|| lacking(ATTEMPTED, "token in the form of a name and a password"))?;
    Ok(Access {
        address: Address::of_url(endpoint),
        credentials,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::{Answer, Stage};

    #[test]
    fn registries_of_ecr_are_known_by_their_host() {
        for (host, region) in [
            ("709825985650.dkr.ecr.us-east-1.amazonaws.com", Some("us-east-1")),
            (
                "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
                Some("us-gov-west-1"),
            ),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", Some("eu-west-1")),
            ("public.ecr.aws", None),
            ("12345.dkr.ecr.us-east-1.amazonaws.com", None),
            ("123456789012.dkr.ecr.us-east-1.amazonaws.com.example.com", None),
            ("crprivateaiprod.azurecr.io", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }

    fn deadline() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    #[tokio::test]
    async fn a_token_is_a_name_and_a_password_for_the_accounts_registry() {
        let stage = Stage::answering(|_| {
            let token = STANDARD.encode("AWS:hunter2:with:colons");
            Answer::json(format!(
                r#"{{"authorizationData": [{{"authorizationToken": "{token}", "expiresAt": 1.0, "proxyEndpoint": "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"}}]}}"#
            ))
        });
        let access = own(&stage.aws, deadline()).await.unwrap();
        assert_eq!(access.address.host(), "123456789012.dkr.ecr.us-east-1.amazonaws.com");
        assert!(!format!("{access:?}").contains("hunter2"), "{access:?}");
        let Credentials::Basic { username, password } = access.credentials else {
            panic!("a name and a password")
        };
        assert_eq!((username.as_str(), password.as_str()), ("AWS", "hunter2:with:colons"));
    }

    #[tokio::test]
    async fn a_caller_without_the_permission_is_told_which() {
        let stage = Stage::answering(|_| {
            Answer::refused(
                "AccessDeniedException",
                "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
            )
        });
        let error = in_region(&stage.aws, "eu-west-1", deadline()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied);
        assert!(
            error
                .remedy
                .unwrap()
                .contains(r#""Action": "ecr:GetAuthorizationToken""#)
        );
    }
}
