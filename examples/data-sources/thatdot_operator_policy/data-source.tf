# The guide's policy as JSON, for policies of one's own: here the part that is about images.
data "thatdot_operator_policy" "main" {
  ecr_region = "us-east-1"
}

output "image_policy" {
  value = data.thatdot_operator_policy.main.json_per_service["ecr"]
}
