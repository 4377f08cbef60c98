# An image is imported by the name of its repository.
terraform import thatdot_container_image.deid privateai/deid
