variable "region" {
  description = "The AWS region to deploy in."
  type        = string
  default     = "us-east-1"
}

variable "clients" {
  description = "The address ranges that reach the detector."
  type        = list(string)
  default     = ["203.0.113.0/24"]
}
