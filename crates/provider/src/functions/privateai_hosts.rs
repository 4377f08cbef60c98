//! `privateai_hosts`: how many hosts a load of text needs.

use aws::instance_type;
use framework::{Function, FunctionError, Parameter, Signature, Type};
use products::throughput;

/// The function.
#[derive(Debug, Clone, Copy)]
pub struct PrivateaiHosts;

impl Function for PrivateaiHosts {
    type Arguments = (f64, String);
    type Result = f64;

    fn name(&self) -> &'static str {
        "privateai_hosts"
    }

    fn signature(&self) -> Signature {
        Signature::new(
            "How many EC2 hosts Private AI needs for so many words an hour",
            "The number of hosts of an instance type that de-identify so many words of text an hour, by the figure of the \
             vendor's *AWS ECS Manual Deployment Guide* (section 8, step 6): \"A 2 vCPU instance will \
             give about 1.8M words per hour throughput.\" Other instance types are taken to give as much for each vCPU, where \
             the task may use them all. It is a first estimate, for text: images and PDF files take a lot more, and the \
             vendor's benchmarks tell more. The vCPUs are those that the instance type's name tells by AWS's rule: `large` \
             has 2, `xlarge` 4, `Nxlarge` N times 4; other sizes are refused.",
            vec![
                Parameter::new("words_per_hour", Type::Number, "How many words an hour: 0 or more."),
                Parameter::new(
                    "instance_type",
                    Type::String,
                    "The EC2 instance type of the hosts: `m5zn.xlarge`.",
                ),
            ],
            Type::Number,
        )
    }

    fn call(&self, (words_per_hour, instance_type): (f64, String)) -> Result<f64, FunctionError> {
        if words_per_hour < 0.0 {
            return Err(FunctionError::of_argument(
                0,
                format!("{words_per_hour} is less than 0"),
            ));
        }
        let vcpus = instance_type::vcpus(&instance_type).map_err(|why| FunctionError::of_argument(1, why))?;
        Ok(throughput::hosts(words_per_hour, vcpus))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_counted_by_the_guides_figure() {
        let hosts = |words: f64, name: &str| {
            PrivateaiHosts
                .call((words, name.to_owned()))
                .map(|hosts| hosts.to_string())
        };
        assert_eq!(hosts(1_800_000.0, "m5zn.large").as_deref(), Ok("1"));
        assert_eq!(hosts(1_800_001.0, "m5zn.large").as_deref(), Ok("2"));
        assert_eq!(hosts(10_000_000.0, "m5zn.xlarge").as_deref(), Ok("3"));
    }

    #[test]
    fn what_cannot_be_counted_is_refused_by_its_argument() {
        let argument = |words: f64, name: &str| PrivateaiHosts.call((words, name.to_owned())).unwrap_err().argument;
        assert_eq!(argument(-1.0, "m5zn.xlarge"), Some(0));
        assert_eq!(argument(1.0, "m5zn.metal"), Some(1));
    }
}
