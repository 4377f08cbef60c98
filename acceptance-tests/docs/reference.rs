//! The section *Schema* of a page: attributes and blocks, as readers of the Terraform registry know them.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::schema::{Attribute, Block, NestedBlock, Type};

const WRITE_ONLY: &str =
    "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";

/// Who sets something: the groups of a schema, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Required,
    Optional,
    ReadOnly,
}

impl Group {
    const ALL: [Self; 3] = [Self::Required, Self::Optional, Self::ReadOnly];

    fn title(self) -> &'static str {
        match self {
            Self::Required => "Required",
            Self::Optional => "Optional",
            Self::ReadOnly => "Read-Only",
        }
    }

    fn of_attribute(attribute: &Attribute) -> Self {
        match (attribute.required, attribute.optional) {
            (true, _) => Self::Required,
            (false, true) => Self::Optional,
            (false, false) => Self::ReadOnly,
        }
    }

    fn of_block(block: &NestedBlock) -> Self {
        if block.is_required() {
            Self::Required
        } else {
            Self::Optional
        }
    }
}

/// What a section of its own, further down, tells.
enum Nested<'a> {
    Block(&'a Block),
    Object(&'a BTreeMap<String, Type>, Group),
}

/// The section.
pub fn section(block: &Block) -> String {
    let mut text = "## Schema\n\n".to_owned();
    children(&mut text, &[], block);
    text.trim_end().to_owned()
}

fn children(text: &mut String, parents: &[&str], block: &Block) {
    let mut below = Vec::new();
    for group in Group::ALL {
        let attributes = block
            .attributes
            .iter()
            .filter(|(_, attribute)| Group::of_attribute(attribute) == group);
        let blocks = block
            .blocks
            .iter()
            .filter(|(_, nested)| Group::of_block(nested) == group);
        let mut lines: BTreeMap<&str, String> = BTreeMap::new();
        for (name, attribute) in attributes {
            let mut line = format!("- `{name}` ({}) {}", traits(attribute), attribute.description);
            if let Some(object) = attribute.ty.object() {
                let anchor = anchor("nestedatt", parents, name);
                line += &reference(&anchor);
                below.push((anchor, name.as_str(), Nested::Object(object, group)));
            }
            lines.insert(name, line);
        }
        for (name, nested) in blocks {
            let anchor = anchor("nestedblock", parents, name);
            let line = format!(
                "- `{name}` ({}) {}{}",
                block_traits(nested),
                nested.block.description,
                reference(&anchor)
            );
            lines.insert(name, line);
            below.push((anchor, name, Nested::Block(&nested.block)));
        }
        if !lines.is_empty() {
            heading(text, parents, group);
            for line in lines.values() {
                let _ = writeln!(text, "{line}");
            }
            text.push('\n');
        }
    }
    for (anchor, name, nested) in below {
        let path = [parents, &[name]].concat();
        let _ = write!(
            text,
            "<a id=\"{anchor}\"></a>\n### Nested Schema for `{}`\n\n",
            path.join(".")
        );
        match nested {
            Nested::Block(block) => children(text, &path, block),
            Nested::Object(attributes, group) => object(text, &path, attributes, group),
        }
    }
}

fn object(text: &mut String, path: &[&str], attributes: &BTreeMap<String, Type>, group: Group) {
    heading(text, path, group);
    for (name, ty) in attributes {
        let _ = writeln!(text, "- `{name}` ({})", ty.words());
    }
    text.push('\n');
}

fn heading(text: &mut String, path: &[&str], group: Group) {
    let _ = if path.is_empty() {
        write!(text, "### {}\n\n", group.title())
    } else {
        write!(text, "{}:\n\n", group.title())
    };
}

fn traits(attribute: &Attribute) -> String {
    let marks = [
        (attribute.sensitive, "Sensitive"),
        (attribute.write_only, WRITE_ONLY),
        (attribute.deprecated, "Deprecated"),
    ];
    let marks = marks
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, mark)| mark.to_owned());
    std::iter::once(attribute.ty.words())
        .chain(marks)
        .collect::<Vec<_>>()
        .join(", ")
}

fn block_traits(nested: &NestedBlock) -> String {
    let mut words = vec![match nested.nesting_mode.as_str() {
        "list" => "Block List".to_owned(),
        "set" => "Block Set".to_owned(),
        _ => "Block".to_owned(),
    }];
    match (nested.nesting_mode.as_str(), nested.is_required()) {
        ("single", true) => words.push("Required".to_owned()),
        ("single", false) => words.push("Optional".to_owned()),
        (_, true) => words.push(format!("Min: {}", nested.min_items)),
        (_, false) => {}
    }
    if nested.nesting_mode != "single" && nested.max_items > 0 {
        words.push(format!("Max: {}", nested.max_items));
    }
    if nested.block.deprecated {
        words.push("Deprecated".to_owned());
    }
    words.join(", ")
}

fn anchor(kind: &str, parents: &[&str], name: &str) -> String {
    [&[kind], parents, &[name]].concat().join("--")
}

fn reference(anchor: &str) -> String {
    format!(" (see [below for nested schema](#{anchor}))")
}
