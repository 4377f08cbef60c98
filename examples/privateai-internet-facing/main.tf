# Private AI behind an internet-facing HTTPS load balancer.

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

variable "certificate_arn" {
  type        = string
  description = "The ACM certificate of the name that you will point at the load balancer."
}

variable "clients" {
  type        = set(string)
  description = "The address ranges that may connect."
}

variable "license_secret_arn" {
  type        = string
  description = "A secret whose text is license.json."
}

resource "thatdot_network" "main" {
  name = "deid-public"
}

resource "thatdot_privateai_deployment" "deid" {
  name               = "deid-public"
  vpc_id             = thatdot_network.main.vpc_id
  private_subnet_ids = thatdot_network.main.private_subnet_ids
  public_subnet_ids  = thatdot_network.main.public_subnet_ids
  image              = var.image

  capacity { max_size = 2 }
  license { secret_arn = var.license_secret_arn }

  load_balancer {
    scheme              = "internet-facing"
    certificate_arn     = var.certificate_arn
    ingress_cidr_blocks = var.clients
  }
}

output "alias" {
  description = "Point an alias record at this."
  value = {
    name    = thatdot_privateai_deployment.deid.load_balancer_dns_name
    zone_id = thatdot_privateai_deployment.deid.load_balancer_zone_id
  }
}
