# What the module asks for, without AWS: `terraform test -filter=tests/mocked.tftest.hcl`.

mock_provider "thatdot" {
  # A mock invents what is computed: texts at random, lists and maps empty. What others refer to is given here.
  mock_resource "thatdot_network" {
    defaults = {
      vpc_id             = "vpc-0123456789abcdef0"
      public_subnet_ids  = ["subnet-0a000000000000001", "subnet-0b000000000000001"]
      private_subnet_ids = ["subnet-0a000000000000002", "subnet-0b000000000000002"]
    }
  }

  mock_resource "thatdot_container_image" {
    defaults = {
      digest_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    }
  }
}

variables {
  name    = "deid"
  image   = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu"
  license = "{}"

  # Terraform's tests want every ephemeral variable set, also one with a default.
  registry_password = "unused"
}

run "by_itself_only_the_vpc_reaches_it" {
  assert {
    condition     = thatdot_privateai_deployment.this.load_balancer.scheme == "internal"
    error_message = "The load balancer is not internal."
  }

  assert {
    condition     = thatdot_privateai_deployment.this.api_gateway == null && thatdot_privateai_deployment.this.bastion == null
    error_message = "There is more than was asked for."
  }

  assert {
    condition     = thatdot_privateai_deployment.this.private_subnet_ids == tolist(["subnet-0a000000000000002", "subnet-0b000000000000002"])
    error_message = "It does not run in the module's own network."
  }

  assert {
    condition     = thatdot_privateai_deployment.this.capacity.max_size == 2 && thatdot_privateai_deployment.this.autoscaling == null
    error_message = "One task has one host, and one more to roll a new version out."
  }
}

run "an_image_is_copied_and_run_by_its_digest" {
  variables {
    name              = "Deid"
    image             = null
    copy_image        = { source = "registry.example.com/deid:3.3.2-cpu", username = "my-company" }
    registry_password = "let-me-read"
  }

  assert {
    condition     = thatdot_container_image.this[0].name == "deid"
    error_message = "ECR's repositories have lower-case names."
  }

  assert {
    condition     = strcontains(thatdot_privateai_deployment.this.image, "@sha256:")
    error_message = "The tasks do not run the copy, by its digest."
  }
}

run "an_api_takes_signed_requests_alone" {
  variables {
    exposure = "api"
  }

  assert {
    condition     = thatdot_privateai_deployment.this.api_gateway.authorization == "AWS_IAM"
    error_message = "The API is open."
  }

  assert {
    condition     = thatdot_privateai_deployment.this.load_balancer.scheme == "internal"
    error_message = "The API can be gone around."
  }
}

run "the_internet_comes_by_https" {
  variables {
    exposure        = "internet"
    clients         = ["203.0.113.0/24"]
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
  }

  assert {
    condition     = thatdot_privateai_deployment.this.load_balancer.scheme == "internet-facing"
    error_message = "The internet does not reach it."
  }

  assert {
    condition     = thatdot_privateai_deployment.this.load_balancer.ingress_cidr_blocks == toset(["203.0.113.0/24"])
    error_message = "Others than the clients reach it."
  }
}

run "load_sets_hosts_and_tasks" {
  variables {
    words_per_hour = 10000000
  }

  assert {
    condition     = thatdot_privateai_deployment.this.capacity.max_size == 4 && thatdot_privateai_deployment.this.autoscaling.max_count == 3
    error_message = "10 M words an hour are three tasks on m5zn.xlarge, at 3.6 M each."
  }
}

run "the_marketplaces_image_takes_no_licence" {
  variables {
    marketplace = true
  }

  assert {
    condition     = thatdot_privateai_deployment.this.license == null
    error_message = "The image brings its licence."
  }
}

run "nothing_is_open_by_a_half_answer" {
  command = plan

  variables {
    exposure = "internet"
  }

  expect_failures = [var.clients, var.certificate_arn]
}

run "one_image_is_named" {
  command = plan

  variables {
    copy_image = { source = "registry.example.com/deid:3.3.2-cpu" }
  }

  expect_failures = [var.copy_image]
}
