//! The hosts' kind and image: what AWS recommends is taken when it is asked for, and only then.

use aws_sdk_ec2::types::{InstanceStateName, Reservation};
use aws_sdk_ecs::types::ResourceType;

use super::view::{ADDRESS, LICENSED, deployment, id_of, not_ready};
use crate::harness::{Attributes, Sandbox, Wait};

/// Where AWS names the image that it recommends. Source: Amazon ECS developer guide, *Retrieving Amazon ECS-optimized
/// Linux AMI metadata*.
const RECOMMENDED: &str = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
/// Where it names the one for the bastion. Source: AWS Systems Manager user guide, *Finding public parameters*.
const PLAIN: &str = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
/// Another image of that line: `al2023-ami-2023.12.20260930.0-kernel-6.12-x86_64`.
const PLAIN_IMAGE: &str = "ami-0ac48d91c7d16772c";
/// More images of the ECS-optimised line: `al2023-ami-ecs-hvm-2023.0.20251209`, `…20260120` and `…20260129`, for `x86_64`.
const IMAGES: [&str; 3] = [
    "ami-051b98ceceb268091",
    "ami-05a9d3c6794653577",
    "ami-05f38d849db4be11d",
];

fn on_hosts(sandbox: &Sandbox, capacity: &str) -> String {
    deployment(sandbox, &format!("{LICENSED}\n  capacity {{\n    {capacity}\n  }}"))
}

/// The images of the hosts that run.
fn running_images(sandbox: &Sandbox) -> Vec<String> {
    let answer = sandbox.aws.ec2.describe_instances().send().wait().unwrap();
    let instances = answer.reservations().iter().flat_map(Reservation::instances);
    let runs = instances.filter(|instance| {
        let state = instance.state().and_then(|state| state.name());
        state == Some(&InstanceStateName::Running)
    });
    runs.map(|instance| instance.image_id().unwrap().to_owned()).collect()
}

/// The image of the launch template's default version.
fn template_image(sandbox: &Sandbox, state: &Attributes) -> String {
    let versions = sandbox
        .aws
        .ec2
        .describe_launch_template_versions()
        .launch_template_id(id_of(state, "launch_template"))
        .versions("$Default")
        .send()
        .wait()
        .unwrap();
    let data = versions.launch_template_versions()[0].launch_template_data().unwrap();
    data.image_id().unwrap().to_owned()
}

/// Fails the test unless the plan changes these parts in place and no others.
fn changes_in_place(sandbox: &Sandbox, parts: &[&str]) {
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    let changed: Vec<_> = change
        .unknown
        .keys("components")
        .into_iter()
        .filter(|key| change.unknown.at("components")[key]["status"] == true)
        .map(str::to_owned)
        .collect();
    assert_eq!(changed, parts);
    for part in parts {
        assert_eq!(id_of(&change.after, part), id_of(&change.before, part), "{part}");
    }
}

#[test]
fn a_newer_recommended_image_is_taken_only_when_asked_for_and_then_in_place() {
    let sandbox = Sandbox::new();
    sandbox.apply(&on_hosts(&sandbox, "max_size = 2"));
    let first = sandbox.state(ADDRESS).text("/host/ami_id").to_owned();
    let group = id_of(&sandbox.state(ADDRESS), "auto_scaling_group");

    sandbox.stand_in.publish(RECOMMENDED, IMAGES[0]);
    sandbox.assert_settled();
    sandbox.apply(&on_hosts(&sandbox, "max_size = 2\n    volume_size_gib = 60"));
    assert_eq!(sandbox.state(ADDRESS).text("/host/ami_id"), first, "nobody asked");

    let following = "max_size = 2\n    volume_size_gib = 60\n    update_ami = true";
    sandbox.configure(&on_hosts(&sandbox, following));
    changes_in_place(&sandbox, &["auto_scaling_group", "launch_template"]);
    sandbox.apply(&on_hosts(&sandbox, following));
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("/host/ami_id"), IMAGES[0]);
    assert_eq!(template_image(&sandbox, &state), IMAGES[0]);
    assert_eq!(
        running_images(&sandbox),
        [first.as_str()],
        "a host that runs keeps its image"
    );

    // The configuration stays as it is, and AWS moves on: once before the plan, and again before it is applied.
    sandbox.stand_in.publish(RECOMMENDED, IMAGES[1]);
    changes_in_place(&sandbox, &["auto_scaling_group", "launch_template"]);
    let plan = sandbox.terraform.planned(&[]);
    assert_eq!(plan.change(ADDRESS).after.text("/host/ami_id"), IMAGES[1]);
    sandbox.stand_in.publish(RECOMMENDED, IMAGES[2]);
    sandbox.terraform.apply(&["saved.tfplan"]).succeeded();
    assert_eq!(
        template_image(&sandbox, &sandbox.state(ADDRESS)),
        IMAGES[1],
        "as planned"
    );
    let refreshing = format!("{following}\n    instance_refresh = true");
    sandbox.apply(&on_hosts(&sandbox, &refreshing));
    while running_images(&sandbox) != [IMAGES[2]] {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let state = sandbox.state(ADDRESS);
    assert_eq!(id_of(&state, "auto_scaling_group"), group);
    sandbox.destroy();
}

