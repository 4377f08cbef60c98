//! `fargate_size`: the smallest pair of CPU and memory that Fargate has and that is large enough.

use serde::Serialize;

use framework::{Function, FunctionError, Parameter, Signature, Type};
use products::fargate;

/// The function.
#[derive(Debug, Clone, Copy)]
pub struct FargateSize;

/// A pair, as a deployment's attributes take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Size {
    /// CPU units, 1024 to the vCPU.
    cpu: i64,
    /// Memory in MiB.
    memory: i64,
}

/// CPU units in a vCPU, and MiB in a GiB.
const UNIT: f64 = 1024.0;

impl Function for FargateSize {
    type Arguments = (f64, f64);
    type Result = Size;

    fn name(&self) -> &'static str {
        "fargate_size"
    }

    fn signature(&self) -> Signature {
        Signature::new(
            "The smallest Fargate size that is large enough",
            "The smallest pair of `cpu` (CPU units) and `memory` (MiB) that Fargate has and that gives at least so much of \
             both: the least CPU that can have the memory, then the least memory. Fargate has fixed pairs alone, so that 1 \
             vCPU with 14 GiB becomes 2 vCPU. Source: Amazon ECS developer guide, *Task CPU and memory*.",
            vec![
                Parameter::new(
                    "vcpu",
                    Type::Number,
                    "How many vCPUs are needed: above 0, up to 16. Fractions may be given.",
                ),
                Parameter::new(
                    "gib",
                    Type::Number,
                    "How much memory is needed, in GiB: above 0, up to 120. Fractions may be given.",
                ),
            ],
            Type::object([("cpu", Type::Number), ("memory", Type::Number)]),
        )
    }

    fn call(&self, (vcpu, gib): (f64, f64)) -> Result<Size, FunctionError> {
        for (index, value) in [vcpu, gib].into_iter().enumerate() {
            if value <= 0.0 {
                return Err(FunctionError::of_argument(index, format!("{value} is not above 0")));
            }
        }
        if let Some((cpu, memory)) = fargate::smallest(vcpu * UNIT, gib * UNIT) {
            return Ok(Size { cpu, memory });
        }
        let (cpu, memory) = fargate::largest();
        let (most_vcpu, most_gib) = (cpu / 1024, memory / 1024);
        // The largest pair has the most of both, so that one of them is more than there is.
        Err(if fargate::smallest(vcpu * UNIT, UNIT).is_none() {
            FunctionError::of_argument(
                0,
                format!("Fargate has {most_vcpu} vCPUs at most, and {vcpu} are asked for"),
            )
        } else {
            FunctionError::of_argument(
                1,
                format!("Fargate has {most_gib} GiB at most, and {gib} are asked for"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_rounded_up_to_one_that_fargate_has() {
        let size = |cpu, memory| Ok(Size { cpu, memory });
        assert_eq!(FargateSize.call((1.0, 14.0)), size(2048, 14336));
        assert_eq!(FargateSize.call((2.0, 6.0)), size(2048, 6144));
        assert_eq!(FargateSize.call((0.25, 1.5)), size(256, 2048));
    }

    #[test]
    fn a_size_that_fargate_has_not_is_told_by_the_argument_that_is_too_large() {
        let argument = |vcpu, gib| FargateSize.call((vcpu, gib)).unwrap_err().argument;
        assert_eq!(argument(17.0, 1.0), Some(0));
        assert_eq!(argument(1.0, 121.0), Some(1));
        assert_eq!(argument(0.0, 1.0), Some(0));
        assert_eq!(argument(1.0, -1.0), Some(1));
    }
}
