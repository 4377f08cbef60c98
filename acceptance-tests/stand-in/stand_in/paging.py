"""Listings in pages, whose tokens are positions."""

from stand_in.errors import AwsError


def page(items, params, default, most, size="MaxRecords", token="NextToken"):
    """``(the items of the page, a dictionary that holds the token of the next one, or nothing)``."""
    count = params.get(size, default)
    if not 1 <= count <= most:
        raise AwsError("ValidationError", f"{size} must be from 1 to {most}.")
    start = int(params.get(token) or 0)
    rest = {token: str(start + count)} if start + count < len(items) else {}
    return items[start : start + count], rest
