# Whoever has these policies can create, update and destroy the deployment `fraud-detector` with Terraform, and nothing
# else; and its roles can never do more than the boundary allows.
data "thatdot_deployer_policy" "fraud" {
  product              = "detector"
  name                 = "fraud-detector"
  persistence          = true
  permissions_boundary = "arn:aws:iam::123456789012:policy/boundary-of-tasks"
}

output "deployer_policies" {
  value = data.thatdot_deployer_policy.fraud.json_parts
}
