terraform {
  required_version = ">= 1.9"

  required_providers {
    thatdot = {
      source  = "thatdot/thatdot"
      version = ">= 0.1.0"
    }
  }
}
