"""A local AWS for demos and tests: moto in one process, made as strict as AWS is.

``middleware`` lists every departure from moto; each lives in the file named for its service.
"""

import os
import sys

# Nothing is written outside of the process.
sys.dont_write_bytecode = True

# How moto is set up: it reads this when it is imported.
os.environ.update(
    MOTO_EC2_LOAD_DEFAULT_AMIS="false",
    MOTO_IAM_LOAD_MANAGED_POLICIES="false",
    MOTO_ECS_NEW_ARN="true",
    AWS_EC2_METADATA_DISABLED="true",
)
