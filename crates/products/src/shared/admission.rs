//! Sets of security group rules, put together from address ranges and groups.

use std::collections::BTreeSet;

use aws::ids::SecurityGroupId;
use aws::{Peer, Rule};
use engine::Input;

/// Rules of one group and one direction.
pub type Rules = Input<BTreeSet<Rule>>;

/// No rule.
pub fn nothing() -> Rules {
    BTreeSet::new().into()
}

/// Also TCP on the port with each of the ranges.
pub fn with_ranges(rules: Rules, ranges: Input<Vec<String>>, port: u16, words: &'static str) -> Rules {
    rules
        .and(ranges)
        .with("ranges", (port, words), |(mut rules, ranges), (port, words)| {
            let peers = ranges.iter().filter_map(|range| range.parse().ok()).map(Peer::range);
            rules.extend(peers.map(|peer| Rule::tcp(*port, peer, *words)));
            rules
        })
}

/// Also TCP on the port with each of the groups.
pub fn with_groups(rules: Rules, groups: Input<Vec<SecurityGroupId>>, port: u16, words: &'static str) -> Rules {
    rules
        .and(groups)
        .with("groups", (port, words), |(mut rules, groups), (port, words)| {
            rules.extend(
                groups
                    .into_iter()
                    .map(|group| Rule::tcp(*port, Peer::Group(group), *words)),
            );
            rules
        })
}

/// The groups, and one more where there is one.
pub fn with_another(
    groups: Input<Vec<SecurityGroupId>>,
    another: Option<&Input<SecurityGroupId>>,
) -> Input<Vec<SecurityGroupId>> {
    let Some(another) = another else { return groups };
    groups
        .and(another.clone())
        .with("another", (), |(mut groups, another), ()| {
            groups.push(another);
            groups
        })
}

/// A group as a list of one.
pub fn alone(group: Input<SecurityGroupId>) -> Input<Vec<SecurityGroupId>> {
    group.with("alone", (), |group, ()| vec![group])
}

/// Everything to each of the ranges; to every address where none are given.
pub fn out_to(ranges: Input<Vec<String>>, words: &'static str) -> Input<Option<BTreeSet<Rule>>> {
    ranges.with("out", words, |ranges, words| {
        let peers = ranges.iter().filter_map(|range| range.parse().ok()).map(Peer::range);
        let rules: BTreeSet<Rule> = peers.map(|peer| Rule::all(peer, *words)).collect();
        Some(if rules.is_empty() {
            BTreeSet::from([Rule::all(Peer::anywhere(), *words)])
        } else {
            rules
        })
    })
}
