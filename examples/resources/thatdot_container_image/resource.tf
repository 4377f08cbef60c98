variable "registry_password" {
  description = "The password, or token, of the vendor's registry."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "thatdot_container_image" "deid" {
  name   = "privateai/deid"
  source = "crprivateaiprod.azurecr.io/deid:3.3.2-cpu"

  source_username            = "my-company"
  source_password_wo         = var.registry_password
  source_password_wo_version = 1

  platforms    = ["linux/amd64"]
  scan_on_push = true
  keep_images  = 5

  tags = {
    Team = "privacy"
  }
}
