# One network, made or given, and one detector in it.

locals {
  network = var.network != null ? var.network : {
    vpc_id             = thatdot_network.this[0].vpc_id
    public_subnet_ids  = thatdot_network.this[0].public_subnet_ids
    private_subnet_ids = thatdot_network.this[0].private_subnet_ids
  }

  is_public = length(var.clients) > 0
  size      = provider::thatdot::fargate_size(var.size.vcpu, var.size.gib)
}

resource "thatdot_network" "this" {
  count = var.network == null ? 1 : 0

  name       = var.name
  cidr_block = var.cidr_block
  az_count   = var.az_count
  nat        = local.is_public ? "none" : "single" # a public address is a way out of its own
  tags       = var.tags
}

resource "thatdot_detector_deployment" "this" {
  name             = var.name
  vpc_id           = local.network.vpc_id
  subnet_ids       = local.is_public ? local.network.public_subnet_ids : local.network.private_subnet_ids
  assign_public_ip = local.is_public

  image                 = var.image
  cpu                   = local.size.cpu
  memory                = local.size.memory
  environment           = var.environment
  log_retention_in_days = var.log_retention_in_days
  deletion_protection   = var.deletion_protection
  tags                  = var.tags

  dynamic "persistence" {
    for_each = var.persistence ? [true] : []

    content {
      kms_key_id = var.kms_key_id
    }
  }

  dynamic "ingress" {
    for_each = local.is_public ? [var.clients] : []

    content {
      cidr_blocks = ingress.value
    }
  }
}
