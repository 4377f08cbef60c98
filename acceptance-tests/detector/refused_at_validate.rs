//! Mistakes that need no AWS to be told: each is an error on the right attribute, at `terraform validate`.

use super::view::REQUIRED;
use crate::harness::Terraform;

/// A mistake: what is added to a configuration that is right, the line that the error points at, and what it says.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

const MISTAKES: [Mistake; 45] = [
    ("cpu = 3000", "cpu = 3000", &["256", "512", "16384"]),
    ("memory = 6000", "memory = 6000", &["2048", "6144"]),
    ("cpu = 256", "", &["512, 1024, 2048", "6144"]),
    ("cpu = 8192\n  memory = 17408", "memory = 17408", &["20480"]),
    (
        "ephemeral_storage_gib = 20",
        "ephemeral_storage_gib = 20",
        &["21", "200"],
    ),
    ("run_as = \"daemon\"", "run_as = \"daemon\"", &["service", "task"]),
    ("desired_count = -1", "desired_count = -1", &["0"]),
    (
        "desired_count = 2\n  persistence {}",
        "desired_count = 2",
        &["one writer"],
    ),
    (
        "desired_count = 2\n  run_as = \"task\"",
        "desired_count = 2",
        &["service"],
    ),
    (
        "platform_version = \"1.3.0\"\n  persistence {}",
        "platform_version = \"1.3.0\"",
        &["1.4.0", "EFS"],
    ),
    (
        "platform_version = \"newest\"",
        "platform_version = \"newest\"",
        &["LATEST", "1.4.0"],
    ),
    ("stop_timeout = 121", "stop_timeout = 121", &["120"]),
    ("log_retention_in_days = 2", "log_retention_in_days = 2", &["1, 3, 5"]),
    (
        "environment = { \"1ST\" = \"x\" }",
        "environment = { \"1ST\" = \"x\" }",
        &["1ST"],
    ),
    (
        "secrets = { KEY = \"hunter2\" }",
        "secrets = { KEY = \"hunter2\" }",
        &["ARN"],
    ),
    (
        "environment = { KEY = \"x\" }\n  secrets = { KEY = \"arn:aws:ssm:us-east-1:123456789012:parameter/key\" }",
        "secrets = { KEY = \"arn:aws:ssm:us-east-1:123456789012:parameter/key\" }",
        &["KEY", "environment"],
    ),
    (
        "permissions_boundary = \"Boundary\"",
        "permissions_boundary = \"Boundary\"",
        &["arn:"],
    ),
    ("iam_path = \"detectors\"", "iam_path = \"detectors\"", &["/"]),
    (
        "on_create_failure = \"ignore\"",
        "on_create_failure = \"ignore\"",
        &["auto", "rollback", "keep"],
    ),
    (
        "ingress {\n    cidr_blocks = [\"10.0.0.0/33\"]\n  }",
        "cidr_blocks = [\"10.0.0.0/33\"]",
        &["10.0.0.0/33"],
    ),
    (
        "ingress {\n    cidr_blocks = [\"10.0.0.1\"]\n  }",
        "cidr_blocks = [\"10.0.0.1\"]",
        &["10.0.0.1"],
    ),
    (
        "ingress {\n    cidr_blocks = [\"10.0.0.1/8\"]\n  }",
        "cidr_blocks = [\"10.0.0.1/8\"]",
        &["10.0.0.0/8"],
    ),
    (
        "ingress {\n    security_group_ids = [\"clients\"]\n  }",
        "security_group_ids = [\"clients\"]",
        &["sg-"],
    ),
    ("ingress {}", "ingress {}", &["cidr_blocks"]),
    (
        "persistence {\n    file_system_id = \"fs\"\n  }",
        "file_system_id = \"fs\"",
        &["fs-"],
    ),
    (
        "persistence {\n    file_system_id = \"fs-0123456789abcdef0\"\n    backup = true\n  }",
        "backup = true",
        &["file_system_id"],
    ),
    (
        "persistence {\n    encrypted = false\n    kms_key_id = \"arn:aws:kms:us-east-1:123456789012:key/k\"\n  }",
        "kms_key_id = \"arn:aws:kms:us-east-1:123456789012:key/k\"",
        &["encrypted"],
    ),
    (
        "persistence {\n    kms_key_id = \"my-key\"\n  }",
        "kms_key_id = \"my-key\"",
        &["arn:"],
    ),
    (
        "persistence {\n    performance_mode = \"fast\"\n  }",
        "performance_mode = \"fast\"",
        &["generalPurpose", "maxIO"],
    ),
    (
        "persistence {\n    throughput_mode = \"fast\"\n  }",
        "throughput_mode = \"fast\"",
        &["bursting", "elastic"],
    ),
    (
        "persistence {\n    transition_to_ia = \"NEVER\"\n  }",
        "transition_to_ia = \"NEVER\"",
        &["AFTER_30_DAYS"],
    ),
    (
        "persistence {\n    root_directory = \"data\"\n  }",
        "root_directory = \"data\"",
        &["absolute"],
    ),
    (
        "persistence {\n    access_point {\n      path = \"/d\"\n      uid = -1\n      gid = 0\n    }\n  }",
        "uid = -1",
        &["0"],
    ),
    (
        "existing {\n    cluster_arn = \"main\"\n  }",
        "cluster_arn = \"main\"",
        &["arn:"],
    ),
    (
        "existing {\n    task_role_arn = \"arn:aws:ecs:us-east-1:123456789012:cluster/c\"\n  }",
        "task_role_arn = \"arn:aws:ecs:us-east-1:123456789012:cluster/c\"",
        &["iam"],
    ),
    (
        "existing {\n    security_group_ids = [\"sg-0123456789abcdef0\"]\n  }\n  ingress {\n    cidr_blocks = [\"10.0.0.0/8\"]\n  }",
        "security_group_ids = [\"sg-0123456789abcdef0\"]",
        &["ingress"],
    ),
    (
        "capacity {}\n  assign_public_ip = true",
        "assign_public_ip = true",
        &["Fargate", "internet-facing"],
    ),
    (
        "capacity {}\n  platform_version = \"1.4.0\"",
        "platform_version = \"1.4.0\"",
        &["Fargate"],
    ),
    (
        "capacity {}\n  ephemeral_storage_gib = 50",
        "ephemeral_storage_gib = 50",
        &["volume_size_gib"],
    ),
    ("capacity {\n    min_size = 2\n  }", "min_size = 2", &["max_size"]),
    (
        "capacity {\n    ssh_from = \"bastion\"\n  }",
        "ssh_from = \"bastion\"",
        &["none", "vpc"],
    ),
    (
        "run_as = \"task\"\n  load_balancer {}",
        "run_as = \"task\"",
        &["service", "load_balancer"],
    ),
    (
        "load_balancer {\n    scheme = \"internet-facing\"\n  }",
        "load_balancer {",
        &["ingress_cidr_blocks"],
    ),
    (
        "health_check_grace_period_seconds = 60",
        "health_check_grace_period_seconds = 60",
        &["load_balancer"],
    ),
    ("timeouts {\n    create = \"soon\"\n  }", "create = \"soon\"", &["30m"]),
];

