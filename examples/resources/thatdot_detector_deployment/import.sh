# A deployment is imported by its name.
terraform import thatdot_detector_deployment.fraud fraud-detector
