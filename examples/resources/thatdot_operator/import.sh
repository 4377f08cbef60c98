# An operator is imported by its name.
terraform import thatdot_operator.admin private-ai-admin
