variable "region" {
  description = "The AWS region to deploy in."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "The deployment's name, from which every AWS name in it is derived."
  type        = string
  default     = "fraud-detector"
}

variable "vpc_id" {
  description = "The VPC to run in. Left out, it is the region's default one."
  type        = string
  default     = null
}

variable "allowed_cidr_blocks" {
  description = "Who may reach the detector on port 8080: your office's address range, for one."
  type        = list(string)
  default     = ["203.0.113.0/24"]
}
