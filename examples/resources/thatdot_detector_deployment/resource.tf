resource "thatdot_detector_deployment" "fraud" {
  name             = "fraud-detector"
  vpc_id           = data.thatdot_network.main.id
  subnet_ids       = data.thatdot_network.main.public_subnet_ids
  assign_public_ip = true

  persistence {}

  ingress {
    cidr_blocks = ["203.0.113.0/24"]
  }

  tags = {
    Team = "fraud"
  }
}
