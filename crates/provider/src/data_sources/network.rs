//! `thatdot_network`: an existing VPC and its subnets, sorted into public and private by their routes.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Context;
use aws::lookups::{self, Subnet, VpcQuery};
use framework::validators::custom;
use framework::{Attr, Attribute, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema, Type};

/// The data source.
#[derive(Debug, Clone, Copy)]
pub struct Network;

/// What is asked and what is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    id: Attr<String>,
    vpc_id: Attr<String>,
    tags: Attr<BTreeMap<String, Attr<String>>>,
    default: Attr<bool>,
    vpc_cidr_block: Attr<String>,
    vpc_cidr_blocks: Attr<Vec<Attr<String>>>,
    availability_zones: Attr<Vec<Attr<String>>>,
    public_subnet_ids: Attr<Vec<Attr<String>>>,
    private_subnet_ids: Attr<Vec<Attr<String>>>,
}

#[async_trait]
impl DataSource<Context> for Network {
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "thatdot_network"
    }

    fn schema(&self) -> Schema {
        Schema::new(
            0,
            "An existing VPC and its subnets, sorted into public and private by their routes: a public subnet's default \
             route leads to an internet gateway. Of each kind one subnet per zone is given, in the zones' order, ready for \
             a deployment's `subnet_ids`.",
            vec![
                Attribute::string("vpc_id", "The VPC's id. Give this, `tags`, or `default`.")
                    .optional()
                    .validate(custom("a VPC id such as vpc-0123456789abcdef0", |text| {
                        text.starts_with("vpc-")
                    })),
                Attribute::map("tags", Type::String, "Tags that just one VPC carries.").optional(),
                Attribute::bool("default", "Whether the region's default VPC is meant.").optional(),
                Attribute::string("id", "The VPC's id.").computed(),
                Attribute::string("vpc_cidr_block", "The VPC's first IPv4 address range.").computed(),
                Attribute::list("vpc_cidr_blocks", Type::String, "All IPv4 address ranges of the VPC.").computed(),
                Attribute::list(
                    "availability_zones",
                    Type::String,
                    "The zones that the VPC has subnets in.",
                )
                .computed(),
                Attribute::list("public_subnet_ids", Type::String, "Public subnets, one per zone.").computed(),
                Attribute::list("private_subnet_ids", Type::String, "Private subnets, one per zone.").computed(),
            ],
            vec![],
        )
    }

    fn validate(&self, config: &Model, diagnostics: &mut Diagnostics) {
        let asked = [!config.vpc_id.is_null(), !config.tags.is_null(), asks_default(config)];
        let unknown = config.vpc_id.is_unknown() || config.tags.is_unknown() || config.default.is_unknown();
        if !unknown && asked.into_iter().filter(|asked| *asked).count() != 1 {
            diagnostics.push(
                Diagnostic::error("Which VPC?", "Give exactly one of vpc_id, tags, and default = true.")
                    .at(Path::of(["vpc_id"])),
            );
        }
    }

    async fn read(&self, request: ReadData<'_, Context, Model>) -> Result<(Model, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let (query, path) = query(&config);
        let refused = |error: engine::Error| Diagnostic::error("Could not look up the VPC", error.explained());
        let vpc = lookups::vpc(&context.aws, &query).await.map_err(refused)?;
        let Some(vpc) = vpc else {
            return Err(Diagnostic::error(
                "No such VPC",
                format!("In {} of this account there is no VPC {query}.", context.aws.region),
            )
            .at(path)
            .into());
        };
        let subnets = lookups::classified_subnets(&context.aws, &vpc.id)
            .await
            .map_err(refused)?;
        let known = |text: String| Attr::Known(text);
        let zones: BTreeSet<&str> = subnets.iter().map(|subnet| subnet.zone.as_str()).collect();
        let found = Model {
            id: known(vpc.id.to_string()),
            vpc_id: known(vpc.id.to_string()),
            vpc_cidr_block: vpc.cidr_blocks.first().cloned().into(),
            vpc_cidr_blocks: Attr::Known(vpc.cidr_blocks.into_iter().map(Attr::Known).collect()),
            availability_zones: Attr::Known(zones.into_iter().map(|zone| known(zone.to_owned())).collect()),
            public_subnet_ids: Attr::Known(one_per_zone(subnets.iter().filter(|subnet| subnet.public))),
            private_subnet_ids: Attr::Known(one_per_zone(subnets.iter().filter(|subnet| !subnet.public))),
            ..config
        };
        Ok((found, Diagnostics::new()))
    }
}

fn asks_default(config: &Model) -> bool {
    config.default.known() == Some(&true)
}

fn query(config: &Model) -> (VpcQuery, Path) {
    if let Some(id) = config.vpc_id.known() {
        return (VpcQuery::Id(id.as_str().into()), Path::of(["vpc_id"]));
    }
    match config.tags.known() {
        Some(tags) => {
            let tags = tags
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value.known()?.clone())))
                .collect();
            (VpcQuery::Tags(tags), Path::of(["tags"]))
        }
        None => (VpcQuery::Default, Path::of(["default"])),
    }
}

/// Of several subnets in a zone, the one with the lowest id, so that the answer stays the same.
fn one_per_zone<'a>(subnets: impl Iterator<Item = &'a Subnet>) -> Vec<Attr<String>> {
    let mut zones: BTreeMap<&str, &Subnet> = BTreeMap::new();
    for subnet in subnets {
        let chosen = zones.entry(&subnet.zone).or_insert(subnet);
        if subnet.id.as_str() < chosen.id.as_str() {
            *chosen = subnet;
        }
    }
    zones
        .into_values()
        .map(|subnet| Attr::Known(subnet.id.to_string()))
        .collect()
}
