use super::*;
use crate::validators::length;
use protocol::{Mode, Nesting, Type, Value};

fn text(name: &str) -> Attribute {
    Attribute::string(name, "A text.")
}

fn problems(attributes: Vec<Attribute>, blocks: Vec<Block>) -> Vec<String> {
    Schema::new(0, "A schema.", attributes, blocks).problems()
}

#[test]
fn terraform_is_told_who_sets_what() {
    let attributes = vec![
        text("a").required().deprecated("Use b."),
        text("b").default("x").sensitive(),
        text("c").computed(),
        text("d").optional().write_only(),
    ];
    let blocks = vec![
        Block::single("one", "One.", vec![text("x")], vec![]).required(),
        Block::list("many", "Many.", vec![], vec![]).min(1).max(3),
    ];
    let told = Schema::new(2, "A schema.", attributes, blocks)
        .deprecated("Use another.")
        .to_protocol();
    assert_eq!(
        (told.version, told.block.deprecation.as_deref()),
        (2, Some("Use another."))
    );
    let modes: Vec<Mode> = told.block.attributes.iter().map(|a| a.mode).collect();
    assert_eq!(
        modes,
        [Mode::Required, Mode::OptionalComputed, Mode::Computed, Mode::Optional]
    );
    assert_eq!(told.block.attributes[0].deprecation.as_deref(), Some("Use b."));
    assert!(told.block.attributes[1].sensitive && told.block.attributes[3].write_only);
    let bounds: Vec<_> = told
        .block
        .blocks
        .iter()
        .map(|b| (b.nesting, b.min_items, b.max_items))
        .collect();
    assert_eq!(bounds, [(Nesting::Single, 1, 1), (Nesting::List, 1, 3)]);
}

#[test]
fn a_sound_schema_has_no_problems() {
    let blocks = vec![
        Block::set("some", "Some.", vec![text("x").default("y")], vec![]).conflicts_with(&["a"]),
        Block::timeouts(&[("create", std::time::Duration::from_mins(1))]),
    ];
    assert_eq!(problems(vec![text("a"), text("b_2").computed()], blocks), [""; 0]);
}

#[test]
fn what_terraform_would_refuse_or_could_never_act_is_told_with_its_place() {
    let nested = |attribute: Attribute| vec![Block::set("block", "A block.", vec![attribute], vec![])];
    let cases = [
        (problems(vec![text("a"), text("a")], vec![]), "a is defined twice."),
        (
            problems(vec![text("Bad-Name")], vec![]),
            "Bad-Name is no name that HCL can write.",
        ),
        (
            problems(vec![text("a").conflicts_with(&["b"])], vec![]),
            "a excludes b, which does not stand beside it.",
        ),
        (
            problems(vec![text("a").default("x").required()], vec![]),
            "a has a default, so it must be optional and computed.",
        ),
        (
            problems(vec![text("a").default(1)], vec![]),
            "a has a default that does not conform to its type.",
        ),
        (
            problems(vec![text("a").default(Value::Null)], vec![]),
            "a has a default that does not conform to its type.",
        ),
        (
            problems(vec![text("a").computed().validate(length(0..=1))], vec![]),
            "a is only computed, so its validators could never act.",
        ),
        (
            problems(vec![], nested(text("a").write_only())),
            "block.a is write-only inside a set block, which Terraform refuses.",
        ),
        (
            problems(vec![text("a").computed().write_only()], vec![]),
            "a is write-only, so it cannot be computed or have a default.",
        ),
        (
            problems(vec![], vec![Block::single("b", "", vec![], vec![]).max(3)]),
            "b cannot stand at least 0 and at most 3 times.",
        ),
        (
            problems(vec![], vec![Block::list("b", "", vec![], vec![]).min(2).max(1)]),
            "b cannot stand at least 2 and at most 1 times.",
        ),
    ];
    for (problems, expected) in cases {
        assert_eq!(problems, [expected]);
    }
    let list = Attribute::list("l", Type::String, "").default(Vec::<Value>::new());
    assert_eq!(problems(vec![list], vec![]), [""; 0]);
}
