"""Secrets: their versions by token, and the two ways in which they go."""

import uuid

from conftest import code_of, until


def test_a_token_is_the_version(aws):
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    secrets = aws.secretsmanager
    made = secrets.create_secret(Name=aws.unique, SecretString="one", ClientRequestToken=first, Tags=tags("a"))
    assert made["VersionId"] == first
    again = secrets.create_secret(Name=aws.unique, SecretString="one", ClientRequestToken=first, Tags=tags("a"))
    assert again["ARN"] == made["ARN"]
    named = {"SecretId": made["ARN"]}
    assert secrets.put_secret_value(SecretString="two", ClientRequestToken=second, **named)["VersionId"] == second
    stages = secrets.describe_secret(**named)["VersionIdsToStages"]
    assert stages == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    other = code_of(secrets.put_secret_value, SecretString="three", ClientRequestToken=second, **named)
    assert other[0] == "ResourceExistsException"
    taken = code_of(secrets.create_secret, Name=aws.unique, SecretString="x")
    assert taken == ("ResourceExistsException", f"The operation failed because the secret {aws.unique} already exists.")
    secrets.tag_resource(Tags=tags("b"), **named)
    secrets.untag_resource(TagKeys=["a"], **named)
    assert secrets.describe_secret(**named)["Tags"] == tags("b")


def tags(key):
    return [{"Key": key, "Value": "x"}]


def test_a_window_can_be_closed_again(aws):
    secrets = aws.secretsmanager
    named = {"SecretId": secrets.create_secret(Name=aws.unique, SecretString="x")["ARN"]}
    assert code_of(secrets.delete_secret, RecoveryWindowInDays=6, **named)[0] == "InvalidParameterException"
    both = {"RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": True}
    assert code_of(secrets.delete_secret, **both, **named)[0] == "InvalidParameterException"
    secrets.delete_secret(RecoveryWindowInDays=7, **named)
    assert secrets.describe_secret(**named)["DeletedDate"]
    marked = "You can't perform this operation on the secret because it was marked for deletion."
    for call in (
        lambda: secrets.get_secret_value(**named),
        lambda: secrets.put_secret_value(SecretString="y", **named),
        lambda: secrets.tag_resource(Tags=tags("a"), **named),
    ):
        assert code_of(call) == ("InvalidRequestException", marked)
    scheduled = code_of(secrets.create_secret, Name=aws.unique, SecretString="x")
    assert scheduled[0] == "InvalidRequestException" and "already scheduled for deletion" in scheduled[1]
    secrets.restore_secret(**named)
    assert secrets.get_secret_value(**named)["SecretString"] == "x"


def test_without_a_window_it_is_gone_after_a_while(aws):
    secrets = aws.secretsmanager
    named = {"SecretId": secrets.create_secret(Name=aws.unique, SecretString="x")["ARN"]}
    secrets.delete_secret(ForceDeleteWithoutRecovery=True, **named)
    soon = code_of(secrets.create_secret, Name=aws.unique, SecretString="x")
    assert "already scheduled for deletion" in soon[1]

    def refusal():
        try:
            return secrets.describe_secret(**named) and None
        except secrets.exceptions.ResourceNotFoundException as error:
            return error.response["Error"]["Message"]

    assert until(refusal, lambda text: text) == "Secrets Manager can't find the specified secret."
    secrets.create_secret(Name=aws.unique, SecretString="x")
