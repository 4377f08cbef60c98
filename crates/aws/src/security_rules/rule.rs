//! One rule: what traffic, with whom. EC2 packs several into one permission; here each stands alone.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::choice;
use crate::ids::SecurityGroupId;

choice! {
    /// A protocol.
    pub enum Protocol {
        /// Every protocol.
        All = "-1",
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
        /// ICMP.
        Icmp = "icmp",
        /// ICMP for IPv6.
        IcmpV6 = "icmpv6",
    }
}

/// With whom traffic is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// IPv4 addresses.
    V4(Ipv4Net),
    /// IPv6 addresses.
    V6(Ipv6Net),
    /// Whatever has that group.
    Group(SecurityGroupId),
    /// The addresses of a prefix list.
    PrefixList(String),
}

impl Peer {
    /// The addresses of a range, whose host bits do not count: EC2 drops them too.
    pub fn range(range: IpNet) -> Self {
        match range.trunc() {
            IpNet::V4(range) => Self::V4(range),
            IpNet::V6(range) => Self::V6(range),
        }
    }

    /// Every IPv4 address.
    pub fn anywhere() -> Self {
        Self::V4(Ipv4Net::default())
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    protocol: Protocol,
    from_port: Option<i32>,
    to_port: Option<i32>,
    peer: Peer,
    description: String,
}

impl Rule {
    /// TCP on one port. The description has up to 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
    pub fn tcp(port: u16, peer: Peer, description: impl Into<String>) -> Self {
        let port = Some(i32::from(port));
        Self {
            protocol: Protocol::Tcp,
            from_port: port,
            to_port: port,
            peer,
            description: description.into(),
        }
    }

    /// All traffic. The description as of [`Rule::tcp`].
    pub fn all(peer: Peer, description: impl Into<String>) -> Self {
        Self {
            protocol: Protocol::All,
            from_port: None,
            to_port: None,
            peer,
            description: description.into(),
        }
    }

    /// Whom it is about.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The port, where it is a single one.
    pub fn port(&self) -> Option<i32> {
        self.from_port.filter(|_| self.from_port == self.to_port)
    }

    /// Whether two rules allow the same, whatever their descriptions say.
    pub(super) fn allows_same(&self, other: &Self) -> bool {
        let meaning = |rule: &Self| (rule.protocol.clone(), rule.from_port, rule.to_port, rule.peer.clone());
        meaning(self) == meaning(other)
    }

    /// Whether the rule names a group.
    pub(super) fn names_group(&self) -> bool {
        matches!(self.peer, Peer::Group(_))
    }

    /// The rule as EC2 takes it.
    pub(super) fn permission(&self) -> IpPermission {
        let text = Some(self.description.clone()).filter(|text| !text.is_empty());
        let permission = IpPermission::builder()
            .ip_protocol(self.protocol.as_str())
            .set_from_port(self.from_port)
            .set_to_port(self.to_port);
        match &self.peer {
            Peer::V4(range) => permission.ip_ranges(
                IpRange::builder()
                    .cidr_ip(range.to_string())
                    .set_description(text)
                    .build(),
            ),
            Peer::V6(range) => permission.ipv6_ranges(
                Ipv6Range::builder()
                    .cidr_ipv6(range.to_string())
                    .set_description(text)
                    .build(),
            ),
            Peer::Group(id) => {
                permission.user_id_group_pairs(UserIdGroupPair::builder().group_id(id).set_description(text).build())
            }
            Peer::PrefixList(id) => {
                permission.prefix_list_ids(PrefixListId::builder().prefix_list_id(id).set_description(text).build())
            }
        }
        .build()
    }
}

/// The rules of a group's permissions.
pub fn rules(permissions: &[IpPermission]) -> BTreeSet<Rule> {
    permissions.iter().flat_map(unpacked).collect()
}

fn unpacked(permission: &IpPermission) -> Vec<Rule> {
    let protocol = Protocol::from(permission.ip_protocol().unwrap_or("-1"));
    // Ports mean nothing where every protocol is meant, and are then told as nothing or as -1.
    let port = |port: Option<i32>| port.filter(|_| protocol != Protocol::All);
    let rule = |peer: Option<Peer>, description: Option<&str>| {
        Some(Rule {
            protocol: protocol.clone(),
            from_port: port(permission.from_port()),
            to_port: port(permission.to_port()),
            peer: peer?,
            description: description.unwrap_or_default().to_owned(),
        })
    };
    let v4 = permission.ip_ranges().iter().map(|range| {
        let peer = range.cidr_ip().and_then(|text| text.parse().ok()).map(Peer::V4);
        rule(peer, range.description())
    });
    let v6 = permission.ipv6_ranges().iter().map(|range| {
        let peer = range.cidr_ipv6().and_then(|text| text.parse().ok()).map(Peer::V6);
        rule(peer, range.description())
    });
    let groups = permission
        .user_id_group_pairs()
        .iter()
        .map(|pair| rule(pair.group_id().map(|id| Peer::Group(id.into())), pair.description()));
    let lists = permission.prefix_list_ids().iter().map(|list| {
        rule(
            list.prefix_list_id().map(|id| Peer::PrefixList(id.to_owned())),
            list.description(),
        )
    });
    v4.chain(v6).chain(groups).chain(lists).flatten().collect()
}
