import {
  to = thatdot_container_image.deid
  id = "privateai/deid"
}
