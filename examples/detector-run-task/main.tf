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

# One task, as the vendor's guide runs it by hand: nothing starts it again but the next apply.
resource "thatdot_detector_deployment" "this" {
  name             = "one-off-detector"
  vpc_id           = var.vpc_id
  subnet_ids       = var.subnet_ids
  assign_public_ip = true
  run_as           = "task"

  persistence {}

  ingress {
    cidr_blocks = ["203.0.113.0/24"]
  }
}

output "public_ip" {
  description = "The task's public address."
  value       = thatdot_detector_deployment.this.public_ip
}
