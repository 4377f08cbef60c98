//! What can be said about a configuration's values without asking AWS.

use ipnet::IpNet;

/// Days that a log group can keep its events; 0 stands for ever. Source: Amazon CloudWatch Logs API, `PutRetentionPolicy`.
pub const RETENTION_DAYS: [i64; 24] = [
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 3654,
];

/// When EFS moves unused files. Source: Amazon EFS API, `LifecyclePolicy`.
pub const TRANSITIONS: [&str; 9] = [
    "AFTER_1_DAY",
    "AFTER_7_DAYS",
    "AFTER_14_DAYS",
    "AFTER_30_DAYS",
    "AFTER_60_DAYS",
    "AFTER_90_DAYS",
    "AFTER_180_DAYS",
    "AFTER_270_DAYS",
    "AFTER_365_DAYS",
];

/// A name that every AWS name of a deployment can be derived from. The tightest is the load balancer's, of 32 characters.
pub fn is_deployment_name(text: &str) -> bool {
    let legal = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (1..=32).contains(&text.len())
        && legal
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with('-')
}

/// An EC2-style id of that prefix: `vpc-` and 8 to 17 hexadecimal digits (8 in ids of before 2018).
pub fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| {
            (8..=40).contains(&rest.len()) && rest.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        })
}

/// The name of a region: two or three words and a number, such as `us-gov-west-1`.
pub fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [names @ .., number] = words.as_slice() else {
        return false;
    };
    let is_word = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase());
    (2..=3).contains(&names.len())
        && names.iter().all(is_word)
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

/// `LATEST` or three numbers.
pub fn is_platform_version(text: &str) -> bool {
    text == "LATEST" || version(text).is_some()
}

/// Whether a platform version can mount EFS: 1.4.0 or later; `LATEST` is. Source: Amazon ECS developer guide, *Fargate
/// platform versions*.
pub fn mounts_efs(platform_version: &str) -> bool {
    platform_version == "LATEST" || version(platform_version).is_some_and(|v| v >= [1, 4, 0])
}

fn version(text: &str) -> Option<[u32; 3]> {
    let numbers: Vec<u32> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// A name of an environment variable.
pub fn is_variable_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// The ARN of a Secrets Manager secret (with or without a JSON key behind it) or of an SSM parameter.
pub fn is_secret_arn(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && match (parts.next(), parts.nth(2)) {
            (Some("secretsmanager"), Some(resource)) => resource.starts_with("secret:"),
            (Some("ssm"), Some(resource)) => resource.starts_with("parameter/"),
            _ => false,
        }
}

/// A path from the root.
pub fn is_absolute_path(text: &str) -> bool {
    text.starts_with('/') && text.len() <= 4096 && !text.contains('\0')
}

/// A file mode in octal.
pub fn is_mode(text: &str) -> bool {
    (3..=4).contains(&text.len()) && text.chars().all(|c| ('0'..='7').contains(&c))
}

/// What memory in MiB Fargate has for so many CPU units; `None` for sizes of CPU that it does not have. Source: Amazon
/// ECS developer guide, *Task CPU and memory*.
pub fn fargate_memory(cpu: i64) -> Option<Vec<i64>> {
    let steps = |from: i64, to: i64, by: i64| (from..=to).step_by(usize::try_from(by * 1024).unwrap_or(1)).collect();
    match cpu {
        256 => Some(vec![512, 1024, 2048]),
        512 => Some(steps(1024, 4096, 1)),
        1024 => Some(steps(2048, 8192, 1)),
        2048 => Some(steps(4096, 16384, 1)),
        4096 => Some(steps(8192, 30720, 1)),
        8192 => Some(steps(16384, 61440, 4)),
        16384 => Some(steps(32768, 122_880, 8)),
        _ => None,
    }
}

/// Whether a range holds an address that the public internet can have: whether a rule that admits it lets someone outside
/// in.
pub fn reaches_outside(range: &str) -> bool {
    match range.parse::<IpNet>() {
        Ok(IpNet::V4(net)) => ![
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "127.0.0.0/8",
        ]
        .iter()
        .filter_map(|private| private.parse::<ipnet::Ipv4Net>().ok())
        .any(|private| private.contains(&net)),
        Ok(IpNet::V6(net)) => !["fc00::/7", "fe80::/10", "::1/128"]
            .iter()
            .filter_map(|private| private.parse::<ipnet::Ipv6Net>().ok())
            .any(|private| private.contains(&net)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_every_object_can_carry() {
        for good in ["a", "fraud-detector", &"a".repeat(32)] {
            assert!(is_deployment_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "1a", "a_b", "ä", &"a".repeat(33)] {
            assert!(!is_deployment_name(bad), "{bad}");
        }
    }

    #[test]
    fn fargate_has_the_guides_size_and_no_arbitrary_one() {
        assert!(fargate_memory(2048).is_some_and(|sizes| sizes.contains(&6144)));
        assert!(fargate_memory(1024).is_some_and(|sizes| !sizes.contains(&14336)));
        assert!(fargate_memory(8192).is_some_and(|sizes| sizes.contains(&20480) && !sizes.contains(&17408)));
        assert_eq!(fargate_memory(3000), None);
    }

    #[test]
    fn platform_versions_that_mount_efs() {
        assert!(mounts_efs("1.4.0") && mounts_efs("LATEST") && mounts_efs("1.10.0") && mounts_efs("2.0.0"));
        assert!(!mounts_efs("1.3.0") && !mounts_efs("1.4"));
    }

    #[test]
    fn only_ranges_with_public_addresses_reach_outside() {
        assert!(reaches_outside("0.0.0.0/0") && reaches_outside("203.0.113.0/24") && reaches_outside("::/0"));
        assert!(!reaches_outside("10.0.0.0/16") && !reaches_outside("fd00::/8") && !reaches_outside("nonsense"));
    }

    #[test]
    fn secrets_are_told_by_their_arn() {
        assert!(is_secret_arn(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf"
        ));
        assert!(is_secret_arn(
            "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/a/b"
        ));
        assert!(!is_secret_arn("arn:aws:s3:::bucket") && !is_secret_arn("secret"));
    }
}
