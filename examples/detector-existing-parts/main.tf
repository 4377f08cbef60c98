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

# A detector among parts that are there already: they are used, and never changed or deleted.
resource "thatdot_detector_deployment" "this" {
  name       = "shared-detector"
  vpc_id     = var.vpc_id
  subnet_ids = var.subnet_ids

  existing {
    cluster_arn        = var.cluster_arn
    task_role_arn      = var.task_role_arn
    execution_role_arn = var.execution_role_arn
    security_group_ids = var.security_group_ids
    log_group_name     = var.log_group_name
  }

  persistence {
    file_system_id = var.file_system_id
  }
}

output "service_arn" {
  description = "The service in your cluster."
  value       = thatdot_detector_deployment.this.service_arn
}
