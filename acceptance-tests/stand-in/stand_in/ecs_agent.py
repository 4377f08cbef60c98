"""What an instance's user data tells its ECS agent: the lines that it writes to the agent's configuration."""

import re

_FILE = r"['\"]?/etc/ecs/ecs\.config['\"]?"
_ECHO = re.compile(
    rf"^\s*(?:sudo\s+)?(?:echo|printf)\s+(?:-\w+\s+)?(?P<text>.+?)\s*>>?\s*{_FILE}\s*;?\s*$", re.MULTILINE
)
_PIPED = re.compile(
    rf"^\s*(?:echo|printf)\s+(?:-\w+\s+)?(?P<text>.+?)\s*\|\s*(?:sudo\s+)?tee\s+(?:-a\s+)?{_FILE}", re.MULTILINE
)
_HEREDOC = re.compile(
    rf"^\s*(?:sudo\s+)?(?:cat|tee)\b(?=[^\n]*{_FILE})[^\n]*<<-?\s*['\"]?(?P<end>\w+)['\"]?[^\n]*\n(?P<text>.*?)^\s*(?P=end)\s*$",
    re.MULTILINE | re.DOTALL,
)
_GROUP = re.compile(rf"\{{(?P<text>[^{{}}]*)\}}\s*>>?\s*{_FILE}", re.DOTALL)
_ASSIGNMENT = re.compile(r"\b(?P<name>ECS_[A-Z_]+)=(?P<value>[^\s'\"\\;]*)")


def configuration(user_data):
    """The agent's settings by their names, such as ``ECS_CLUSTER``. What cloud-init would not run sets nothing."""
    if not user_data or not user_data.startswith(("#!", "MIME-Version", "Content-Type: multipart")):
        return {}
    lines = "\n".join(line for line in user_data.splitlines() if not line.lstrip().startswith("#"))
    written = [found for form in (_ECHO, _PIPED, _HEREDOC, _GROUP) for found in form.finditer(lines)]
    settings = {}
    for found in sorted(written, key=lambda match: match.start()):
        text = found["text"]
        if found.re is not _HEREDOC:  # the shell takes its quotes away; in a document they would stay
            text = text.replace("'", "").replace('"', "")
        settings |= {item["name"]: item["value"] for item in _ASSIGNMENT.finditer(text)}
    return settings
