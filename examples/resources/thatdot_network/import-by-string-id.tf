import {
  to = thatdot_network.demo
  id = "demo"
}
