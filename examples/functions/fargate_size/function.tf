# Private AI's task has 1 vCPU and 14 GiB; Fargate has 14 GiB from 2 vCPUs on.
locals {
  size = provider::thatdot::fargate_size(1, 14)
}

output "task" {
  value = "cpu = ${local.size.cpu}, memory = ${local.size.memory}"
}
