"""Plots as SVG: bars of ratios, and curves on logarithmic axes. Nothing but text is needed to write them."""
import math
from xml.sax.saxutils import escape

GOOD, BAD, PLAIN, GRID = "#2a7f62", "#b5442e", "#4a6fa5", "#d8d8d8"
COLOURS = ["#2a7f62", "#4a6fa5", "#c98a1b", "#8a4f9e", "#777777", "#b5442e"]
STYLE = ('<style>text{font:12px sans-serif;fill:#333}.title{font-size:14px;font-weight:bold}'
         '.end{text-anchor:end}.middle{text-anchor:middle}</style>')


def picture(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}">{STYLE}<rect width="{width}" height="{height}" fill="white"/>\n'
            + "\n".join(parts) + "\n</svg>\n")


def text(x, y, content, css=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}">{escape(str(content))}</text>'


def line(x1, y1, x2, y2, colour, more=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def label(value):
    """A number for beside a bar."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"


def bars(title, entries):
    """Bars of (name, value, goal or None, reached or None) on one logarithmic axis from 0.1 to 10.

    A tick on the bar's row is its goal. What lies outside the axis ends at its edge, with its number beside.
    """
    left, right, row, top, low, high = 350, 70, 20, 56, 0.1, 10
    width, height = 900, top + row * len(entries) + 16
    span = width - left - right

    def at(value):
        clipped = min(max(value, low), high)
        return left + span * (math.log10(clipped) - math.log10(low)) / (math.log10(high) - math.log10(low))

    parts = [text(10, 20, title, "title")]
    for mark in (0.1, 0.2, 0.5, 1, 2, 5, 10):
        parts.append(line(at(mark), top - 8, at(mark), height - 12, "#888" if mark == 1 else GRID))
        parts.append(text(at(mark), top - 12, f"{mark:g}", "middle"))
    for i, (name, value, goal, reached) in enumerate(entries):
        y = top + row * i
        colour = PLAIN if reached is None else GOOD if reached else BAD
        begin, end = sorted((at(1), at(value)))
        parts.append(text(left - 8, y + 13, name, "end"))
        parts.append(f'<rect x="{begin:.1f}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="13" fill="{colour}"/>')
        parts.append(text(end + 5 if value >= 1 else at(1) + 5, y + 13, label(value)))
        if goal is not None:
            parts.append(line(at(goal), y, at(goal), y + row - 1, "#111", 'stroke-width="2"'))
    return picture(width, height, parts)


def curves(title, x_name, series):
    """Lines of {name: {x: y}} with logarithmic axes; x and y above 0."""
    width, height, left, right, top, bottom = 640, 340, 70, 130, 40, 44
    points = [(x, y) for line_ in series.values() for x, y in line_.items() if y > 0]
    if not points:
        return picture(width, height, [text(10, 20, title, "title"), text(10, 60, "no figures")])
    ranges = [decades([p[axis] for p in points]) for axis in (0, 1)]

    def at(x, y):
        place = [(math.log10(v) - lo) / (hi - lo) for v, (lo, hi) in zip((x, y), ranges)]
        return left + (width - left - right) * place[0], height - bottom - (height - top - bottom) * place[1]

    parts = [text(10, 20, title, "title"), text((left + width - right) / 2, height - 8, x_name, "middle")]
    for power in range(ranges[0][0], ranges[0][1] + 1):
        x, y = at(10 ** power, 10 ** ranges[1][0])
        parts += [line(x, top, x, y, GRID), text(x, y + 16, f"{10 ** power:,}", "middle")]
    for power in range(ranges[1][0], ranges[1][1] + 1):
        x, y = at(10 ** ranges[0][0], 10 ** power)
        parts += [line(x, y, width - right, y, GRID), text(x - 6, y + 4, f"{10.0 ** power:g}", "end")]
    for i, (name, values) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        spots = [at(x, y) for x, y in sorted(values.items()) if y > 0]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
                     + " ".join(f"{x:.1f},{y:.1f}" for x, y in spots) + '"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        parts += [line(width - right + 12, top + 18 * i, width - right + 32, top + 18 * i, colour, 'stroke-width="2"'),
                  text(width - right + 38, top + 4 + 18 * i, name)]
    return picture(width, height, parts)


def decades(values):
    """The powers of ten around the values, at least one apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
