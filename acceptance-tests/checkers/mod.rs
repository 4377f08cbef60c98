//! What independent checkers, cfn-lint and checkov, say of what stands after each example. They read CloudFormation, so what
//! stands is rendered as that, from what AWS describes. What they find and we leave is explained in `explained.json`, one
//! by one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::examples::EXAMPLES;
use crate::harness::{Sandbox, checked_by, judged_by};

/// What stands of ours, as a template of CloudFormation.
pub fn template(sandbox: &Sandbox) -> Value {
    let question = json!({ "endpoint": sandbox.stand_in.endpoint(), "region": "us-east-1" });
    judged_by("checkers/render.py", &question)
}

/// What a checker minds: a rule, broken by a type of resource; of no type, where it is about the template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Matter {
    checker: String,
    rule: String,
    r#type: String,
}

/// A matter, found.
#[derive(Debug, Deserialize)]
struct Finding {
    #[serde(flatten)]
    matter: Matter,
    says: String,
    r#where: String,
}

/// A matter that is left as it is.
#[derive(Debug, Deserialize)]
struct Explained {
    #[serde(flatten)]
    matter: Matter,
    why: String,
}

#[test]
fn what_independent_checkers_find_in_what_stands_after_each_example_is_explained() {
    let stood: BTreeMap<_, _> = EXAMPLES.iter().map(|example| (example.name, example.stood())).collect();
    let findings: Vec<Finding> = serde_json::from_value(checked_by("checkers/check.py", &json!(stood))).unwrap();
    let explained: Vec<Explained> = serde_json::from_str(include_str!("explained.json")).unwrap();
    assert!(
        explained.iter().all(|explained| explained.why.len() > 40),
        "{explained:?}"
    );
    let known: BTreeSet<_> = explained.iter().map(|explained| &explained.matter).collect();
    let unexplained: Vec<_> = findings
        .iter()
        .filter(|finding| !known.contains(&finding.matter))
        .collect();
    assert!(unexplained.is_empty(), "found, and not explained: {unexplained:#?}");
    let found: BTreeSet<_> = findings.iter().map(|finding| &finding.matter).collect();
    let past: Vec<_> = known.difference(&found).collect();
    assert!(past.is_empty(), "explained, and found no more: {past:#?}");
}

#[test]
fn the_checkers_find_what_is_wrong() {
    let wrong = json!({ "wrong": { "AWSTemplateFormatVersion": "2010-09-09", "Resources": {
        "Open": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
            "GroupDescription": "Open to the world",
            "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0" }],
        } },
        "Logs": { "Type": "AWS::Logs::LogGroup", "Properties": { "RetentionInDays": 8 } },
    } } });
    let findings: Vec<Finding> = serde_json::from_value(checked_by("checkers/check.py", &wrong)).unwrap();
    let found: BTreeSet<_> = findings.iter().map(|finding| finding.matter.rule.as_str()).collect();
    assert!(found.contains("CKV_AWS_24") && found.contains("E3030"), "{findings:#?}");
    let open = findings
        .iter()
        .find(|finding| finding.matter.rule == "CKV_AWS_24")
        .unwrap();
    assert!(open.r#where.contains("Open") && !open.says.is_empty(), "{open:?}");
}
