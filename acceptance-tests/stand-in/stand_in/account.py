"""``python -m stand_in.account``: the inventory of a real account, in the region and with the credentials that the
environment names. It only reads.
"""

import functools
import json

import boto3

from stand_in import inventory


def main():
    """Prints every live object as ``kind id``, in JSON."""
    session = boto3.Session()
    client = functools.cache(session.client)
    found = inventory.inventory(lambda _region: client, [session.region_name], inventory.SERVICES)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
