terraform {
  required_version = ">= 1.11" # write-only attributes

  required_providers {
    thatdot = {
      source  = "thatdot/thatdot"
      version = ">= 0.1.0"
    }
  }
}
