//! Who keeps a group from being deleted.

use std::time::Duration;

use aws_sdk_ec2::types::Filter;
use tokio::time::Instant;

use aws::Aws;
use aws::ask::ask;
use engine::{Call, Error, Result};

/// How long may be spent on finding out, beyond the operation's own time.
const GRACE: Duration = Duration::from_secs(15);

/// The refusal with the network interfaces and groups that stand behind it.
pub(super) async fn explain(call: &Call<'_, Aws>, id: &str, mut error: Error) -> Error {
    let call = Call {
        deadline: call.deadline.max(Instant::now() + GRACE),
        ..*call
    };
    let (interfaces, groups) = tokio::join!(interfaces(&call, id), groups(&call, id));
    let holders: Vec<String> = interfaces
        .unwrap_or_default()
        .into_iter()
        .chain(groups.unwrap_or_default())
        .collect();
    if holders.is_empty() {
        return error.with_remedy(format!(
            "Something still uses {id}. Look it up in the EC2 console, and destroy again."
        ));
    }
    error.message = format!(
        "{}. {id} is held by {}",
        error.message.trim_end_matches('.'),
        holders.join("; ")
    );
    error.with_remedy("Delete or detach what holds the group, and destroy again.")
}

async fn interfaces(call: &Call<'_, Aws>, id: &str) -> Result<Vec<String>> {
    let filter = Filter::builder().name("group-id").values(id).build();
    let pages = call
        .world
        .ec2
        .describe_network_interfaces()
        .filters(filter)
        .into_paginator()
        .items()
        .send();
    let found = ask(
        call,
        "ec2:DescribeNetworkInterfaces",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await?;
    let told = |interface: &aws_sdk_ec2::types::NetworkInterface| {
        let text = interface
            .description()
            .filter(|text| !text.is_empty())
            .unwrap_or("no description");
        Some(format!(
            "the network interface {} ({text})",
            interface.network_interface_id()?
        ))
    };
    Ok(found.iter().filter_map(told).collect())
}

async fn groups(call: &Call<'_, Aws>, id: &str) -> Result<Vec<String>> {
    let naming = |filter: &'static str| async move {
        let filter = Filter::builder().name(filter).values(id).build();
        let pages = call
            .world
            .ec2
            .describe_security_groups()
            .filters(filter)
            .into_paginator()
            .items()
            .send();
        ask(
            call,
            "ec2:DescribeSecurityGroups",
            pages.collect::<std::result::Result<Vec<_>, _>>(),
        )
        .await
    };
    let (ingress, egress) = tokio::try_join!(
        naming("ip-permission.group-id"),
        naming("egress.ip-permission.group-id")
    )?;
    let mut ids: Vec<_> = ingress
        .iter()
        .chain(&egress)
        .filter_map(|group| group.group_id())
        .collect();
    ids.retain(|other| *other != id);
    ids.sort_unstable();
    ids.dedup();
    Ok(ids
        .into_iter()
        .map(|other| format!("a rule of the group {other}"))
        .collect())
}
