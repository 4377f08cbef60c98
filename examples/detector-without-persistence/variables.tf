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
