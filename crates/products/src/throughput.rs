//! How much text Private AI de-identifies. Source: Private AI, *AWS ECS Manual Deployment Guide*, section 8, step 6: "A 2
//! vCPU instance will give about 1.8M words per hour throughput."

/// Words an hour for each vCPU.
const WORDS_PER_VCPU_HOUR: f64 = 1_800_000.0 / 2.0;

/// How many hosts with so many vCPUs de-identify so many words an hour: a whole number.
pub fn hosts(words_per_hour: f64, vcpus: u32) -> f64 {
    (words_per_hour / (f64::from(vcpus) * WORDS_PER_VCPU_HOUR)).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_own_instance_gives_what_it_says() {
        let counted = [(1_800_000.0, 2), (3_600_000.0, 4), (3_600_001.0, 4), (0.0, 4)];
        let hosts = counted.map(|(words, vcpus)| format!("{}", hosts(words, vcpus)));
        assert_eq!(hosts, ["1", "1", "2", "0"]);
    }
}
