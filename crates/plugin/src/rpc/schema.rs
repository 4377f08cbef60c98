//! Schemas on their way to the wire.

use std::collections::BTreeMap;

use protocol::wire::schema::nested_block::NestingMode;
use protocol::wire::schema::{Attribute as WireAttribute, Block as WireBlock, NestedBlock as WireNestedBlock};
use protocol::wire::{Schema as WireSchema, StringKind};
use protocol::{Attribute, Block, Mode, NestedBlock, Nesting, Schema};

/// A schema for the wire.
pub(super) fn to_wire(schema: &Schema) -> WireSchema {
    WireSchema {
        version: schema.version,
        block: Some(block(&schema.block)),
    }
}

/// Schemas by name for the wire.
pub(super) fn all_to_wire(schemas: &BTreeMap<String, Schema>) -> BTreeMap<String, WireSchema> {
    schemas
        .iter()
        .map(|(name, schema)| (name.clone(), to_wire(schema)))
        .collect()
}

fn block(block: &Block) -> WireBlock {
    WireBlock {
        version: 0,
        attributes: block.attributes.iter().map(attribute).collect(),
        block_types: block.blocks.iter().map(nested_block).collect(),
        description: block.description.clone(),
        description_kind: StringKind::Markdown.into(),
        deprecated: block.deprecation.is_some(),
        deprecation_message: block.deprecation.clone().unwrap_or_default(),
    }
}

fn attribute(attribute: &Attribute) -> WireAttribute {
    let mode = attribute.mode;
    WireAttribute {
        name: attribute.name.clone(),
        r#type: attribute.ty.to_json(),
        description: attribute.description.clone(),
        required: mode == Mode::Required,
        optional: matches!(mode, Mode::Optional | Mode::OptionalComputed),
        computed: matches!(mode, Mode::Computed | Mode::OptionalComputed),
        sensitive: attribute.sensitive,
        description_kind: StringKind::Markdown.into(),
        deprecated: attribute.deprecation.is_some(),
        write_only: attribute.write_only,
        deprecation_message: attribute.deprecation.clone().unwrap_or_default(),
    }
}

fn nested_block(nested: &NestedBlock) -> WireNestedBlock {
    let nesting = match nested.nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
    };
    WireNestedBlock {
        type_name: nested.name.clone(),
        block: Some(block(&nested.block)),
        nesting: nesting.into(),
        min_items: nested.min_items,
        max_items: nested.max_items,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Type;

    fn attribute(name: &str, mode: Mode) -> Attribute {
        Attribute {
            name: name.to_owned(),
            ty: Type::list(Type::String),
            mode,
            description: "What it is.".to_owned(),
            sensitive: false,
            write_only: false,
            deprecation: None,
        }
    }

    #[test]
    fn says_who_sets_an_attribute_and_what_may_stand_in_a_block() {
        let inner = Block {
            attributes: vec![attribute("inner", Mode::Required)],
            ..Block::default()
        };
        let nested = NestedBlock {
            name: "nested".to_owned(),
            block: inner,
            nesting: Nesting::Set,
            min_items: 1,
            max_items: 2,
        };
        let block = Block {
            attributes: [Mode::Required, Mode::Optional, Mode::OptionalComputed, Mode::Computed]
                .map(|mode| attribute("x", mode))
                .into(),
            blocks: vec![nested],
            description: "It.".to_owned(),
            deprecation: Some("Use the other.".to_owned()),
        };
        let wire = to_wire(&Schema { version: 3, block });
        assert_eq!(wire.version, 3);
        let block = wire.block.unwrap();
        assert!(block.deprecated);
        let flags: Vec<_> = block
            .attributes
            .iter()
            .map(|a| (a.required, a.optional, a.computed))
            .collect();
        assert_eq!(
            flags,
            [
                (true, false, false),
                (false, true, false),
                (false, true, true),
                (false, false, true)
            ]
        );
        assert_eq!(block.attributes[0].r#type, br#"["list","string"]"#);
        let nested = &block.block_types[0];
        assert_eq!(
            (nested.nesting(), nested.min_items, nested.max_items),
            (NestingMode::Set, 1, 2)
        );
        assert_eq!(nested.block.as_ref().unwrap().attributes[0].name, "inner");
    }
}
