# The image that a detector in Frankfurt pulls.
output "image" {
  value = provider::thatdot::image_uri("detector", "v0.9-latest", "eu-central-1")
}
