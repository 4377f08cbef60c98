"""What cfn-lint and checkov find in templates. Reads them by their names, ``{"detector": {...}}``, from standard input and
prints the findings: ``checker``, ``rule``, ``type`` of resource, what it ``says``, and ``where`` it is found.
"""

import json
import logging
import os
import pathlib
import sys
import tempfile

# Nothing is asked of anybody's service.
os.environ.update(CKV_IGNORE_HIDDEN_DIRECTORIES="false", LOG_LEVEL="ERROR")
logging.disable(logging.WARNING)

from cfnlint.api import lint_by_config
from cfnlint.config import ManualArgs
from checkov.cloudformation.runner import Runner
from checkov.runner_filter import RunnerFilter


def main():
    templates = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        for name, template in templates.items():
            pathlib.Path(folder, f"{name}.json").write_text(json.dumps(template, indent=1))
        findings = [*by_cfn_lint(folder, templates), *by_checkov(folder)]
    print(json.dumps(findings))


def by_cfn_lint(folder, templates):
    for name, template in templates.items():
        for match in lint_by_config(ManualArgs(templates=[f"{folder}/{name}.json"])):
            path = [str(step) for step in match.path or []]
            resource = path[1] if path[:1] == ["Resources"] and len(path) > 1 else None
            kind = template["Resources"][resource]["Type"] if resource else ""
            where = f"{name}: {'/'.join(path)}"
            yield {"checker": "cfn-lint", "rule": match.rule.id, "type": kind, "says": match.message, "where": where}


def by_checkov(folder):
    report = Runner().run(root_folder=folder, runner_filter=RunnerFilter(framework=["cloudformation"]))
    # A checker that read nothing finds nothing.
    assert report.passed_checks, "checkov checked nothing"
    for record in report.failed_checks:
        kind, _, resource = record.resource.rpartition(".")
        where = f"{pathlib.Path(record.file_path).stem}: {resource}"
        said = {"rule": record.check_id, "type": kind, "says": record.check_name, "where": where}
        yield {"checker": "checkov"} | said


if __name__ == "__main__":
    main()
