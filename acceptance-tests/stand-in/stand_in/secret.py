"""``python -m stand_in.secret --endpoint URL --region R``: a secret for a task to start with; prints its ARN as JSON."""

import argparse
import json

from stand_in.clients import clients


def main():
    parser = argparse.ArgumentParser(prog="stand_in.secret", description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--region", default="us-east-1")
    options = parser.parse_args()
    secrets = clients(options.endpoint, options.region)("secretsmanager")
    print(json.dumps(secrets.create_secret(Name="api-key", SecretString="opens-sesame")["ARN"]))


if __name__ == "__main__":
    main()
