//! What the name of an EC2 instance type tells, without asking AWS. Source: Amazon EC2 instance types guide, *Instance type
//! naming conventions* and the tables of *Instance type specifications*.

/// Families whose sizes do not follow the rule: of an older generation, or with one thread to the core.
const ODD_FAMILIES: [&str; 4] = ["c1", "cc2", "hs1", "m2"];

/// Types that have another number of vCPUs than their size's.
const ODD_TYPES: [(&str, u32); 2] = [("c4.8xlarge", 36), ("d2.8xlarge", 36)];

/// How many vCPUs an instance type has, by AWS's rule for its size: `large` has 2, `xlarge` 4, `Nxlarge` N times 4.
///
/// # Errors
/// Why the name does not tell it, as a sentence without its full stop.
pub fn vcpus(instance_type: &str) -> Result<u32, String> {
    let legal = |text: &str| {
        let mut chars = text.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
            && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let Some((family, size)) = instance_type
        .split_once('.')
        .filter(|(family, size)| legal(family) && legal(size))
    else {
        return Err(format!(
            "{instance_type:?} is no instance type: one is a family and a size, such as m5zn.xlarge"
        ));
    };
    if let Some((_, vcpus)) = ODD_TYPES.iter().find(|(name, _)| *name == instance_type) {
        return Ok(*vcpus);
    }
    let odd = ODD_FAMILIES.contains(&family) || family.starts_with("hpc");
    let vcpus = match size {
        "large" => Some(2),
        "xlarge" => Some(4),
        _ => size
            .strip_suffix("xlarge")
            .and_then(|times| times.parse::<u32>().ok())
            .filter(|times| (2..=1024).contains(times))
            .map(|times| times * 4),
    };
    vcpus.filter(|_| !odd).ok_or_else(|| {
        format!(
            "the name {instance_type} does not tell how many vCPUs the type has; only the sizes large (2), xlarge (4) and \
             Nxlarge (N times 4) do, and not in the families hpc*, {}",
            ODD_FAMILIES.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_tells_the_vcpus() {
        for (name, expected) in [
            ("m5zn.large", 2),
            ("m5zn.xlarge", 4),
            ("m5zn.3xlarge", 12),
            ("g4dn.2xlarge", 8),
            ("c5.18xlarge", 72),
            ("c4.8xlarge", 36),
            ("m7i-flex.large", 2),
            ("u7i-12tb.224xlarge", 896),
        ] {
            assert_eq!(vcpus(name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn names_that_tell_no_vcpus_are_refused() {
        for name in [
            "m5zn.metal",
            "m5.metal-24xl",
            "t3.medium",
            "t3.nano",
            "hpc7a.96xlarge",
            "m2.xlarge",
            "m5zn",
            ".xlarge",
            "m5zn.",
            "m5zn.0xlarge",
            "m5zn.1xlarge",
            "m5zn.-2xlarge",
            "M5 zn.xlarge",
        ] {
            assert!(vcpus(name).unwrap_err().contains(name), "{name}");
        }
    }
}
