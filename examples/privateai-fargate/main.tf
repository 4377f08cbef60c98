# Private AI on Fargate, which costs nothing while no task runs. The vendor advises hosts for everything else.

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

variable "license_secret_arn" {
  type        = string
  description = "A secret whose text is license.json."
}

resource "thatdot_network" "main" {
  name = "deid-fargate"
}

resource "thatdot_privateai_deployment" "deid" {
  name               = "deid-fargate"
  vpc_id             = thatdot_network.main.vpc_id
  private_subnet_ids = thatdot_network.main.private_subnet_ids
  image              = var.image

  fargate { spot = true }
  license { secret_arn = var.license_secret_arn }
  load_balancer {}
}
