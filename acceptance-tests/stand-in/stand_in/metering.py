"""The AWS Marketplace's meter: dry runs succeed, as they do on AWS, by an error; anything else would bill somebody."""

from stand_in import calls
from stand_in.departures import answers
from stand_in.errors import AwsError


@answers("meteringmarketplace", "MeterUsage")
def meter_usage(call):
    if not call.params.get("DryRun"):
        calls.record_violations(call, ["MeterUsage that is no dry run: somebody would be billed"])
    raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 400)
