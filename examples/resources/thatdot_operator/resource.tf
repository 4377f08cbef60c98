# The user of the vendor's guide, with the guide's policy and attachments. An administrator gives it a console password
# and multi-factor authentication, or keys.
resource "thatdot_operator" "admin" {
  name = "private-ai-admin"

  user {}
}

# For production: duties segregated, and a role instead of a user.
resource "thatdot_operator" "pipeline" {
  name                 = "private-ai-pipeline"
  policies             = "per_service"
  full_access_policies = false

  role {
    trusted_arns = ["123456789012"]
  }
}
