"""AWS's refusals, as the stand-in raises them."""

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """An error answer: code, message, and whatever else the service's model puts into that error.

    ``status`` overrides the model's HTTP status.
    """

    def __init__(self, code, message, status=None, **members):
        super().__init__(code, message)
        self.status = status
        for name, value in members.items():
            setattr(self, name, value)
