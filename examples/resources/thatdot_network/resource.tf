resource "thatdot_network" "demo" {
  name       = "demo"
  cidr_block = "10.0.0.0/16"
  nat        = "single" # one way out for all private subnets; or "none", or "per_az"

  # What needs no NAT gateway's traffic: images' layers come from S3.
  endpoints {
    services = ["s3"]
  }

  flow_logs {
    retention_in_days = 30
  }

  tags = {
    Team = "network"
  }
}
