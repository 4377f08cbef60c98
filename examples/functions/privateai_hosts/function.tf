# How many hosts de-identify ten million words an hour.
output "hosts" {
  value = provider::thatdot::privateai_hosts(10000000, "m5zn.xlarge")
}
