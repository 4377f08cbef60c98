variable "name" {
  description = "The deployment's name, from which every AWS name in it is derived."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$", var.name))
    error_message = "The name has 1 to 32 letters, digits and hyphens, begins with a letter and does not end with a hyphen."
  }
}

# The network

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

# The image

variable "image" {
  description = "The container image, in a registry of yours or the AWS Marketplace's, where copy_image is left out."
  type        = string
  default     = null
}

variable "copy_image" {
  description = "The vendor's image to copy into an ECR repository of the deployment's name, and the name to sign in to its registry by."
  type = object({
    source   = string
    username = optional(string)
  })
  default = null

  validation {
    condition     = (var.copy_image == null) != (var.image == null)
    error_message = "Give either image, or copy_image."
  }
}

variable "registry_password" {
  description = "The password, or token, that goes with copy_image's username. It is kept nowhere."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

# The licence

variable "license" {
  description = "The text of license.json. It is kept in AWS Secrets Manager, and in no plan or state."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "license_version" {
  description = "The version of license: a new number sends it again, and starts new tasks."
  type        = number
  default     = 1
}

variable "license_secret_arn" {
  description = "A secret of Secrets Manager whose text is license.json, instead of license."
  type        = string
  default     = null
}

variable "marketplace" {
  description = "Whether image is the AWS Marketplace's, which brings its licence."
  type        = bool
  default     = false

  validation {
    condition     = !var.marketplace || (var.image != null && var.license_secret_arn == null)
    error_message = "The Marketplace's image is named by image, and needs no licence."
  }
}

# Who reaches it

variable "exposure" {
  description = "Who reaches the service: internal (the VPC), api (signed requests, through an HTTP API) or internet (clients, by HTTPS)."
  type        = string
  default     = "internal"

  validation {
    condition     = contains(["internal", "api", "internet"], var.exposure)
    error_message = "The exposure is internal, api or internet."
  }
}

variable "certificate_arn" {
  description = "With exposure = internet: the ACM certificate of the name that you will point at the load balancer."
  type        = string
  default     = null

  validation {
    condition     = (var.certificate_arn != null) == (var.exposure == "internet")
    error_message = "A certificate goes with exposure = \"internet\", and that needs one."
  }
}

variable "clients" {
  description = "With exposure = internet: the address ranges that may connect."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.clients) > 0) == (var.exposure == "internet")
    error_message = "Clients go with exposure = \"internet\", and that needs some: [\"0.0.0.0/0\"] is everybody."
  }

  validation {
    condition     = alltrue([for range in var.clients : can(cidrhost(range, 0))])
    error_message = "Each client is an address range such as 203.0.113.0/24."
  }
}

variable "bastion" {
  description = "Whether there is a host to look around from, reached by AWS Systems Manager alone."
  type        = bool
  default     = false
}

# How much it bears

variable "instance_type" {
  description = "The kind of host. Left out, the vendor's proposal."
  type        = string
  default     = null
}

variable "words_per_hour" {
  description = "How many words an hour it is to bear at most: it sets how many hosts and tasks there may be, by the vendor's figures."
  type        = number
  default     = 1000000

  validation {
    condition     = var.words_per_hour > 0
    error_message = "Give a number of words above 0."
  }
}

variable "environment" {
  description = "Environment variables of the container; Private AI's own begin with PAI_."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether destroying the deployment is refused."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of every object that can carry tags."
  type        = map(string)
  default     = {}
}
