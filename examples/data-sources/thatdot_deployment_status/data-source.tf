# How the detector is doing. That it does not answer this machine is no error: `reachable` says so.
data "thatdot_deployment_status" "fraud" {
  service_arn  = thatdot_detector_deployment.fraud.service_arn
  endpoint_url = thatdot_detector_deployment.fraud.url
}

output "tasks" {
  value = data.thatdot_deployment_status.fraud.tasks[*].health
}
