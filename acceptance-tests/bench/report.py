"""BENCHMARKS.md, and the timelines in docs/images/."""

from bench import SOURCE, build, counts, lives, many, peers, size, timeline
from bench.table import HEAD, table

IMAGES = SOURCE / "docs/images"

INTRODUCTION = """# Benchmarks

Written by `make bench`; do not edit. Every figure is a ratio of two things measured in one run on one machine, turn by turn
where both are short. No test depends on any of it.

```sh
make bench                       # everything but the clean build, which is: make bench PARTS=clean
make bench PARTS="start plan"    # one part again; what the others measured stays
```

Measured on {machine}.

AWS is the local stand-in, made to answer each call after 100 ms, its own work included, and to do in a hundredth of the
time what AWS does by itself: a wait costs one look, and what counts is calls and which of them wait for each other. The
*critical path* is the longest chain of calls that depend on each other: those of one component one after the other as the
provider makes them, those of a component after those of what it refers to, as the provider's log tells. Times are from
Terraform's own messages (`apply_start` to `apply_complete`).
"""

TIMELINES = """## Where the time goes

One create of each product with every block on. A bar is a component, from where it may start to where what refers to it may;
a stroke is an AWS call; red is what the end waited for.
"""

MANY = """## One, ten and a hundred deployments

What a plan without changes asks of AWS, by the number of detectors in the configuration. Terraform works on ten resources at
once; reads that come together are made together.
"""


def write(measured, provider):
    """Writes the page from what each part measured."""
    rows, sections, machine = [], [], next(iter(measured.values()))[0]
    found = {part: it for part, (_, it) in measured.items()}
    for part in ("start", "plan"):
        rows += found.get(part, [])
    if told := found.get("lives"):
        rows += lives.rows(told)
        rows += counts.rows(told)
        sections += [_timelines(told), counts.section(told)]
    if told := found.get("peers"):
        rows += peers.rows(told)
    if told := found.get("many"):
        rows += many.rows(told)
        sections.append(MANY + "\n" + many.section(told))
    rows += size.rows(provider, found.get("lives", {}))
    rows += build.rows(found)
    page = [INTRODUCTION.format(machine=machine), table(HEAD, [row.told() for row in rows]), *sections]
    (SOURCE / "BENCHMARKS.md").write_text("\n\n".join(part.strip() for part in page) + "\n")


def _timelines(told):
    IMAGES.mkdir(parents=True, exist_ok=True)
    parts = [TIMELINES]
    for product, (_, lives_) in told.items():
        name = f"create-{product.lower().replace(' ', '-')}.svg"
        life, calls, begin = lives_["create"]
        (IMAGES / name).write_text(timeline.draw(product, life, calls, begin))
        parts.append(f"![One create of {product}](docs/images/{name})\n")
    return "\n".join(parts)
