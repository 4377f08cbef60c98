//! Where in a VPC's range each subnet lies. A zone has places of its own, told by its letter, for as many zones as a region
//! can have: adding one, or taking one away, moves none of the others.
//!
//! The range is cut into 16 equal parts. The first eight are the public subnets of the zones a to h, the last eight the
//! private ones: of 10.0.0.0/16, `10.0.0.0/20` and `10.0.16.0/20`, `10.0.128.0/20` and `10.0.144.0/20` for the zones a and
//! b, which is how the VPC console's "VPC and more" cuts it, too.

use ipnet::Ipv4Net;

/// The prefix of the largest VPC. Source: Amazon VPC user guide, *VPC CIDR blocks*.
pub const LARGEST: u8 = 16;
/// The prefix of the smallest VPC whose parts are still subnets: the smallest subnet is a `/28`. Source: Amazon VPC user
/// guide, *Subnet CIDR blocks*.
pub const SMALLEST: u8 = 28 - BITS;
/// How many zones there is room for: no region has more. Source: AWS documentation, *AWS Availability Zones*.
pub const ZONES: u8 = 8;
/// The bits that tell one part from another: one for public or private, three for the zone.
const BITS: u8 = 4;

/// Whether a subnet's way out is an internet gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// It is.
    Public,
    /// It is not.
    Private,
}

impl Tier {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Public, Self::Private];

    /// The word for it in keys and names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// The zone's number by its letter, from 0; `None` for what is no availability zone's name.
fn number(zone: &str) -> Option<u8> {
    let letter = zone.bytes().next_back()?.checked_sub(b'a')?;
    let region = region_of(zone)?;
    let parts: Vec<&str> = region.split('-').collect();
    let (last, words) = parts.split_last()?;
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let legal = words.len() >= 2
        && words.iter().all(is_word)
        && !last.is_empty()
        && last.bytes().all(|byte| byte.is_ascii_digit());
    (legal && letter < ZONES).then_some(letter)
}

/// Whether that is the name of an availability zone: a region's with a letter from a to h.
pub fn is_zone(text: &str) -> bool {
    number(text).is_some()
}

/// The region of a zone.
pub fn region_of(zone: &str) -> Option<&str> {
    let (last, _) = zone.char_indices().next_back()?;
    zone.get(..last)
}

/// Whether a VPC of that range has room for the subnets.
pub fn has_room(range: Ipv4Net) -> bool {
    (LARGEST..=SMALLEST).contains(&range.prefix_len())
}

/// The range of a zone's subnet; `None` where there is no room or no such zone.
pub fn subnet(range: Ipv4Net, tier: Tier, zone: &str) -> Option<Ipv4Net> {
    let place = match tier {
        Tier::Public => number(zone)?,
        Tier::Private => ZONES + number(zone)?,
    };
    if !has_room(range) {
        return None;
    }
    range
        .trunc()
        .subnets(range.prefix_len() + BITS)
        .ok()?
        .nth(usize::from(place))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zones() -> Vec<String> {
        (b'a'..b'a' + ZONES)
            .map(|letter| format!("us-east-1{}", char::from(letter)))
            .collect()
    }

    fn all(range: Ipv4Net) -> Vec<Ipv4Net> {
        let zones = zones();
        let of = |tier| zones.iter().filter_map(move |zone| subnet(range, tier, zone));
        Tier::ALL.into_iter().flat_map(of).collect()
    }

    fn ranges() -> impl Strategy<Value = Ipv4Net> {
        (any::<u32>(), LARGEST..=SMALLEST)
            .prop_map(|(address, prefix)| Ipv4Net::new(address.into(), prefix).unwrap().trunc())
    }

    proptest! {
        #[test]
        fn subnets_lie_in_the_range_apart_from_each_other_and_fill_it(range in ranges()) {
            let subnets = all(range);
            prop_assert_eq!(subnets.len(), 16);
            for (index, one) in subnets.iter().enumerate() {
                prop_assert!(range.contains(one), "{one} in {range}");
                prop_assert!(one.prefix_len() <= 28, "EC2 takes no smaller subnet");
                for other in &subnets[..index] {
                    prop_assert!(!one.contains(other) && !other.contains(one), "{one} and {other}");
                }
            }
        }

        #[test]
        fn a_zones_subnets_do_not_depend_on_which_other_zones_there_are(
            range in ranges(),
            chosen in proptest::sample::subsequence(zones(), 1..=8),
            added in proptest::sample::select(zones()),
        ) {
            let of = |zones: &[String]| -> Vec<_> {
                zones.iter().map(|zone| (zone.clone(), subnet(range, Tier::Private, zone))).collect()
            };
            let before = of(&chosen);
            let mut more = chosen.clone();
            more.insert(0, added);
            let after = of(&more);
            prop_assert!(before.iter().all(|each| after.contains(each)));
        }

        #[test]
        fn a_range_of_another_size_has_no_subnets(address in any::<u32>(), prefix in 0_u8..=32) {
            let range = Ipv4Net::new(address.into(), prefix).unwrap();
            prop_assert_eq!(subnet(range, Tier::Public, "us-east-1a").is_some(), has_room(range));
        }
    }

    #[test]
    fn the_consoles_range_is_cut_as_the_console_cuts_it() {
        let range = "10.0.0.0/16".parse().unwrap();
        let of = |tier, zone| subnet(range, tier, zone).unwrap().to_string();
        assert_eq!(of(Tier::Public, "us-east-1a"), "10.0.0.0/20");
        assert_eq!(of(Tier::Public, "us-east-1b"), "10.0.16.0/20");
        assert_eq!(of(Tier::Private, "us-east-1a"), "10.0.128.0/20");
        assert_eq!(of(Tier::Private, "us-east-1b"), "10.0.144.0/20");
    }

    #[test]
    fn only_availability_zones_are_zones() {
        for good in ["us-east-1a", "ap-northeast-1d", "us-gov-west-1b", "cn-north-1h"] {
            assert!(is_zone(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "us-east-1",
            "us-east-1i",
            "us-east-1A",
            "use1-az1",
            "us-west-2-lax-1a",
            "us-east-1ä",
        ] {
            assert!(!is_zone(bad), "{bad}");
        }
        assert_eq!(region_of("us-east-1a"), Some("us-east-1"));
    }
}
