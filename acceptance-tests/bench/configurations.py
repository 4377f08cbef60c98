"""What is deployed: a plain detector, and both products with every block on."""

from cryptography.hazmat.primitives.asymmetric import ec

from bench import certificate

REQUIRED = {"terraform": {"required_providers": {"thatdot": {"source": "thatdot/thatdot"}}}}
DETECTOR = "thatdot_detector_deployment"
PRIVATEAI = "thatdot_privateai_deployment"


def of(kind, **resources):
    """A configuration of resources of that kind, by their labels."""
    return REQUIRED | {"resource": {kind: resources}}


def plain(vpc, name="fraud"):
    """A detector on Fargate in private subnets."""
    return {"name": name, "vpc_id": vpc["vpc_id"], "subnet_ids": vpc["private_subnet_ids"]}


def persistent(vpc, name="fraud"):
    """The same with a volume and somebody to let in: what the scripts of the peers make, too."""
    return plain(vpc, name) | {"persistence": {}, "ingress": {"cidr_blocks": ["203.0.113.0/24"]}}


def many(vpc, count):
    """So many plain detectors."""
    return of(DETECTOR, **{f"d{number}": plain(vpc, f"fraud-{number}") for number in range(count)})


def _balanced(own):
    return {
        "certificate_arn": own["certificate"],
        "web_acl_arn": own["web_acl"],
        "access_logs": {"bucket": "balancer-logs"},
    }


def whole_detector(vpc, own):
    """A detector with every block."""
    resource = persistent(vpc, "whole") | {
        "capacity": {"max_size": 2},
        "persistence": {"access_point": {"path": "/detector", "uid": 1000, "gid": 1000}},
        "load_balancer": _balanced(own),
    }
    return of(DETECTOR, this=resource)


def whole_privateai(vpc, own):
    """A Private AI with every block."""
    resource = {
        "name": "deid",
        "vpc_id": vpc["vpc_id"],
        "private_subnet_ids": vpc["private_subnet_ids"],
        "public_subnet_ids": vpc["public_subnet_ids"],
        "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu",
        "capacity": {"max_size": 2, "notification_topic_arn": own["topic"]},
        "ordered_placement_strategy": [{"type": "binpack", "field": "memory"}],
        "license": {"content_wo": "{}", "content_wo_version": 1, "on": "efs"},
        "load_balancer": _balanced(own),
        "api_gateway": {
            "authorization": "JWT",
            "jwt_issuer": "https://issuer.example.com",
            "jwt_audience": ["deid"],
            "tls_server_name": "deid.example.com",
        },
        "bastion": {"ingress_cidr_blocks": ["203.0.113.4/32"]},
        "autoscaling": {"max_count": 2, "cpu_percent": 70, "memory_percent": 80, "requests_per_task": 1000},
    }
    return of(PRIVATEAI, this=resource)


WHOLE = {"detector": whole_detector, "Private AI": whole_privateai}


def what_users_bring(stand_in):
    """A certificate, a web ACL and a topic, by what they are for."""
    metric = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "guards"}
    shown, key = certificate.make("deid.example.com", ec.SECP256R1())
    uploaded = stand_in.client("iam").upload_server_certificate(
        ServerCertificateName="deid", CertificateBody=shown, PrivateKey=key
    )
    web_acl = stand_in.client("wafv2").create_web_acl(
        Name="guards", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=metric
    )
    return {
        "certificate": uploaded["ServerCertificateMetadata"]["Arn"],
        "web_acl": web_acl["Summary"]["ARN"],
        "topic": stand_in.client("sns").create_topic(Name="hosts")["TopicArn"],
    }
