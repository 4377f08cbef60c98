//! What a network's design needs to know of its region: which zones there are, and which services have endpoints there.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Network;
use super::services;
use aws::Aws;
use aws::lookups::{self, Zone};
use engine::Error;
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// Services by their full names, each with its zones.
type Offered = BTreeMap<String, BTreeSet<String>>;

/// How many zones where nothing is said.
const ZONES: i64 = 2;

/// Takes the number of zones from the zones that the configuration names; where it says neither, the default.
pub fn tidy(config: &Network, proposed: &mut Network) {
    if !config.availability_zones.is_null() {
        proposed.az_count = match config.zones() {
            Some(zones) => i64::try_from(zones.len()).map_or(Attr::Unknown, Attr::Known),
            None => Attr::Unknown,
        };
    } else if config.az_count.is_null() {
        proposed.az_count = Attr::Known(ZONES);
    }
}

/// Whether what is decided here may have changed between two models.
pub fn changed(prior: &Network, model: &Network) -> bool {
    prior.zones() != model.zones()
        || prior.az_count != model.az_count
        || prior.nat != model.nat
        || prior.services() != model.services()
        || model.zones().is_none()
        || model.nat_zones().is_none()
}

/// Settles the zones and which of them have a NAT gateway, and reports what the region does not have.
pub async fn visit(aws: &Aws, model: &mut Network) -> Diagnostics {
    let (offered, services) = tokio::join!(lookups::availability_zones(aws), offered_services(aws, model));
    let mut diagnostics = Diagnostics::new();
    match offered {
        Ok(offered) => {
            let place = format!("account {} has in {}", aws.account_id, aws.region);
            if let Err(problem) = zones(&place, model, &offered) {
                diagnostics.push(problem);
            }
        }
        Err(error) => diagnostics.push(failed(
            "the availability zones",
            &error,
            Path::of(["availability_zones"]),
        )),
    }
    nat(model);
    match services {
        Ok(services) => diagnostics.append(endpoints(aws, model, &services)),
        Err(error) => diagnostics.push(failed("the services with endpoints", &error, services_path())),
    }
    diagnostics
}

/// Keeps the zones that there are, and adds or takes away as many as the count asks for. `place` completes "zones that".
fn zones(place: &str, model: &mut Network, offered: &[Zone]) -> Result<(), Diagnostic> {
    let count = match &model.az_count {
        Attr::Known(count) => usize::try_from(*count).unwrap_or_default(),
        Attr::Unknown | Attr::Null => {
            // Zones that are named tell their number: these are the ones of before, and may become others.
            if model.zones().is_some() {
                model.availability_zones = Attr::Unknown;
            }
            return Ok(());
        }
    };
    let mut zones: Vec<String> = model.zones().unwrap_or_default().into_iter().collect();
    if let Some(unknown) = zones
        .iter()
        .find(|zone| !offered.iter().any(|offer| offer.name == **zone))
    {
        let names: Vec<&str> = offered.iter().map(|offer| offer.name.as_str()).collect();
        return Err(Diagnostic::error(
            "No such availability zone",
            format!(
                "{unknown} is none of the zones that {place}: {}. Nothing was made.",
                names.join(", ")
            ),
        )
        .at(Path::of(["availability_zones"])));
    }
    zones.truncate(count);
    for offer in offered.iter().filter(|offer| offer.open) {
        if zones.len() < count && !zones.contains(&offer.name) {
            zones.push(offer.name.clone());
        }
    }
    if zones.len() < count {
        return Err(Diagnostic::error(
            "Not so many availability zones",
            format!(
                "az_count = {count}, and of the zones that {place} there are {} that take something new. Nothing was made.",
                zones.len()
            ),
        )
        .at(Path::of(["az_count"])));
    }
    zones.sort();
    model.availability_zones = known(zones);
    Ok(())
}

/// Which zones have a NAT gateway. A single one stays where it is as long as its zone does.
fn nat(model: &mut Network) {
    let (Some(mode), Some(zones)) = (model.nat.known(), model.zones()) else {
        model.nat_availability_zones = Attr::Unknown;
        model.nat_public_ips = Attr::Unknown;
        return;
    };
    let before = model.nat_zones();
    let now: Vec<String> = match mode.as_str() {
        "none" => Vec::new(),
        "per_az" => zones.into_iter().collect(),
        _ => {
            let stays = before.iter().flatten().find(|zone| zones.contains(*zone)).cloned();
            stays.or_else(|| zones.first().cloned()).into_iter().collect()
        }
    };
    if before.as_ref() != Some(&now) {
        model.nat_public_ips = Attr::Unknown;
    }
    model.nat_availability_zones = known(now);
}

fn known(items: Vec<String>) -> Attr<Vec<Attr<String>>> {
    Attr::Known(items.into_iter().map(Attr::Known).collect())
}

/// The services' names as users write them and as EC2 knows them.
fn full_names(aws: &Aws, model: &Network) -> Vec<(String, String)> {
    let region = aws.region.to_string();
    let services = model.services().unwrap_or_default().into_iter();
    services
        .map(|service| (service.clone(), services::full_name(&service, &region)))
        .collect()
}

