import {
  to = thatdot_detector_deployment.fraud
  id = "fraud-detector"
}
