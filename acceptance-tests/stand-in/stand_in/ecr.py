"""ECR: images are those that were pushed to the registry that the tests run; without one, moto's own."""

import base64
import time

from moto.ecr.models import ecr_backends

from stand_in import calls, registry
from stand_in.departures import answers, guards
from stand_in.errors import AwsError

_TOKEN_SECONDS = 12 * 3600
_PAGE = 100


@guards("ecr", "GetAuthorizationToken")
def no_other_registries(call):
    """The parameter is deprecated: a token is good for every registry."""
    if call.params.get("registryIds"):
        raise AwsError("InvalidParameterException", "The stand-in has one registry: leave registryIds out.")


@answers("ecr", "GetAuthorizationToken")
def get_authorization_token(call):
    own = registry.running()
    password = own.password if own else f"{call.account}-auth-token"
    endpoint = own.url if own else f"https://{call.account}.dkr.ecr.{call.region}.amazonaws.com"
    given = {
        "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
        "expiresAt": time.time() + _TOKEN_SECONDS,
        "proxyEndpoint": endpoint,
    }
    return {"authorizationData": [given]}


@answers("ecr", "PutImageScanningConfiguration")
def put_image_scanning_configuration(call):
    """Without a word about it, scanning on push is off; moto then leaves it as it was."""
    _repository(call)
    name = call.params["repositoryName"]
    scanning = {"scanOnPush": call.params["imageScanningConfiguration"].get("scanOnPush", False)}
    ecr_backends[call.account][call.region].repositories[name].image_scanning_configuration = scanning
    return {"registryId": call.account, "repositoryName": name, "imageScanningConfiguration": scanning}


def _repository(call):
    """The repository's files; refused where ECR has no such repository, whatever was pushed."""
    name = call.params["repositoryName"]
    if call.params.get("registryId", call.account) != call.account:
        raise AwsError(
            "AccessDeniedException", f"The stand-in has no other registries than that of account {call.account}."
        )
    known = ecr_backends[call.account][call.region].repositories.get(name)
    if known is None:
        raise AwsError(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id '{call.account}'",
        )
    own = registry.running()
    # Without a registry nothing can have been pushed.
    files = own.repository(name) if own else registry.Registry("", "/nonexistent", "").repository(name)
    if known.image_tag_mutability == "IMMUTABLE" and (moved := files.moved_tags()):
        calls.record_violations(call, [f"the tag {tag} of the immutable repository {name} was moved" for tag in moved])
    return files


def _named(files, image):
    """The digest that an image's identifier stands for; None where there is none."""
    digest, tag = image.get("imageDigest"), image.get("imageTag")
    if tag is None:
        return digest if digest in files.digests() else None
    found = files.tags().get(tag)
    return found if digest in (None, found) else None


@answers("ecr", "DescribeImages")
def describe_images(call):
    files = _repository(call)
    if wanted := call.params.get("imageIds"):
        digests = []
        for image in wanted:
            digest = _named(files, image)
            if digest is None:
                name, account = call.params["repositoryName"], call.account
                raise AwsError(
                    "ImageNotFoundException",
                    f"The image with imageId {{imageDigest:'{image.get('imageDigest', 'null')}', "
                    f"imageTag:'{image.get('imageTag', 'null')}'}} does not exist within the repository with name "
                    f"'{name}' in the registry with id '{account}'",
                )
            digests.append(digest)
    else:
        digests = files.digests()
    return {"imageDetails": [_detail(call, files, digest) for digest in digests]}


def _detail(call, files, digest):
    detail = {
        "registryId": call.account,
        "repositoryName": call.params["repositoryName"],
        "imageDigest": digest,
        "imageSizeInBytes": files.size(digest),
        "imageManifestMediaType": files.media_type(digest),
    }
    if tags := files.tags_of(digest):
        detail["imageTags"] = tags
    return detail


@answers("ecr", "ListImages")
def list_images(call):
    files = _repository(call)
    status = call.params.get("filter", {}).get("tagStatus", "ANY")
    listed = []
    for digest in files.digests():
        tags = files.tags_of(digest)
        if tags and status in ("ANY", "TAGGED"):
            listed += [{"imageDigest": digest, "imageTag": tag} for tag in tags]
        if not tags and status in ("ANY", "UNTAGGED"):
            listed.append({"imageDigest": digest})
    start = int(call.params.get("nextToken", 0))
    end = start + call.params.get("maxResults", _PAGE)
    more = {"nextToken": str(end)} if end < len(listed) else {}
    return {"imageIds": listed[start:end], **more}


@answers("ecr", "BatchGetImage")
def batch_get_image(call):
    files, images, failures = _repository(call), [], []
    accepted = call.params.get("acceptedMediaTypes")
    for image in call.params["imageIds"]:
        digest = _named(files, image)
        if digest is None:
            failures.append(_failure(image, "ImageNotFound", "Requested image not found"))
            continue
        media_type = files.media_type(digest)
        if accepted and media_type not in accepted:
            raise AwsError(
                "InvalidParameterException", f"The stand-in translates no manifest: {media_type} is not accepted."
            )
        images.append(
            {
                "registryId": call.account,
                "repositoryName": call.params["repositoryName"],
                "imageId": {**image, "imageDigest": digest},
                "imageManifest": files.manifest(digest),
                "imageManifestMediaType": media_type,
            }
        )
    return {"images": images, "failures": failures}


@answers("ecr", "GetDownloadUrlForLayer")
def get_download_url_for_layer(call):
    """On AWS the URL leads to S3; here it leads back to the stand-in. Whoever has it may read."""
    digest = call.params["layerDigest"]
    if not _repository(call).has_blob(digest):
        raise AwsError("LayersNotFoundException", f"The layer with digest '{digest}' does not exist.")
    url = f"http://{call.request.headers['Host']}{registry.DOWNLOADS}{digest}"
    return {"downloadUrl": url, "layerDigest": digest}


@answers("ecr", "BatchDeleteImage")
def batch_delete_image(call):
    files, deleted, failures = _repository(call), [], []
    for image in call.params["imageIds"]:
        digest = _named(files, image)
        if digest is None:
            failures.append(_failure(image, "ImageNotFound", "Requested image not found"))
            continue
        tags = files.tags_of(digest)
        if "imageTag" in image and len(tags) > 1:
            files.untag(image["imageTag"])
            deleted.append({"imageDigest": digest, "imageTag": image["imageTag"]})
            continue
        if indices := files.pointed_at_by(digest):
            reason = f"Requested image referenced by manifest list: [{', '.join(indices)}]"
            failures.append(_failure({"imageDigest": digest}, "ImageReferencedByManifestList", reason))
            continue
        files.delete(digest)
        deleted += [{"imageDigest": digest, "imageTag": tag} for tag in tags] or [{"imageDigest": digest}]
    return {"imageIds": deleted, "failures": failures}


def _failure(image, code, reason):
    return {"imageId": image, "failureCode": code, "failureReason": reason}


@guards("ecr", "DeleteRepository")
def delete_repository(call):
    files = _repository(call)
    if files.digests() and not call.params.get("force"):
        name = call.params["repositoryName"]
        raise AwsError(
            "RepositoryNotEmptyException",
            f"The repository with name '{name}' in registry with id '{call.account}' cannot be deleted because it "
            "still contains images",
        )
    files.delete_all()
