# Before anything is deployed: is the account subscribed, and may a role of one's own meter the product's use?
data "thatdot_marketplace_metering" "fraud" {
  task_role_arn = "arn:aws:iam::123456789012:role/detector-task"
}

output "in_the_way" {
  value = data.thatdot_marketplace_metering.fraud.reason
}
