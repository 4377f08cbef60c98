"""The command lines of the stand-in's tools: each asks the running stand-in, whose libraries are loaded already."""

import argparse
import json
import sys
import urllib.error
import urllib.request


def run(tool, description):
    """Reads ``--endpoint`` and ``--region``, has the tool run there, and prints its answer as JSON."""
    parser = argparse.ArgumentParser(prog=f"stand_in.{tool}", description=description)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--region", action="append", help="default: us-east-1; the inventory takes several")
    options = parser.parse_args()
    body = json.dumps({"regions": options.region or ["us-east-1"]}).encode()
    request = urllib.request.Request(f"{options.endpoint}/_stand-in/{tool}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            print(json.dumps(json.load(answer), indent=1))
    except urllib.error.URLError as error:
        detail = error.read().decode() if isinstance(error, urllib.error.HTTPError) else error.reason
        sys.exit(f"stand_in.{tool}: {options.endpoint}: {detail}")
