use std::collections::BTreeMap;

use super::*;

fn texts<const N: usize>(items: [&str; N]) -> Value {
    Value::from(items.to_vec())
}

/// The violations as `STEPS must …`.
fn told(validator: &impl Validator, value: impl Into<Value>) -> Vec<String> {
    let violations = validator.check(&value.into());
    let path = |violation: &Violation| violation.steps.iter().cloned().collect::<protocol::Path>();
    violations
        .iter()
        .map(|violation| format!("{} must {}", path(violation), violation.must))
        .collect()
}

fn passes(validator: &impl Validator, value: impl Into<Value>) -> bool {
    validator.check(&value.into()).is_empty()
}

#[test]
fn texts_are_measured_in_characters() {
    assert!(passes(&length(1..=3), "äöü"));
    assert_eq!(told(&length(1..=3), "abcd"), [" must have 1 to 3 characters"]);
    assert_eq!(told(&length(0..=3), "abcd"), [" must have at most 3 characters"]);
    assert_eq!(told(&length(3..=3), ""), [" must have 3 characters"]);
}

#[test]
fn one_of_names_what_is_allowed() {
    assert!(passes(&one_of(["none", "single"]), "none"));
    assert_eq!(
        told(&one_of(["none", "single"]), "None"),
        [r#" must be one of "none", "single""#]
    );
    assert!(passes(&one_of([256, 512]), 512_i64));
    assert_eq!(told(&one_of([256, 512]), 513_i64), [" must be one of 256, 512"]);
}

#[test]
fn ranges_take_whole_numbers_only() {
    assert!(passes(&range(1..=10), 10_i64));
    for number in ["0", "11", "1.5", "1e30"] {
        let number = Value::Number(number.parse().unwrap());
        assert_eq!(told(&range(1..=10), number), [" must be a whole number from 1 to 10"]);
    }
}

#[test]
fn networks_are_canonical() {
    for text in ["10.0.0.0/16", "0.0.0.0/0", "2001:db8::/32", "203.0.113.4/32"] {
        assert!(passes(&cidr(), text), "{text}");
    }
    for text in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "x", "", "010.0.0.0/8"] {
        assert!(!passes(&cidr(), text), "{text}");
    }
    assert!(!passes(&cidr_v4(), "2001:db8::/32"));
    let hints = |text: &str| cidr().check(&text.into())[0].hint.clone().unwrap();
    assert_eq!(
        hints("10.0.0.1/16"),
        r#"The network of "10.0.0.1/16" is written "10.0.0.0/16"."#
    );
    assert_eq!(
        hints("2001:DB8::/32"),
        r#"The network of "2001:DB8::/32" is written "2001:db8::/32"."#
    );
}

#[test]
fn arns_are_of_the_service_and_of_any_partition() {
    for text in [
        "arn:aws:iam::123456789012:role/a/b",
        "arn:aws-us-gov:iam::123456789012:policy/x",
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    ] {
        assert!(passes(&arn("iam"), text), "{text}");
    }
    assert!(passes(&arn("kms"), "arn:aws-cn:kms:cn-north-1:123456789012:key/1-2"));
    for text in [
        "arn:aws:iam::123456789012:",
        "arn:aws:iam::1234:role/a",
        "arn:aws:ecs::123456789012:role/a",
        "iam",
        "",
    ] {
        assert!(!passes(&arn("iam"), text), "{text}");
    }
}

#[test]
fn iam_paths_begin_and_end_with_a_slash() {
    for (text, good) in [
        ("/", true),
        ("/a/b/", true),
        ("a/", false),
        ("/a", false),
        ("/a b/", false),
        ("", false),
    ] {
        assert_eq!(passes(&iam_path(), text), good, "{text}");
    }
    assert!(!passes(&iam_path(), format!("/{}/", "a".repeat(511))));
}

#[test]
fn durations_are_longer_than_none() {
    for (text, good) in [
        ("30m", true),
        ("1h30m", true),
        ("0", false),
        ("-1m", false),
        ("30", false),
        ("m", false),
    ] {
        assert_eq!(passes(&duration(), text), good, "{text}");
    }
}

#[test]
fn elements_are_checked_where_they_are_known() {
    let validator = each(one_of(["a"]));
    assert_eq!(told(&validator, texts(["a", "b"])), [r#"[1] must be one of "a""#]);
    assert!(passes(&validator, Value::List(vec![Value::Null, Value::Unknown])));
    let map = BTreeMap::from([("k".to_owned(), "b")]);
    assert_eq!(told(&validator, map), [r#"["k"] must be one of "a""#]);
}

#[test]
fn keys_are_checked_as_texts() {
    let map = BTreeMap::from([("a b".to_owned(), "x"), ("ab".to_owned(), "x")]);
    let validator = keys(custom("one word", |text| !text.contains(' ')));
    let told = told(&validator, map);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with(r#"["a b"] must"#) && told[0].ends_with("must be one word"),
        "{told:?}"
    );
}

#[test]
fn duplicates_and_emptiness_are_told() {
    assert!(passes(&unique(), Value::List(vec![Value::Unknown, Value::Unknown])));
    let told = told(&unique(), texts(["a", "b", "a"]));
    assert!(told[0].starts_with("[2] must differ"), "{told:?}");
    assert!(!passes(&non_empty(), texts([])));
    assert!(!passes(&non_empty(), ""));
    assert!(passes(&non_empty(), texts([""])));
}

#[test]
fn values_of_another_type_pass() {
    for value in [Value::Bool(true), Value::Null] {
        assert!(passes(&length(1..=1), value.clone()) && passes(&range(1..=1), value.clone()));
        assert!(
            passes(&cidr(), value.clone()) && passes(&each(range(1..=1)), value.clone()) && passes(&unique(), value)
        );
    }
}
