"""``python -m stand_in [--port N]``: serves until stdin closes; prints ``{"endpoint": …}`` when it is ready."""

import argparse
import json
import sys

from stand_in.http import serve


def _make_app(endpoint):
    from stand_in.middleware import StandIn

    return StandIn(endpoint)


def _announce(endpoint):
    print(json.dumps({"endpoint": endpoint}), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    serve(_make_app, parser.parse_args().port, _announce)


if __name__ == "__main__":
    sys.exit(main())
