//! A state that is not this provider's, or not of this place: told clearly, and nothing is changed at AWS.

use serde_json::{Value, json};

use super::view::deployment;
use crate::harness::Sandbox;

/// Writes the state file anew, with something changed in the deployment's entry.
fn edit(sandbox: &Sandbox, change: impl FnOnce(&mut Value)) {
    let path = sandbox.terraform.folder().join("terraform.tfstate");
    let mut state: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut state["resources"][0]["instances"][0]);
    state["serial"] = json!(state["serial"].as_u64().unwrap() + 1);
    std::fs::write(path, state.to_string()).unwrap();
}

#[test]
fn a_state_of_elsewhere_of_tomorrow_or_edited_by_hand_is_told_and_changes_nothing() {
    let mut sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    sandbox.stand_in.forget_calls();

    sandbox.terraform.set("AWS_REGION", Some("us-west-2"));
    let errors = [
        sandbox.terraform.plan(&[]).error(),
        sandbox.terraform.destroy(&["-refresh=false"]).error(),
    ];
    for error in errors {
        for word in [
            "another account or region",
            "us-east-1",
            "us-west-2",
            "Nothing was changed",
        ] {
            assert!(error.text().contains(word), "{word} is not in: {}", error.text());
        }
    }
    sandbox.terraform.set("AWS_REGION", Some("us-east-1"));

    let abroad =
        "provider \"thatdot\" {\n  assume_role {\n    role_arn = \"arn:aws:iam::210987654321:role/deployer\"\n  }\n}\n";
    sandbox.configure(&format!("{abroad}{}", deployment(&sandbox, "")));
    let errors = [
        sandbox.terraform.plan(&[]).error(),
        sandbox.terraform.destroy(&["-refresh=false"]).error(),
    ];
    for error in errors {
        for word in ["another account or region", "123456789012", "210987654321"] {
            assert!(error.text().contains(word), "{word} is not in: {}", error.text());
        }
    }
    sandbox.configure(&deployment(&sandbox, ""));

    let path = sandbox.terraform.folder().join("terraform.tfstate");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("could not be parsed"), "{}", error.text());
    std::fs::write(&path, &whole).unwrap();

    let mut good = Value::Null;
    edit(&sandbox, |instance| {
        good = instance.clone();
        instance["attributes"]["cpu"] = json!("many");
    });
    let error = sandbox.terraform.plan(&[]).error();
    for word in ["Unreadable state", "cpu", "edited by hand"] {
        assert!(error.text().contains(word), "{word} is not in: {}", error.text());
    }

    edit(&sandbox, |instance| {
        *instance = good.clone();
        instance["attributes"]["components"]["log_group"]["type"] = json!("hologram");
    });
    let errors = [
        sandbox.terraform.plan(&[]).error(),
        sandbox.terraform.destroy(&["-refresh=false"]).error(),
    ];
    for error in errors {
        for word in ["another version", "log_group", "hologram", "Nothing was changed"] {
            assert!(error.text().contains(word), "{word} is not in: {}", error.text());
        }
    }

    edit(&sandbox, |instance| {
        *instance = good.clone();
        instance["schema_version"] = json!(99);
    });
    let error = sandbox.terraform.plan(&[]).error();
    assert!(error.text().to_lowercase().contains("version"), "{}", error.text());
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());

    edit(&sandbox, |instance| *instance = good);
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_destroy_takes_away_also_what_was_cut_out_of_the_state() {
    let cuts: [fn(&mut Value); 2] = [
        |components| {
            let components = components.as_object_mut().unwrap();
            components.remove("ecs_service").unwrap();
            components.remove("log_group").unwrap();
        },
        |components| *components = json!({}),
    ];
    let sandbox = Sandbox::new();
    for cut in cuts {
        sandbox.apply(&deployment(&sandbox, ""));
        edit(&sandbox, |instance| cut(&mut instance["attributes"]["components"]));
        sandbox.destroy();
    }
}