/// Nothing that is chosen at apply is in the plan, and whatever AWS recommends by then is taken.
#[test]
fn images_that_aws_replaces_between_plan_and_apply_are_no_contradiction() {
    let sandbox = Sandbox::new();
    let text = on_hosts(&sandbox, "update_ami = true");
    sandbox.configure(&text.replace("capacity {", "bastion {}\n  capacity {"));
    let created = sandbox.terraform.planned(&[]).change(ADDRESS);
    assert_eq!(created.unknown.at("/host/ami_id"), true);
    assert_eq!(created.unknown.at("bastion_ami_id"), true);
    assert_eq!(created.after.at("/host/memory"), 16384, "the kind's figures are known");
    sandbox.stand_in.publish(RECOMMENDED, IMAGES[0]);
    sandbox.stand_in.publish(PLAIN, PLAIN_IMAGE);
    sandbox.terraform.apply(&["saved.tfplan"]).succeeded();
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("/host/ami_id"), IMAGES[0]);
    assert_eq!(state.text("bastion_ami_id"), PLAIN_IMAGE);
    let unread = sandbox.terraform.planned(&["-refresh=false"]);
    assert_eq!(unread.change(ADDRESS).actions, ["no-op"]);
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn hosts_that_follow_come_back_with_the_image_that_they_have_and_follow_on() {
    let sandbox = Sandbox::new();
    sandbox.apply(&on_hosts(&sandbox, "update_ami = true"));
    let first = sandbox.state(ADDRESS).text("/host/ami_id").to_owned();
    sandbox.stand_in.publish(RECOMMENDED, IMAGES[0]);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    let import = ["import", "-input=false", "-no-color", ADDRESS, "deid"];
    sandbox.terraform.run(&import).succeeded();
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("/host/ami_id"), first);
    assert_eq!(state.text("/host/recommended_ami_id"), IMAGES[0]);
    changes_in_place(&sandbox, &["auto_scaling_group", "launch_template"]);
    sandbox.terraform.apply(&[]).succeeded();
    assert_eq!(template_image(&sandbox, &sandbox.state(ADDRESS)), IMAGES[0]);
    sandbox.destroy();
}

#[test]
fn an_image_of_ones_own_is_taken_in_place_and_stays_when_it_is_no_longer_named() {
    let sandbox = Sandbox::new();
    sandbox.apply(&on_hosts(&sandbox, "max_size = 2"));
    let first = sandbox.state(ADDRESS).text("/host/ami_id").to_owned();
    for image in [IMAGES[0], first.as_str(), IMAGES[1]] {
        sandbox.configure(&on_hosts(&sandbox, &format!("max_size = 2\n    ami_id = \"{image}\"")));
        if image != first {
            changes_in_place(&sandbox, &["auto_scaling_group", "launch_template"]);
        }
        sandbox.terraform.apply(&[]).succeeded();
        sandbox.assert_settled();
        let state = sandbox.state(ADDRESS);
        assert_eq!(state.text("/host/ami_id"), image);
        assert_eq!(template_image(&sandbox, &state), image);
    }
    sandbox.apply(&on_hosts(&sandbox, "max_size = 2"));
    assert_eq!(
        sandbox.state(ADDRESS).text("/host/ami_id"),
        IMAGES[1],
        "no image changes unasked"
    );
    sandbox.destroy();
}

