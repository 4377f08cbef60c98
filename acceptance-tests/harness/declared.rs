//! What the provider's sources say of AWS's actions: those that are called, and those that components declare to need.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The actions of one part of the sources, as IAM names them.
#[derive(Debug, Default)]
pub struct Actions {
    /// What it calls.
    pub called: BTreeSet<String>,
    /// What it declares to call.
    pub declared: BTreeSet<String>,
    /// What it declares to be checked behind its calls.
    pub behind: BTreeSet<String>,
}

/// Words of the form of an action that call nothing: what a file system's policy is about, notices of a group, what AWS
/// says of roles and of a task's own parameters.
const MENTIONED: [&str; 5] = [
    "autoscaling:EC2_",
    "elasticfilesystem:AccessedViaMountTarget",
    "elasticfilesystem:Client",
    "iam:PassRole",
    "ssm:GetParameters",
];

/// Keys of conditions, which have that form, too.
const KEYS: [&str; 9] = [
    "ec2:CreateAction",
    "ecs:CreateAction",
    "elasticfilesystem:CreateAction",
    "elasticloadbalancing:CreateAction",
    "iam:AWSServiceName",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "kms:ViaService",
];

/// The actions of each component, under its name, and of what they share, under no name.
pub fn by_component() -> BTreeMap<String, Actions> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let mut all: BTreeMap<String, Actions> = BTreeMap::new();
    for file in sources(&crates.join("aws"))
        .into_iter()
        .chain(sources(&crates.join("components")))
    {
        let place = file.strip_prefix(&crates).expect("a path below crates");
        let mut steps = place.components().map(|step| step.as_os_str().to_string_lossy());
        let component = match (steps.next().as_deref(), steps.nth(1).as_deref()) {
            // Who connects needs no leave: to ask who one is is always allowed, and a role is another's to assume.
            (Some("aws"), Some("connect")) => continue,
            (Some("components"), Some(name)) if name != "lib.rs" => name.trim_end_matches(".rs").to_owned(),
            _ => String::new(),
        };
        let text = std::fs::read_to_string(&file).expect("a source file");
        read(&text, all.entry(component).or_default());
    }
    all
}

/// Every action that is declared anywhere.
pub fn everywhere() -> BTreeSet<String> {
    let all = by_component().into_values();
    all.flat_map(|actions| actions.declared.into_iter().chain(actions.behind))
        .collect()
}

/// The action's name in IAM of an operation: those of API Gateway are the methods of HTTP. Source: *Service Authorization
/// Reference*, *Actions defined by Amazon API Gateway Management V2*.
pub fn action(service: &str, operation: &str) -> String {
    let service = match service {
        "efs" => "elasticfilesystem",
        "elbv2" => "elasticloadbalancing",
        "apigatewayv2" | "apigateway" => {
            let methods = [
                ("Get", "GET"),
                ("Create", "POST"),
                ("Tag", "POST"),
                ("Update", "PATCH"),
                ("Delete", "DELETE"),
                ("Untag", "DELETE"),
            ];
            let method = methods.iter().find(|(verb, _)| operation.starts_with(verb));
            return format!("apigateway:{}", method.map_or(operation, |(_, method)| method));
        }
        other => other,
    };
    format!("{service}:{operation}")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if !path.ends_with("tests.rs") && !path.components().any(|step| step.as_os_str() == "tests") {
            found.push(path);
        }
    }
    found
}

/// Declarations are functions that answer permissions; whatever else names an action calls it.
fn read(text: &str, actions: &mut Actions) {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut ending: Option<String> = None;
    let mut behind = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if line.contains("-> Vec<Permission>") {
            let indent: String = line.chars().take_while(|sign| *sign == ' ').collect();
            ending = Some(format!("{indent}}}"));
        }
        let said_behind = line.split_once(".behind([").map_or("", |(_, after)| after);
        for word in words(line).filter(|word| is_action(word)) {
            let (service, operation) = word.split_once(':').expect("a service and an operation");
            match &ending {
                None if MENTIONED.iter().any(|no| word.starts_with(no)) => continue,
                None => actions.called.insert(action(service, operation)),
                Some(_) if behind || said_behind.contains(word) => actions.behind.insert(word.to_owned()),
                Some(_) => actions.declared.insert(word.to_owned()),
            };
        }
        if line.contains(".behind([") {
            behind = !said_behind.contains("])");
        } else if line.contains("])") {
            behind = false;
        }
        if ending.as_deref() == Some(line) {
            ending = None;
        }
    }
}

/// The texts of a line of source.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

fn is_action(word: &str) -> bool {
    const SERVICES: [&str; 15] = [
        "apigateway",
        "application-autoscaling",
        "autoscaling",
        "ec2",
        "ecr",
        "ecs",
        "elasticfilesystem",
        "elasticloadbalancing",
        "iam",
        "kms",
        "logs",
        "route53",
        "secretsmanager",
        "ssm",
        "wafv2",
    ];
    let Some((service, operation)) = word.split_once(':') else {
        return false;
    };
    SERVICES.contains(&service)
        && !KEYS.contains(&word)
        && operation.starts_with(|sign: char| sign.is_ascii_uppercase())
        && operation
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
}
