# A network is imported by its name.
terraform import thatdot_network.demo demo
