# One network, made or given; the image, copied or named; and the service.

locals {
  network = var.network != null ? var.network : {
    vpc_id             = thatdot_network.this[0].vpc_id
    public_subnet_ids  = thatdot_network.this[0].public_subnet_ids
    private_subnet_ids = thatdot_network.this[0].private_subnet_ids
  }

  image = var.copy_image == null ? var.image : thatdot_container_image.this[0].digest_uri

  instance_type = coalesce(var.instance_type, "m5zn.xlarge")
  tasks         = provider::thatdot::privateai_hosts(var.words_per_hour, local.instance_type)
}

resource "thatdot_network" "this" {
  count = var.network == null ? 1 : 0

  name       = var.name
  cidr_block = var.cidr_block
  tags       = var.tags
}

resource "thatdot_container_image" "this" {
  count = var.copy_image == null ? 0 : 1

  name                       = lower(var.name)
  source                     = var.copy_image.source
  platforms                  = ["linux/amd64"]
  source_username            = var.copy_image.username
  source_password_wo         = var.registry_password
  source_password_wo_version = var.copy_image.username == null ? null : 1
  tags                       = var.tags
}

resource "thatdot_privateai_deployment" "this" {
  name               = var.name
  vpc_id             = local.network.vpc_id
  private_subnet_ids = local.network.private_subnet_ids
  public_subnet_ids  = local.network.public_subnet_ids

  image               = local.image
  marketplace         = var.marketplace
  environment         = var.environment
  deletion_protection = var.deletion_protection
  tags                = var.tags

  capacity {
    instance_type = local.instance_type
    max_size      = local.tasks + 1 # room for a new task beside the old ones while a version rolls out
  }

  dynamic "license" {
    for_each = var.marketplace ? [] : [true]

    content {
      content_wo         = var.license_secret_arn == null ? var.license : null
      content_wo_version = var.license_secret_arn == null ? var.license_version : null
      secret_arn         = var.license_secret_arn
    }
  }

  load_balancer {
    scheme              = var.exposure == "internet" ? "internet-facing" : "internal"
    certificate_arn     = var.certificate_arn
    ingress_cidr_blocks = var.exposure == "internet" ? var.clients : null
  }

  dynamic "api_gateway" {
    for_each = var.exposure == "api" ? [true] : []

    content {
      authorization = "AWS_IAM"
    }
  }

  dynamic "bastion" {
    for_each = var.bastion ? [true] : []

    content {}
  }

  dynamic "autoscaling" {
    for_each = local.tasks > 1 ? [local.tasks] : []

    content {
      max_count   = autoscaling.value
      cpu_percent = 70
    }
  }
}
