"""A create, drawn: a bar for each component, a stroke for each of its calls, and what the end waited for in red."""

from html import escape

from bench import chain

ROW, LEFT, RIGHT, TOP, SECOND = 18, 300, 60, 40, 150
STYLE = """text { font: 11px sans-serif; fill: #222 } .faint { fill: #777 } .grid { stroke: #ddd }
.bar { fill: #c9d8ea } .call { fill: #5b87b8 } .critical { fill: #c8322b } svg { background: #fff }"""


def draw(product, life, calls, begin):
    """The SVG. ``calls`` are all that AWS got since ``begin``, with those that are of no component."""
    making, _ = life.steps()
    critical = chain.critical(making, life.before)
    first = min(call.begin for call in life.calls)
    looks = [(call["at"], call["at"] + call["ms"] / 1000) for call in calls if call["at"] < first - chain.TOGETHER]
    # Every component waits for these.
    rows = [("(looking at the site)", min(at for at, _ in looks), first, [], looks)] if looks else []
    for component, (start, end) in sorted(life.spans.items(), key=lambda item: (item[1][0], item[1][1])):
        mine = [call for call in making if call.component == component]
        red = [(call.begin, call.end) for call in mine if call in critical]
        rows.append((component, start, end, [(call.begin, call.end) for call in mine], red))
    last = max(end for _, _, end, _, _ in rows) - begin
    width, height = LEFT + last * SECOND + RIGHT, TOP + ROW * len(rows) + 30

    def x(at):
        return LEFT + (at - begin) * SECOND

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img">',
        f"<title>One create of {escape(product)}</title><style>{STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        (
            f'<text x="10" y="20">One create of {escape(product)}, every block on, 100 ms for each call: '
            f"{last:.2f} s. Red: what the end waited for.</text>"
        ),
    ]
    for tick in range(int(last * 2) + 1):
        at = LEFT + tick / 2 * SECOND
        parts.append(f'<line class="grid" x1="{at}" x2="{at}" y1="{TOP - 8}" y2="{height - 20}"/>')
        parts.append(f'<text class="faint" x="{at - 8}" y="{height - 6}">{tick / 2:g} s</text>')
    for number, (name, start, end, strokes, red) in enumerate(rows):
        y = TOP + ROW * number
        parts.append(f'<text x="{LEFT - 6}" y="{y + 11}" text-anchor="end">{escape(name)}</text>')
        parts.append(_bar("bar", x(start), x(end), y, 14))
        parts.extend(_bar("call", x(a), x(b), y + 3, 8) for a, b in strokes)
        parts.extend(_bar("critical", x(a), x(b), y + 3, 8) for a, b in red)
    return "\n".join([*parts, "</svg>\n"])


def _bar(kind, start, end, y, height):
    # A pixel less, so that one call can be told from the next.
    return f'<rect class="{kind}" x="{start:.1f}" y="{y}" width="{max(end - start - 1, 1):.1f}" height="{height}"/>'
