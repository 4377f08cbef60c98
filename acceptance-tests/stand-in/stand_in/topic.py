"""``python -m stand_in.topic --endpoint URL --region R``: a topic for hosts to be told of; prints its ARN as JSON."""

import argparse
import json

from stand_in.clients import clients


def main():
    parser = argparse.ArgumentParser(prog="stand_in.topic", description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--region", default="us-east-1")
    options = parser.parse_args()
    print(json.dumps(clients(options.endpoint, options.region)("sns").create_topic(Name="hosts")["TopicArn"]))


if __name__ == "__main__":
    main()
