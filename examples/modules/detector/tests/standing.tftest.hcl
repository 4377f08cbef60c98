# The module stands, changes in place, and goes again: on the AWS that your environment names, which may be the local
# stand-in (AWS_ENDPOINT_URL). On a real account it makes a NAT gateway and a Fargate task for some ten minutes.

variables {
  name     = "module-detector"
  az_count = 1
  tags     = { Purpose = "terraform test" }
}

run "it_stands" {
  assert {
    condition     = alltrue([for part in thatdot_detector_deployment.this.components : part.status == "ready"])
    error_message = "Not every part is ready."
  }

  assert {
    condition     = contains(keys(output.components), "efs_file_system")
    error_message = "The detector's state is kept nowhere."
  }

  assert {
    condition     = startswith(output.url, "http://10.0.")
    error_message = "Its URL is no address of its private subnet."
  }
}

run "clients_are_let_in_in_place" {
  variables {
    clients = ["203.0.113.0/24"]
  }

  assert {
    condition     = thatdot_detector_deployment.this.id == run.it_stands.deployment_id
    error_message = "Letting clients in made another deployment."
  }

  assert {
    condition     = thatdot_detector_deployment.this.assign_public_ip
    error_message = "It has no public address."
  }
}
