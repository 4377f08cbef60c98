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

  mock_resource "thatdot_detector_deployment" {
    defaults = {
      url = "http://10.0.0.10:8080"
    }
  }
}

variables {
  name = "fraud"
}

run "without_clients_it_is_private_behind_nat" {
  assert {
    condition     = thatdot_network.this[0].nat == "single"
    error_message = "A private task has no way out to its image."
  }

  assert {
    condition     = thatdot_detector_deployment.this.subnet_ids == tolist(["subnet-0a000000000000002", "subnet-0b000000000000002"])
    error_message = "It does not run in the private subnets."
  }

  assert {
    condition     = !thatdot_detector_deployment.this.assign_public_ip && thatdot_detector_deployment.this.ingress == null
    error_message = "Somebody outside the VPC reaches it."
  }

  assert {
    condition     = output.url == "http://10.0.0.10:8080"
    error_message = "The module does not put out the deployment's URL."
  }
}

run "with_clients_it_is_public_for_them_alone" {
  variables {
    clients = ["203.0.113.0/24"]
  }

  assert {
    condition     = thatdot_network.this[0].nat == "none"
    error_message = "A NAT gateway that nobody uses is paid for."
  }

  assert {
    condition     = thatdot_detector_deployment.this.subnet_ids == tolist(["subnet-0a000000000000001", "subnet-0b000000000000001"])
    error_message = "It does not run in the public subnets."
  }

  assert {
    condition     = thatdot_detector_deployment.this.ingress.cidr_blocks == toset(["203.0.113.0/24"])
    error_message = "Others than the clients reach it."
  }
}

run "a_network_that_is_there_is_used" {
  variables {
    network = {
      vpc_id             = "vpc-0fedcba9876543210"
      private_subnet_ids = ["subnet-0c000000000000002"]
    }
  }

  assert {
    condition     = length(thatdot_network.this) == 0
    error_message = "A second VPC is made."
  }

  assert {
    condition     = thatdot_detector_deployment.this.subnet_ids == tolist(["subnet-0c000000000000002"])
    error_message = "It does not run in that network's subnets."
  }
}

run "a_size_becomes_one_that_fargate_has" {
  variables {
    size = { vcpu = 1, gib = 14 }
  }

  assert {
    condition     = thatdot_detector_deployment.this.cpu == 2048 && thatdot_detector_deployment.this.memory == 14336
    error_message = "14 GiB come with 2 vCPUs or more."
  }
}

run "no_client_is_a_typing_error" {
  command = plan

  variables {
    clients = ["203.0.113.0"]
  }

  expect_failures = [var.clients]
}

run "no_network_is_too_large" {
  command = plan

  variables {
    cidr_block = "10.0.0.0/8"
  }

  expect_failures = [var.cidr_block]
}

run "no_key_is_without_a_volume" {
  command = plan

  variables {
    persistence = false
    kms_key_id  = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }

  expect_failures = [var.kms_key_id]
}
