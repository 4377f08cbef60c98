import {
  to = thatdot_operator.admin
  id = "private-ai-admin"
}
