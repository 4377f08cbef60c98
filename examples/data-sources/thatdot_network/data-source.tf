# The VPC that carries these tags. Instead of them: vpc_id = "vpc-…", or default = true.
data "thatdot_network" "main" {
  tags = {
    Name = "main"
  }
}
