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

# The VPC to run in: the one you name, or the region's default one.
data "thatdot_network" "this" {
  vpc_id  = var.vpc_id
  default = var.vpc_id == null ? true : null
}

resource "thatdot_detector_deployment" "this" {
  name             = var.name
  vpc_id           = data.thatdot_network.this.id
  subnet_ids       = data.thatdot_network.this.public_subnet_ids
  assign_public_ip = true

  # The detector's state outlives its task, on an encrypted EFS volume.
  persistence {}

  ingress {
    cidr_blocks = var.allowed_cidr_blocks
  }
}
