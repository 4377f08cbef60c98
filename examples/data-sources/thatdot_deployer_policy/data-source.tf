# Whoever has this policy can create, update and destroy the deployment `fraud-detector` with Terraform, and nothing else.
data "thatdot_deployer_policy" "fraud" {
  product     = "detector"
  name        = "fraud-detector"
  persistence = true
}

output "deployer_policy" {
  value = data.thatdot_deployer_policy.fraud.json
}
