"""``python -m stand_in [--port N]``: serves until stdin closes; prints ``{"endpoint": …}`` when it is ready."""

import argparse
import json
import sys

from stand_in.http import serve
from stand_in.middleware import StandIn


def _announce(endpoint):
    print(json.dumps({"endpoint": endpoint}), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    serve(StandIn(), parser.parse_args().port, _announce)


if __name__ == "__main__":
    sys.exit(main())