/// Mistakes in what every deployment has: what stands instead of a right line.
const BASE_MISTAKES: [(&str, &str, &[&str]); 7] = [
    ("name = \"fraud\"", "name = \"fraud_detector\"", &["letters, digits"]),
    (
        "name = \"fraud\"",
        "name = \"a-name-of-which-no-role-name-can-be-derived\"",
        &["32"],
    ),
    ("name = \"fraud\"", "name = \"\"", &["1 to 32"]),
    ("vpc_id = \"vpc-0123456789abcdef0\"", "vpc_id = \"main\"", &["vpc-"]),
    (
        "subnet_ids = [\"subnet-0123456789abcdef0\"]",
        "subnet_ids = [\"main\"]",
        &["subnet-"],
    ),
    (
        "subnet_ids = [\"subnet-0123456789abcdef0\"]",
        "subnet_ids = []",
        &["empty"],
    ),
    (
        "subnet_ids = [\"subnet-0123456789abcdef0\"]",
        "subnet_ids = [\"subnet-0123456789abcdef0\", \"subnet-0123456789abcdef0\"]",
        &["differ"],
    ),
];

const RIGHT: &str = "resource \"thatdot_detector_deployment\" \"this\" {\n  name = \"fraud\"\n  vpc_id = \"vpc-0123456789abcdef0\"\n  subnet_ids = [\"subnet-0123456789abcdef0\"]\n}\n";

