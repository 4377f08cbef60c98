"""ECR: images are what a registry's files hold."""

import base64
import hashlib
import json
import urllib.request

import pytest

from conftest import code_of

INDEX = "application/vnd.oci.image.index.v1+json"
IMAGE = "application/vnd.oci.image.manifest.v1+json"


class Pushed:
    """A registry's folder, and pushes to it."""

    def __init__(self, folder, repository):
        self.folder = folder
        self.manifests = folder / "docker/registry/v2/repositories" / repository / "_manifests"

    def push(self, manifest, tag=None):
        text = json.dumps(manifest)
        digits = hashlib.sha256(text.encode()).hexdigest()
        digest = f"sha256:{digits}"
        self._write(self.folder / "docker/registry/v2/blobs/sha256" / digits[:2] / digits / "data", text)
        self._write(self.manifests / "revisions/sha256" / digits / "link", digest)
        if tag:
            self._write(self.manifests / "tags" / tag / "current/link", digest)
            self._write(self.manifests / "tags" / tag / "index/sha256" / digits / "link", digest)
        return digest

    def push_blob(self, text):
        digits = hashlib.sha256(text.encode()).hexdigest()
        self._write(self.folder / "docker/registry/v2/blobs/sha256" / digits[:2] / digits / "data", text)
        self._write(self.manifests.parent / "_layers/sha256" / digits / "link", f"sha256:{digits}")
        return f"sha256:{digits}"

    def _write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def image(name):
    return {"schemaVersion": 2, "mediaType": IMAGE, "config": {"size": 2, "digest": name}, "layers": []}


def index(*digests):
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"digest": d, "size": 7} for d in digests]}


@pytest.fixture
def pushed(aws, tmp_path):
    body = {"url": "http://127.0.0.1:5", "storage": str(tmp_path), "password": "secret"}
    aws.stand_in.control("POST", "registry", body)
    aws.ecr.create_repository(repositoryName=aws.unique)
    yield Pushed(tmp_path, aws.unique)
    aws.stand_in.control("DELETE", "registry")


def test_the_token_is_for_the_registry(aws, pushed):
    [given] = aws.ecr.get_authorization_token()["authorizationData"]
    assert base64.b64decode(given["authorizationToken"]) == b"AWS:secret"
    assert given["proxyEndpoint"] == "http://127.0.0.1:5"


def test_images_are_what_was_pushed(aws, pushed):
    first = pushed.push(image("a"), "1")
    second = pushed.push(image("b"), "1")
    listed = aws.ecr.list_images(repositoryName=aws.unique, filter={"tagStatus": "UNTAGGED"})["imageIds"]
    assert listed == [{"imageDigest": first}]
    [found] = aws.ecr.describe_images(repositoryName=aws.unique, imageIds=[{"imageTag": "1"}])["imageDetails"]
    assert (found["imageDigest"], found["imageTags"]) == (second, ["1"])
    [got] = aws.ecr.batch_get_image(repositoryName=aws.unique, imageIds=[{"imageDigest": first}])["images"]
    assert (got["imageManifestMediaType"], json.loads(got["imageManifest"])) == (IMAGE, image("a"))
    absent = {"repositoryName": aws.unique, "imageIds": [{"imageTag": "2"}]}
    assert code_of(aws.ecr.describe_images, **absent)[0] == "ImageNotFoundException"
    assert code_of(aws.ecr.list_images, repositoryName="other")[0] == "RepositoryNotFoundException"


def test_a_blob_is_read_by_its_url(aws, pushed):
    digest = pushed.push_blob('{"architecture": "arm64"}')
    found = aws.ecr.get_download_url_for_layer(repositoryName=aws.unique, layerDigest=digest)
    with urllib.request.urlopen(found["downloadUrl"]) as answer:
        assert answer.read() == b'{"architecture": "arm64"}'
    other = {"repositoryName": aws.unique, "layerDigest": "sha256:" + "0" * 64}
    assert code_of(aws.ecr.get_download_url_for_layer, **other)[0] == "LayersNotFoundException"
    foreign = {"registryId": "210987654321", "repositoryName": aws.unique, "imageIds": [{"imageTag": "1"}]}
    assert code_of(aws.ecr.batch_get_image, **foreign)[0] == "AccessDeniedException"


def test_an_image_goes_with_its_last_tag_and_not_before_its_index(aws, pushed):
    part = pushed.push(image("a"))
    whole = pushed.push(index(part), "1")
    pushed.push(index(part), "2")

    def delete(**image):
        return aws.ecr.batch_delete_image(repositoryName=aws.unique, imageIds=[image])

    assert delete(imageDigest=part)["failures"][0]["failureCode"] == "ImageReferencedByManifestList"
    assert delete(imageTag="1")["imageIds"] == [{"imageDigest": whole, "imageTag": "1"}]
    assert code_of(aws.ecr.delete_repository, repositoryName=aws.unique)[0] == "RepositoryNotEmptyException"
    delete(imageTag="2")
    delete(imageDigest=part)
    assert aws.ecr.list_images(repositoryName=aws.unique)["imageIds"] == []
    assert delete(imageTag="1")["failures"][0]["failureCode"] == "ImageNotFound"
    aws.ecr.delete_repository(repositoryName=aws.unique)


def test_force_deletes_what_was_pushed_too(aws, pushed):
    pushed.push(image("a"), "1")
    aws.ecr.delete_repository(repositoryName=aws.unique, force=True)
    assert not pushed.manifests.exists()


def test_a_moved_immutable_tag_is_a_violation(aws, pushed):
    aws.ecr.put_image_tag_mutability(repositoryName=aws.unique, imageTagMutability="IMMUTABLE")
    pushed.push(image("a"), "1")
    aws.ecr.list_images(repositoryName=aws.unique)
    assert aws.stand_in.control("GET", "violations") == []
    pushed.push(image("b"), "1")
    aws.ecr.list_images(repositoryName=aws.unique)
    assert "immutable" in aws.stand_in.control("GET", "violations")[0]["problem"]
    aws.stand_in.control("DELETE", "violations")
