# A deployment is imported by its name.
terraform import thatdot_privateai_deployment.deid deid
