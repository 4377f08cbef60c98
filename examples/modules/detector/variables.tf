variable "name" {
  description = "The deployment's name, from which every AWS name in it is derived."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$", var.name))
    error_message = "The name has 1 to 32 letters, digits and hyphens, begins with a letter and does not end with a hyphen."
  }
}

variable "network" {
  description = "The network to run in: a thatdot_network (resource or data source), or anything else with these attributes. Left out, the module makes one."
  type = object({
    vpc_id             = string
    public_subnet_ids  = optional(list(string), [])
    private_subnet_ids = optional(list(string), [])
  })
  default = null
}

variable "cidr_block" {
  description = "The IPv4 range of the VPC that the module makes, /16 to /24."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrhost(var.cidr_block, 0)) && try(tonumber(split("/", var.cidr_block)[1]), 0) >= 16 && try(tonumber(split("/", var.cidr_block)[1]), 99) <= 24
    error_message = "The range is written as 10.0.0.0/16, from /16 to /24."
  }
}

variable "az_count" {
  description = "How many availability zones the VPC that the module makes has subnets in."
  type        = number
  default     = 2

  validation {
    condition     = var.az_count >= 1 && var.az_count <= 8 && floor(var.az_count) == var.az_count
    error_message = "A network has 1 to 8 availability zones."
  }
}

variable "clients" {
  description = "The address ranges outside the VPC that reach the detector on port 8080. With any, it runs in the public subnets with a public address; with none, in the private ones behind a NAT gateway, and only the VPC reaches it."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.clients : can(cidrhost(range, 0))])
    error_message = "Each client is an address range such as 203.0.113.0/24."
  }
}

variable "image" {
  description = "The container image. Left out, the one that the vendor's guide names."
  type        = string
  default     = null
}

variable "size" {
  description = "The task's size: vCPUs, and GiB of memory. The smallest size that Fargate has for it is taken."
  type = object({
    vcpu = optional(number, 2)
    gib  = optional(number, 6)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(provider::thatdot::fargate_size(var.size.vcpu, var.size.gib))
    error_message = "Fargate has sizes of up to 16 vCPUs and 120 GiB."
  }
}

variable "persistence" {
  description = "Whether the detector's state outlives its task, on an encrypted volume. Without it, more than one task may run."
  type        = bool
  default     = true
}

variable "kms_key_id" {
  description = "The ARN of the key that the volume is encrypted with. Left out, AWS's own key for EFS."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_id == null || var.persistence
    error_message = "A key without a volume: set persistence = true, or leave kms_key_id out."
  }
}

variable "environment" {
  description = "Environment variables of the container."
  type        = map(string)
  default     = {}
}

variable "log_retention_in_days" {
  description = "How long logs are kept, in days; 0 is for ever."
  type        = number
  default     = 30
}

variable "deletion_protection" {
  description = "Whether destroying the deployment, or what holds its data, is refused."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of every object that can carry tags."
  type        = map(string)
  default     = {}
}
