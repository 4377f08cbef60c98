# Private AI from the AWS Marketplace: the image brings its licence and meters its use.

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
  description = "The Marketplace's image, or your copy of it."
}

resource "thatdot_network" "main" {
  name = "deid-marketplace"
}

resource "thatdot_privateai_deployment" "deid" {
  name               = "deid-marketplace"
  vpc_id             = thatdot_network.main.vpc_id
  private_subnet_ids = thatdot_network.main.private_subnet_ids
  image              = var.image
  marketplace        = true

  load_balancer {}
}
