"""CloudWatch Logs: what moto accepts and AWS does not."""

from moto.logs.models import logs_backends

from stand_in.departures import answers, guards
from stand_in.errors import AwsError
from stand_in.paging import page

_RETENTION = "1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653"


@guards("logs", "PutRetentionPolicy")
def put_retention_policy(call):
    """The model knows no list of days; AWS takes only these."""
    days = call.params["retentionInDays"]
    if str(days) not in _RETENTION.split():
        message = (
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{_RETENTION.replace(' ', ', ')}]"
        )
        raise AwsError("InvalidParameterException", message)


@guards("logs", "CreateLogGroup")
def create_log_group(call):
    if call.params["logGroupName"] in logs_backends[call.account][call.region].groups:
        raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")


@guards("logs", "TagResource", "UntagResource", "ListTagsForResource")
def tagged_group_exists(call):
    name = call.params["resourceArn"].partition(":log-group:")[2]
    if name and name not in logs_backends[call.account][call.region].groups:
        raise AwsError("ResourceNotFoundException", "The specified resource does not exist.")


@answers("logs", "DescribeLogGroups")
def describe_log_groups(call):
    """By a prefix, or by whole names, of which moto takes no notice."""
    params, groups = call.params, logs_backends[call.account][call.region].groups
    names = params.get("logGroupIdentifiers")
    if names and (len(names) > 50 or {"logGroupNamePrefix", "logGroupNamePattern"} & set(params)):
        raise AwsError("InvalidParameterException", "logGroupIdentifiers: up to 50 names, beside no prefix or pattern.")
    prefix = params.get("logGroupNamePrefix", "")
    found = [groups[name] for name in sorted(groups) if (name in names if names else name.startswith(prefix))]
    shown, rest = page(found, params, 50, 50, "limit", "nextToken")
    return {"logGroups": [group.to_describe_dict() for group in shown], **rest}
