# The module stands, changes in place, and goes again: on the AWS that your environment names, which may be the local
# stand-in (AWS_ENDPOINT_URL). Give it an image that your account can pull (TF_VAR_image) and a licence (TF_VAR_license). On
# a real account it makes a NAT gateway, a load balancer and an EC2 host for some twenty minutes.

variables {
  name = "module-deid"
  tags = { Purpose = "terraform test" }

  # Terraform's tests want every ephemeral variable set, also one with a default.
  registry_password = "unused"
}

run "it_stands" {
  assert {
    condition     = alltrue([for part in thatdot_privateai_deployment.this.components : part.status == "ready"])
    error_message = "Not every part is ready."
  }

  assert {
    condition     = output.url == "http://${output.load_balancer.dns_name}"
    error_message = "Its URL is not the load balancer's."
  }
}

run "an_api_is_put_before_it_in_place" {
  variables {
    exposure = "api"
  }

  assert {
    condition     = startswith(output.url, "https://") && output.load_balancer.dns_name == run.it_stands.load_balancer.dns_name
    error_message = "The same load balancer has no API before it."
  }
}
