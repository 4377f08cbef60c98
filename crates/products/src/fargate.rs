//! The sizes that Fargate has. Source: Amazon ECS developer guide, *Task CPU and memory*.

use super::checks::fargate_memory;

/// CPU units of the sizes, 1024 to the vCPU, the smallest first.
const CPU: [i64; 7] = [256, 512, 1024, 2048, 4096, 8192, 16384];

/// The smallest legal pair of CPU units and memory in MiB that has at least so much of both: the least CPU that can have
/// the memory, then the least memory. `None` where no pair is as large.
pub fn smallest(cpu: f64, memory: f64) -> Option<(i64, i64)> {
    let pairs = CPU.into_iter().flat_map(|cpu| {
        let memory = fargate_memory(cpu).unwrap_or_default();
        memory.into_iter().map(move |memory| (cpu, memory))
    });
    let fits = |have: i64, want: f64| i32::try_from(have).is_ok_and(|have| f64::from(have) >= want);
    pairs.into_iter().find(|pair| fits(pair.0, cpu) && fits(pair.1, memory))
}

/// The largest pair of CPU units and memory in MiB.
pub fn largest() -> (i64, i64) {
    let cpu = CPU[CPU.len() - 1];
    let memory = fargate_memory(cpu).and_then(|sizes| sizes.last().copied());
    (cpu, memory.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_pair_that_is_large_enough_is_found() {
        let gib = 1024.0;
        assert_eq!(smallest(0.25 * gib, 0.5 * gib), Some((256, 512)));
        assert_eq!(smallest(0.3 * gib, 0.5 * gib), Some((512, 1024)));
        assert_eq!(
            smallest(1.0 * gib, 14.0 * gib),
            Some((2048, 14336)),
            "1 vCPU has 8 GiB at most"
        );
        assert_eq!(
            smallest(8.0 * gib, 17.0 * gib),
            Some((8192, 20480)),
            "in steps of 4 GiB"
        );
        assert_eq!(smallest(16.0 * gib, 120.0 * gib), Some(largest()));
        assert_eq!(smallest(16.1 * gib, 1.0 * gib), None);
        assert_eq!(smallest(1.0 * gib, 121.0 * gib), None);
    }
}
