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

# A detector that forgets when its task ends: no file system, so more than one may run.
resource "thatdot_detector_deployment" "this" {
  name             = "scratch-detector"
  vpc_id           = var.vpc_id
  subnet_ids       = var.subnet_ids
  assign_public_ip = true
  desired_count    = 2

  environment = {
    JAVA_OPTS = "-Xmx4g"
  }

  tags = {
    Team = "fraud"
  }
}

output "components" {
  description = "Every AWS object that the deployment is made of."
  value       = thatdot_detector_deployment.this.components
}
