"""What a container registry holds, read from its own files: Debian's ``docker-registry`` keeps them in a folder.

The tests run such a registry and tell the stand-in of it (``POST /_stand-in/registry``); ECR's calls are then answered
from what was really pushed there. Layout: distribution 2.8, ``registry/storage/paths.go``.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

# Where blobs are read from, by who was given a URL.
DOWNLOADS = "/_stand-in/downloads/"
INDICES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")


@dataclass
class Registry:
    """A running registry: where it answers, where its files are, and the password of the user ``AWS``."""

    url: str
    storage: str
    password: str

    def repository(self, name):
        return Repository(Path(self.storage) / "docker/registry/v2", name)

    def blob(self, digest):
        """The bytes of a blob of whatever repository."""
        digits = digest.removeprefix("sha256:")
        return (Path(self.storage) / "docker/registry/v2/blobs/sha256" / digits[:2] / digits / "data").read_bytes()


class Repository:
    """One repository's images: manifests by digest, and the tags that point at them."""

    def __init__(self, root, name):
        self._root, self._folder = root, root / "repositories" / name
        self._manifests = self._folder / "_manifests"

    def tags(self):
        """Tag -> digest."""
        links = self._manifests.glob("tags/*/current/link")
        return {link.parent.parent.name: link.read_text() for link in links}

    def digests(self):
        """Every image, tagged or not."""
        links = self._manifests.glob("revisions/sha256/*/link")
        return sorted(link.read_text() for link in links)

    def tags_of(self, digest):
        return sorted(tag for tag, of in self.tags().items() if of == digest)

    def manifest(self, digest):
        """The manifest's text."""
        digits = digest.removeprefix("sha256:")
        return (self._root / "blobs/sha256" / digits[:2] / digits / "data").read_text()

    def has_blob(self, digest):
        """Whether a layer or an image's configuration was pushed to it."""
        return (self._folder / "_layers/sha256" / digest.removeprefix("sha256:") / "link").is_file()

    def media_type(self, digest):
        manifest = json.loads(self.manifest(digest))
        usual = INDICES[0] if "manifests" in manifest else "application/vnd.oci.image.manifest.v1+json"
        return manifest.get("mediaType", usual)

    def size(self, digest):
        manifest = json.loads(self.manifest(digest))
        parts = [*manifest.get("layers", []), manifest.get("config"), *manifest.get("manifests", [])]
        return sum(part["size"] for part in parts if part)

    def pointed_at_by(self, digest):
        """The indices that point at an image."""
        indices = (of for of in self.digests() if self.media_type(of) in INDICES)
        return [of for of in indices if any(part["digest"] == digest for part in self._parts(of))]

    def untag(self, tag):
        shutil.rmtree(self._manifests / "tags" / tag)

    def delete(self, digest):
        """Forgets an image and its tags."""
        for tag in self.tags_of(digest):
            self.untag(tag)
        shutil.rmtree(self._manifests / "revisions/sha256" / digest.removeprefix("sha256:"))

    def delete_all(self):
        shutil.rmtree(self._folder, ignore_errors=True)

    def moved_tags(self):
        """The tags that have pointed at more than one image."""
        histories = {folder.name: list(folder.glob("index/sha256/*")) for folder in self._manifests.glob("tags/*")}
        return sorted(tag for tag, history in histories.items() if len(history) > 1)

    def _parts(self, digest):
        return json.loads(self.manifest(digest)).get("manifests", [])


_running = None


def running():
    """The registry that the tests told of; None where there is none."""
    return _running


def use(body):
    """Answers ECR's calls from that registry from now on; from moto's own images again where ``body`` is None."""
    global _running
    _running = Registry(**body) if body else None
