variable "region" {
  description = "The AWS region to deploy in."
  type        = string
  default     = "us-east-1"
}

variable "vpc_id" {
  description = "The VPC to run in."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets to run in, each in a zone of its own."
  type        = list(string)
}

variable "cluster_arn" {
  description = "Your ECS cluster."
  type        = string
}

variable "task_role_arn" {
  description = "The role of the container; it needs aws-marketplace:RegisterUsage and aws-marketplace:MeterUsage."
  type        = string
}

variable "execution_role_arn" {
  description = "The role that fetches the image and writes the logs."
  type        = string
}

variable "security_group_ids" {
  description = "The security groups of the task: they let in whoever uses port 8080."
  type        = list(string)
}

variable "log_group_name" {
  description = "Your log group."
  type        = string
}

variable "file_system_id" {
  description = "Your EFS file system, with a mount target in each of the subnets' zones that lets the task in."
  type        = string
}
