# The detector on EC2 hosts in private subnets, behind a load balancer, in a network of its own.

terraform {
  required_version = ">= 1.5"

  required_providers {
    thatdot = {
      source = "thatdot/thatdot"
    }
  }
}

provider "thatdot" {
  region = var.region
}

resource "thatdot_network" "main" {
  name = "hosted-detector"
}

resource "thatdot_detector_deployment" "this" {
  name       = "hosted-detector"
  vpc_id     = thatdot_network.main.vpc_id
  subnet_ids = thatdot_network.main.private_subnet_ids

  # One task has room on one such host. Hosts start and end as tasks need them, up to max_size.
  capacity {
    instance_type = "m5.large"
    max_size      = 1
  }

  # The detector's state outlives its task and its host.
  persistence {}

  # Only the load balancer reaches the task; these addresses reach the load balancer.
  load_balancer {
    scheme              = "internet-facing"
    subnet_ids          = thatdot_network.main.public_subnet_ids
    ingress_cidr_blocks = var.clients
  }
}

output "url" {
  description = "Where the user interface answers."
  value       = thatdot_detector_deployment.this.url
}
