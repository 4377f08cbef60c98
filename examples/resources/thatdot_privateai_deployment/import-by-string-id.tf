import {
  to = thatdot_privateai_deployment.deid
  id = "deid"
}
