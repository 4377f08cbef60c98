output "url" {
  description = "The detector's user interface."
  value       = thatdot_detector_deployment.this.url
}

output "docs_url" {
  description = "The documentation of the detector's API."
  value       = thatdot_detector_deployment.this.docs_url
}

output "log_group_name" {
  description = "Where the detector's logs are."
  value       = thatdot_detector_deployment.this.log_group_name
}

output "task_role_name" {
  description = "The role to give the detector more permissions with, to read its input for one."
  value       = thatdot_detector_deployment.this.task_role_name
}