#[test]
fn gpu_hosts_take_the_gpu_image_and_tasks_ask_for_the_gpu_and_back_again() {
    let sandbox = Sandbox::new();
    let gpus = |state: &Attributes| {
        let definition = sandbox
            .aws
            .ecs
            .describe_task_definition()
            .task_definition(state.text("task_definition_arn"))
            .send()
            .wait()
            .unwrap();
        let containers = definition.task_definition().unwrap().container_definitions().to_vec();
        let product = containers
            .into_iter()
            .find(|container| container.name() == Some("private-ai"));
        let wanted = product.unwrap().resource_requirements().to_vec();
        wanted
            .into_iter()
            .map(|wanted| (wanted.r#type().clone(), wanted.value().to_owned()))
            .collect::<Vec<_>>()
    };
    sandbox.apply(&on_hosts(&sandbox, "max_size = 2"));
    let plain = sandbox.state(ADDRESS);
    assert_eq!(gpus(&plain), []);
    sandbox.configure(&on_hosts(&sandbox, "instance_type = \"g4dn.xlarge\"\n    max_size = 1"));
    let error = sandbox.terraform.plan(&[]).error();
    assert!(
        error.text().contains("No room for hosts of another kind"),
        "{}",
        error.text()
    );
    assert!(error.line().contains("max_size"), "{}", error.line());

    sandbox.apply(&on_hosts(&sandbox, "instance_type = \"g4dn.xlarge\"\n    max_size = 2"));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    assert_eq!(state.at("/host/gpus"), 1);
    assert_eq!(gpus(&state), [(ResourceType::Gpu, "1".to_owned())]);
    let image = sandbox
        .aws
        .ec2
        .describe_images()
        .image_ids(state.text("/host/ami_id"))
        .send()
        .wait()
        .unwrap();
    assert!(image.images()[0].name().unwrap().contains("-ecs-gpu-"));
    for part in [
        "auto_scaling_group",
        "launch_template",
        "ecs_service",
        "capacity_provider",
    ] {
        assert_eq!(id_of(&plain, part), id_of(&state, part), "{part} was to stay");
    }

    sandbox.apply(&on_hosts(&sandbox, "max_size = 2"));
    let state = sandbox.state(ADDRESS);
    assert_eq!(gpus(&state), []);
    assert_eq!(state.at("/host/gpus"), 0);
    assert!(running_images(&sandbox).contains(&state.text("/host/ami_id").to_owned()));
    sandbox.destroy();
}

#[test]
fn a_bastion_takes_the_image_of_its_processors() {
    let sandbox = Sandbox::new();
    let with = |bastion: &str| {
        deployment(
            &sandbox,
            &format!("{LICENSED}\n  fargate {{}}\n  bastion {{\n{bastion}\n  }}"),
        )
    };
    let architecture = |state: &Attributes| {
        let image = state.text("bastion_ami_id");
        let found = sandbox
            .aws
            .ec2
            .describe_images()
            .image_ids(image)
            .send()
            .wait()
            .unwrap();
        found.images()[0].architecture().unwrap().to_string()
    };
    sandbox.apply(&with("instance_type = \"t4g.micro\""));
    let arm = sandbox.state(ADDRESS);
    assert_eq!(architecture(&arm), "arm64");

    for (kind, image, problem) in [
        ("t4g.micro", PLAIN_IMAGE, "An image for other processors"),
        ("t3.micro", IMAGES[0], "An image larger than the disk"),
    ] {
        sandbox.configure(&with(&format!("instance_type = \"{kind}\"\nami_id = \"{image}\"")));
        let error = sandbox.terraform.plan(&[]).error();
        assert!(error.text().contains(problem), "{}", error.text());
        assert!(error.line().contains("ami_id"), "{}", error.line());
    }

    sandbox.configure(&with(""));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"], "the deployment stays");
    sandbox.apply(&with(""));
    let plain = sandbox.state(ADDRESS);
    assert_eq!(architecture(&plain), "x86_64");
    assert_ne!(
        id_of(&arm, "ec2_instance_bastion"),
        id_of(&plain, "ec2_instance_bastion")
    );
    sandbox.apply(&with("instance_type = \"t3.micro\""));
    let other = sandbox.state(ADDRESS);
    assert_eq!(
        other.text("bastion_ami_id"),
        plain.text("bastion_ami_id"),
        "no image changes unasked"
    );
    sandbox.destroy();
}
