//! What does not go together in a network's configuration, told before anything is asked of AWS.

use std::collections::BTreeSet;

use super::layout;
use super::model::Network;
use crate::checks;
use framework::{Diagnostic, Diagnostics, Path};

/// Checks what spans attributes. Unknown values pass.
pub fn validate(model: &Network, diagnostics: &mut Diagnostics) {
    size(model, diagnostics);
    one_region(model, diagnostics);
    one_number(model, diagnostics);
    bounded_role(model, diagnostics);
}

fn size(model: &Network, diagnostics: &mut Diagnostics) {
    let Some(range) = model.range() else { return };
    let path = Path::of(["cidr_block"]);
    if !layout::has_room(range) {
        let why = if range.prefix_len() < layout::LARGEST {
            "AWS makes no VPC larger than /16"
        } else {
            "its sixteen parts would be smaller than /28, the smallest subnet that AWS makes"
        };
        diagnostics.push(
            Diagnostic::error(
                "No range for a network",
                format!(
                    "cidr_block = \"{range}\" does not do: {why}. Use a range of /{} to /{}.",
                    layout::LARGEST,
                    layout::SMALLEST
                ),
            )
            .at(path),
        );
    } else if checks::reaches_outside(&range.to_string()) {
        diagnostics.push(
            Diagnostic::warning(
                "A range of public addresses",
                format!(
                    "{range} is no private range: what has those addresses on the internet cannot be reached from this \
                     network. Private ranges are 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 100.64.0.0/10."
                ),
            )
            .at(path),
        );
    }
}

fn one_region(model: &Network, diagnostics: &mut Diagnostics) {
    let zones = model.zones().unwrap_or_default();
    let regions: BTreeSet<&str> = zones.iter().filter_map(|zone| layout::region_of(zone)).collect();
    if regions.len() > 1 {
        let regions: Vec<&str> = regions.into_iter().collect();
        diagnostics.push(
            Diagnostic::error(
                "Zones of several regions",
                format!(
                    "A network is in one region; these zones are of {}.",
                    regions.join(" and ")
                ),
            )
            .at(Path::of(["availability_zones"])),
        );
    }
}

/// Both may stand, as in a configuration that Terraform wrote for an import, where they say the same.
fn one_number(model: &Network, diagnostics: &mut Diagnostics) {
    let (Some(count), Some(zones)) = (model.az_count.known(), model.zones()) else {
        return;
    };
    if i64::try_from(zones.len()).is_ok_and(|number| number != *count) {
        diagnostics.push(
            Diagnostic::error(
                "Two numbers of zones",
                format!(
                    "az_count = {count}, while availability_zones names {}. Leave one of the two out.",
                    zones.len()
                ),
            )
            .at(Path::of(["az_count"])),
        );
    }
}

/// A network's one role is that of its flow logs.
fn bounded_role(model: &Network, diagnostics: &mut Diagnostics) {
    if !model.permissions_boundary.is_null() && model.flow_logs.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "A setting of a role that is not there",
                "permissions_boundary bounds the role that writes the flow logs, and the network has no flow_logs block. Add \
                 one, or remove permissions_boundary.",
            )
            .at(Path::of(["permissions_boundary"])),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::FlowLogs;
    use framework::Attr;

    #[test]
    fn a_boundary_of_a_role_that_is_not_there_is_refused() {
        let problems = |model: &Network| {
            let mut diagnostics = Diagnostics::new();
            validate(model, &mut diagnostics);
            let paths = diagnostics.iter().map(|found| found.path.clone());
            paths.collect::<Vec<_>>()
        };
        let alone = Network {
            permissions_boundary: Attr::Unknown,
            ..Network::default()
        };
        assert_eq!(problems(&alone), [Some(Path::of(["permissions_boundary"]))]);
        let logging = Network {
            flow_logs: Some(FlowLogs::default()),
            ..alone
        };
        assert_eq!(problems(&logging), []);
    }
}
