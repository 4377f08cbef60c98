output "url" {
  description = "Where the detector's user interface answers."
  value       = thatdot_detector_deployment.this.url
}

output "docs_url" {
  description = "Where the documentation of the detector's API answers."
  value       = thatdot_detector_deployment.this.docs_url
}

output "vpc_id" {
  description = "The VPC that the detector runs in."
  value       = local.network.vpc_id
}

output "deployment_id" {
  description = "The deployment's own id, in the tag thatdot:deployment-id of its objects."
  value       = thatdot_detector_deployment.this.id
}

output "service_arn" {
  description = "The service in ECS."
  value       = thatdot_detector_deployment.this.service_arn
}

output "task_role_name" {
  description = "The role of the container, to attach policies to: to let it read its input, for one."
  value       = thatdot_detector_deployment.this.task_role_name
}

output "log_group_name" {
  description = "Where the detector's logs are."
  value       = thatdot_detector_deployment.this.log_group_name
}

output "security_group_ids" {
  description = "The security groups of the task."
  value       = thatdot_detector_deployment.this.security_group_ids
}

output "components" {
  description = "Every AWS object that the deployment is made of."
  value       = thatdot_detector_deployment.this.components
}
