# Private AI as the vendor's guide builds it: hosts in private subnets, an internal load balancer, and an HTTP API in
# front of it that only signed requests pass.

terraform {
  required_version = ">= 1.11"
  required_providers {
    thatdot = {
      source = "thatdot/thatdot"
    }
  }
}

variable "image" {
  type        = string
  description = "The container image, in a registry of yours."
}

variable "license" {
  type        = string
  sensitive   = true
  ephemeral   = true
  description = "The text of license.json."
}

resource "thatdot_network" "main" {
  name = "deid"
}

resource "thatdot_privateai_deployment" "deid" {
  name               = "deid"
  vpc_id             = thatdot_network.main.vpc_id
  private_subnet_ids = thatdot_network.main.private_subnet_ids
  public_subnet_ids  = thatdot_network.main.public_subnet_ids
  image              = var.image

  capacity {
    instance_type = "m5zn.xlarge"
    max_size      = 2
  }

  license {
    content_wo         = var.license
    content_wo_version = 1
  }

  load_balancer {}
  api_gateway { authorization = "AWS_IAM" }
}

output "url" {
  value = thatdot_privateai_deployment.deid.url
}
