"""``python -m stand_in.account``: the inventory of a real account, in the region and with the credentials that the
environment names. It only reads.
"""

import functools
import json
import os

import boto3

from stand_in import inventory


def main():
    """Prints every live object as ``kind id``, in JSON."""
    # By that name every other AWS tool takes it, and boto3 does not.
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    client = functools.cache(session.client)
    found = inventory.inventory(lambda _region: client, [session.region_name], inventory.SERVICES)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