fn services_path() -> Path {
    Path::of(["endpoints", "services"])
}

/// Which zones each of the wanted services is in.
async fn offered_services(aws: &Aws, model: &Network) -> Result<Offered, Error> {
    let wanted: BTreeSet<String> = full_names(aws, model).into_iter().map(|(_, full)| full).collect();
    if wanted.is_empty() {
        return Ok(Offered::new());
    }
    lookups::endpoint_services(aws, &wanted).await
}

/// Reports services that the region, or one of the network's zones, does not have.
fn endpoints(aws: &Aws, model: &Network, offered: &Offered) -> Diagnostics {
    let zones = model.zones().unwrap_or_default();
    let problem = |(short, full): &(String, String)| {
        let Some(has) = offered.get(full) else {
            return Some(Diagnostic::error(
                "No such service",
                format!(
                    "{} has no endpoints for {short} ({full}). Leave it out. Nothing was made.",
                    aws.region
                ),
            ));
        };
        let lacking: Vec<&str> = zones
            .iter()
            .filter(|zone| !has.contains(*zone))
            .map(String::as_str)
            .collect();
        (!lacking.is_empty() && !services::is_gateway(short)).then(|| {
            Diagnostic::error(
                "A service that is not in every zone",
                format!(
                    "{short} has no endpoints in {}. Leave it out, or choose other availability_zones. Nothing was made.",
                    lacking.join(" and ")
                ),
            )
        })
    };
    full_names(aws, model)
        .iter()
        .filter_map(problem)
        .map(|problem| problem.at(services_path()))
        .collect()
}

fn failed(what: &str, error: &Error, path: Path) -> Diagnostic {
    Diagnostic::error(format!("Could not look at {what}"), error.explained()).at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "account 123456789012 has in us-east-1";

    fn offered() -> Vec<Zone> {
        let zone = |(letter, open)| Zone {
            name: format!("us-east-1{letter}"),
            open,
        };
        [('a', false), ('b', true), ('c', true), ('d', true)].map(zone).into()
    }

    fn texts(letters: &str) -> Attr<Vec<Attr<String>>> {
        known(letters.chars().map(|letter| format!("us-east-1{letter}")).collect())
    }

    fn model(count: i64, zones: Attr<Vec<Attr<String>>>) -> Network {
        Network {
            az_count: Attr::Known(count),
            availability_zones: zones,
            nat: Attr::Known("single".to_owned()),
            ..Network::default()
        }
    }

    fn settled(count: i64, before: Attr<Vec<Attr<String>>>) -> Attr<Vec<Attr<String>>> {
        let mut model = model(count, before);
        zones(PLACE, &mut model, &offered()).unwrap();
        model.availability_zones
    }

    #[test]
    fn zones_that_are_there_stay_and_open_ones_are_added() {
        assert_eq!(
            settled(2, Attr::Unknown),
            texts("bc"),
            "one that takes nothing new is not chosen"
        );
        assert_eq!(
            settled(2, texts("ad")),
            texts("ad"),
            "and stays where it was chosen before"
        );
        assert_eq!(settled(3, texts("ad")), texts("abd"));
        assert_eq!(settled(1, texts("bd")), texts("b"));
    }

    #[test]
    fn a_number_that_is_not_known_yet_leaves_the_zones_open() {
        let mut model = model(2, texts("ab"));
        model.az_count = Attr::Unknown;
        zones(PLACE, &mut model, &offered()).unwrap();
        assert!(model.availability_zones.is_unknown());
        nat(&mut model);
        assert!(model.nat_availability_zones.is_unknown() && model.nat_public_ips.is_unknown());
    }

    #[test]
    fn what_the_region_does_not_have_is_told_with_its_attribute() {
        for (count, before, path) in [(5, Attr::Unknown, "az_count"), (1, texts("e"), "availability_zones")] {
            let mut model = model(count, before);
            let problem = zones(PLACE, &mut model, &offered()).unwrap_err();
            assert_eq!(problem.path, Some(Path::of([path])));
        }
    }

    #[test]
    fn a_single_nat_gateway_stays_as_long_as_its_zone_does() {
        let mut model = model(2, texts("bc"));
        nat(&mut model);
        assert_eq!(model.nat_availability_zones, texts("b"));
        model.availability_zones = texts("abc");
        model.nat_public_ips = Attr::Known(Vec::new());
        nat(&mut model);
        assert_eq!(model.nat_availability_zones, texts("b"));
        assert!(!model.nat_public_ips.is_unknown(), "its address stays too");
        model.availability_zones = texts("ac");
        nat(&mut model);
        assert_eq!(model.nat_availability_zones, texts("a"));
        assert!(model.nat_public_ips.is_unknown());
    }

    #[test]
    fn the_number_of_zones_follows_their_names_and_falls_back_when_nothing_is_said() {
        let named = Network {
            availability_zones: texts("abc"),
            ..Network::default()
        };
        let mut proposed = model(2, texts("abc"));
        tidy(&named, &mut proposed);
        assert_eq!(proposed.az_count, Attr::Known(3));
        tidy(&Network::default(), &mut proposed);
        assert_eq!(proposed.az_count, Attr::Known(ZONES));
    }
}
