terraform {
  required_providers {
    thatdot = {
      source  = "thatdot/thatdot"
      version = "~> 0.1"
    }
  }
}

# Credentials are found as every AWS tool finds them: the environment, profiles, SSO, the roles of containers and hosts.
provider "thatdot" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment = "production"
    }
  }
}
