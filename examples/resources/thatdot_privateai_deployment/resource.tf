variable "license" {
  description = "The text of license.json."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "thatdot_privateai_deployment" "deid" {
  name               = "deid"
  vpc_id             = data.thatdot_network.main.id
  private_subnet_ids = data.thatdot_network.main.private_subnet_ids
  public_subnet_ids  = data.thatdot_network.main.public_subnet_ids
  image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu"

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
  bastion { ingress_cidr_blocks = ["203.0.113.4/32"] }
}