/// A folder whose provider would reach nothing if it tried.
fn offline() -> (tempfile::TempDir, Terraform) {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    (folder, terraform)
}

/// What is wrong with how a mistake is told, if anything.
fn told_badly(terraform: &Terraform, text: &str, line: &str, words: &[&str]) -> Option<String> {
    terraform.write("main.tf", &format!("{REQUIRED}{text}"));
    let finished = terraform.validate();
    let errors = finished.errors();
    let [error] = &errors[..] else {
        return Some(format!("more than one error: {finished}"));
    };
    if !line.is_empty() && error.line() != line {
        return Some(format!("{line:?} is told at {:?}: {}", error.line(), error.text()));
    }
    let missing: Vec<_> = words.iter().filter(|word| !error.text().contains(**word)).collect();
    (!missing.is_empty()).then(|| format!("{missing:?} is not in: {}", error.text()))
}

#[test]
fn each_mistake_is_told_offline_where_it_stands() {
    let (_folder, terraform) = offline();
    let told_badly: Vec<_> = MISTAKES
        .into_iter()
        .filter_map(|(added, line, words)| {
            told_badly(
                &terraform,
                &RIGHT.replace("\n}\n", &format!("\n  {added}\n}}\n")),
                line,
                words,
            )
        })
        .collect();
    assert!(told_badly.is_empty(), "{}", told_badly.join("\n\n"));
}

#[test]
fn each_mistake_in_the_base_is_told_offline_where_it_stands() {
    let (_folder, terraform) = offline();
    let told_badly: Vec<_> = BASE_MISTAKES
        .into_iter()
        .filter_map(|(right, wrong, words)| told_badly(&terraform, &RIGHT.replace(right, wrong), wrong, words))
        .collect();
    assert!(told_badly.is_empty(), "{}", told_badly.join("\n\n"));
}

#[test]
fn what_is_right_passes_offline_and_so_does_what_is_not_known_yet() {
    let (_folder, terraform) = offline();
    let unknown = "variable \"v\" { type = number }\nresource \"terraform_data\" \"d\" {}\n";
    let on_hosts = "cpu = 3000\n  memory = 200000\n  capacity { max_size = var.v }\n  load_balancer { certificate_arn = terraform_data.d.id }";
    let body = "cpu = var.v\n  platform_version = terraform_data.d.id\n  desired_count = var.v\n  persistence { kms_key_id = terraform_data.d.id }";
    for text in [
        RIGHT.to_owned(),
        format!("{unknown}{}", RIGHT.replace("\n}\n", &format!("\n  {body}\n}}\n"))),
        format!("{unknown}{}", RIGHT.replace("\n}\n", &format!("\n  {on_hosts}\n}}\n"))),
    ] {
        terraform.write("main.tf", &format!("{REQUIRED}{text}"));
        terraform.validate().succeeded();
    }
}

#[test]
fn a_required_attribute_that_is_null_is_refused() {
    let (_folder, terraform) = offline();
    terraform.write("main.tf", &format!("{REQUIRED}{}", RIGHT.replace("\"fraud\"", "null")));
    let error = terraform.validate().error();
    assert!(error.text().contains("name"), "{}", error.text());
}
