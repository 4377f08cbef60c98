//! The services that a VPC can have endpoints for, by the names that users write.

/// The services whose endpoints are routes and cost nothing. Source: AWS `PrivateLink` guide, *Gateway endpoints*.
const GATEWAY: [&str; 2] = ["dynamodb", "s3"];

/// What a deployment in private subnets without NAT needs: images and their layers (`ecr.api`, `ecr.dkr`, `s3`), the
/// container agent of EC2 hosts (`ecs`, `ecs-agent`, `ecs-telemetry`), logs, volumes, and secrets. Sources: Amazon ECR user
/// guide, *Amazon ECR interface VPC endpoints*; Amazon ECS developer guide, *Amazon ECS interface VPC endpoints*.
pub const NEEDED: [&str; 9] = [
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "elasticfilesystem",
    "logs",
    "s3",
    "secretsmanager",
];

/// Whether the service's endpoint is a route.
pub fn is_gateway(service: &str) -> bool {
    GATEWAY.contains(&service)
}

/// The name that EC2 knows the service by. A name that is whole already (of a service of somebody else's, or in a
/// partition that names it otherwise) stays.
pub fn full_name(service: &str, region: &str) -> String {
    if is_whole(service) {
        service.to_owned()
    } else {
        format!("com.amazonaws.{region}.{service}")
    }
}

fn is_whole(service: &str) -> bool {
    service.starts_with("com.amazonaws.") || service.starts_with("cn.com.amazonaws.")
}

/// Whether a text can be a service's name: words of letters, digits and hyphens with dots between.
pub fn is_service(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 128 && text.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_get_the_region_and_whole_ones_stay() {
        assert_eq!(full_name("ecr.api", "eu-west-1"), "com.amazonaws.eu-west-1.ecr.api");
        let whole = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";
        assert_eq!(full_name(whole, "us-east-1"), whole);
    }

    #[test]
    fn what_is_needed_can_be_written_and_stands_in_order() {
        assert!(NEEDED.iter().all(|service| is_service(service)));
        assert!(NEEDED.is_sorted());
        assert!(!is_service("S3") && !is_service("ecr..api") && !is_service(""));
    }
}
