# The VPC that carries these tags. By id: vpc_id = "vpc-…". With neither, the region's default VPC.
data "thatdot_network" "main" {
  tags = {
    Name = "main"
  }
}
