"""What a run has shown, as Markdown with plots: docs/benchmarks.md and the same tables on the terminal."""
import svg
from figures import BEST, compared
from rows import SECTIONS

# Fewer connections open in less than a few ticks of the clock that CPU is told by.
MIN_OPENED = 100
HEAD = """# Benchmarks

Written by `bench/run`; [the bench](../bench/README.md) says how it measures. Absolute figures differ from
machine to machine: read the ratios, which compare programs within one run.
"""


def table(head, lines):
    rows = ["| " + " | ".join(str(c) for c in cells) + " |" for cells in lines]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *rows])


def goal_text(row, goal):
    unit = f" {row.unit}" if goal.of is None and row.unit != "ratio" else ""
    return f"{row.sign()} {goal.value:g}{unit}{compared(goal.of)}"


def judged(figures):
    """Each goal: its row, the goal, Leaf's ratio or None, and whether it was reached."""
    for key, row in figures.rows.items():
        for goal in row.goals:
            if goal.of not in (None, BEST) and figures.of(key, goal.of) is None and goal is not row.goals[0]:
                continue  # a further goal about a program that is not there
            ratio = figures.ratio(key, goal.of)
            yield row, goal, ratio, ratio is not None and row.reaches(ratio, goal.value)


def section_table(figures, rows):
    """The rows of one section, a column for each program."""
    names = sorted(dict.fromkeys(n for row in rows for n in known(figures, row.key)), key=lambda n: n != "leaf")
    lines = []
    for row in rows:
        other, _ = figures.best_other(row.key)
        verdicts = [(f"{ratio:.2f}" if goal.of else "") + f" (goal {goal_text(row, goal)}"
                    + (")" if reached else ", **missed**)") if ratio is not None else f"- (goal {goal_text(row, goal)})"
                    for r, goal, ratio, reached in judged(figures) if r is row]
        if not verdicts and other and figures.of(row.key, "leaf") is not None:
            verdicts = [f"{figures.ratio(row.key, BEST):.2f}"]
        lines.append([row.title, row.unit, *(cell(figures, row, n) for n in names), other or "-",
                      "; ".join(v.strip() for v in verdicts) or "-"])
    return table(["work", "unit", *names, "best other", "Leaf's ratio"], lines)


def known(figures, key):
    return [*figures.programs(key), *(p for k, p in figures.failures if k == key)]


def cell(figures, row, program):
    return "failed" if figures.failed(row.key, program) else row.shown(figures.of(row.key, program))


def growth_tables(figures):
    held = figures.growth.get("connections", {})
    for what, field, digits in (("KiB of memory for each", "kib_each", 1), ("CPU us to open one", "open_cpu_us", 0),
                                ("CPU us for an echo, all open", "echo_cpu_us", 1),
                                ("p99 of an echo, us", "echo_p99_us", 0)):
        if held:
            sizes = sorted({n for line in held.values() for n in line})
            yield f"{what}, by connections open\n\n" + table(
                ["program", *(f"{n:,}" for n in sizes)],
                [[name, *(size_cell(line, n, field, digits) for n in sizes)] for name, line in held.items()])
    nodes = figures.growth.get("nodes", {}).get("leaf", {})
    if nodes:
        yield "A round of health checks, each node over TCP and UDP, through Shadowsocks\n\n" + table(
            ["nodes", "CPU ms of a round", "CPU us for each"],
            [[n, f"{v['round_ms']:.1f}", f"{v['each_us']:.0f}"] for n, v in nodes.items()])
    for n, v in figures.growth.get("p99", {}).get("leaf", {}).items():
        yield (f"Echoes of 64 B at 8 streams of one every 2 ms: p99 {v['alone_us']:.0f} us through Leaf, and "
               f"{v['beside_us']:.0f} us while the health of {n} nodes is asked, all at once, every second. Past "
               f"Leaf, straight to the destination, {v['direct_alone_us']:.0f} and {v['direct_beside_us']:.0f} us: "
               "the machine is busy with the checks, their server and their target too. The best of each; the "
               "ratios above are the medians of the pairs.")


def size_cell(line, size, field, digits):
    """What opening a few costs is less than a tick of the clock that CPU is told by."""
    if size not in line:
        return "failed"
    return "-" if field == "open_cpu_us" and size < MIN_OPENED else f"{line[size][field]:,.{digits}f}"


def tables(figures, by_section):
    """Each section that was measured: its name and its text."""
    for section, title in SECTIONS.items():
        rows = [r for r in by_section[section] if r.key in figures.rows and known(figures, r.key)]
        parts = [section_table(figures, rows)] if rows else []
        if section == "connections":
            parts += [t for t in growth_tables(figures) if not t.startswith(("A round", "Echoes"))]
        if section == "nodes":
            parts += [t for t in growth_tables(figures) if t.startswith(("A round", "Echoes"))]
        if section == "jmh" and figures.pieces:
            parts.append(table(
                ["piece", "ns each", "bytes allocated each", "at most"],
                [[p.name, f"{p.nanos:,.0f}", f"{p.bytes:,.0f}",
                  f"{p.limit:,}" + ("" if p.holds() else " **exceeded**")] for p in figures.pieces]))
        if parts:
            yield title, "\n\n".join(parts)


def missed(figures):
    for row, goal, ratio, reached in judged(figures):
        if ratio is not None and not reached:
            value = row.shown(ratio) + ("" if row.unit == "ratio" else f" {row.unit}") if goal.of is None \
                else f"{ratio:.2f}{compared(goal.of)}"
            yield f"{row.key} ({row.title}): {value}, the goal is {goal_text(row, goal)}"


def troubles(figures):
    """What could not be measured, each program's failures of one reason in one line."""
    reasons = {}
    for (key, program), why in figures.failures.items():
        reasons.setdefault((program, why), []).append(key)
    yield from (f"{program}, {', '.join(keys)}: {why}" for (program, why), keys in reasons.items())
    yield from figures.skipped


def plots(figures, by_section):
    """File name and content of each plot that there are figures for."""
    entries = []
    for row, goal, ratio, reached in judged(figures):
        if ratio is not None and goal is row.goals[0] and goal.of is not None:
            section = row.key.split("/")[0]
            entries.append((f"{section}: {row.title}, {row.unit}", ratio, goal.value, reached))
    if entries:
        yield "benchmarks-ratios.svg", svg.bars("Leaf's figure / the other's; the tick is the goal", entries)
    held = figures.growth.get("connections", {})
    if held:
        for name, title, field in (("memory", "Memory for each connection held, KiB", "kib_each"),
                                   ("echo", "CPU of an echo while all are open, us", "echo_cpu_us"),
                                   ("open", "CPU of opening a connection, us", "open_cpu_us")):
            yield f"benchmarks-{name}.svg", svg.curves(title, "connections open", {
                program: {n: v[field] for n, v in line.items() if field != "open_cpu_us" or n >= MIN_OPENED}
                for program, line in held.items()})
    nodes = figures.growth.get("nodes", {}).get("leaf")
    if nodes:
        yield "benchmarks-nodes.svg", svg.curves("CPU of a round of health checks, ms", "nodes", {
            "leaf": {n: v["round_ms"] for n, v in nodes.items()}})


def bullets(lines, none):
    return "\n".join(f"- {line}" for line in lines) or none


def document(figures, by_section, machine, settings, minutes, verdicts):
    images = "\n\n".join(f"![{name}]({name})" for name, _ in plots(figures, by_section))
    parts = [
        HEAD,
        table(["", ""], [[k, v] for k, v in machine] + [["Kind of run", f"{settings.described()}; {minutes:.0f} minutes"]]),
        "## Goals missed\n\n" + bullets(missed(figures), "None."),
        "## What could not be measured\n\n" + bullets(troubles(figures), "Everything was measured."),
        "## Floors\n\nThe ratios in [floors.json](../bench/floors.json) that did not hold:\n\n"
        + bullets([*verdicts.behind, *verdicts.unchecked], "all held."),
        images,
        *(f"## {title}\n\n{text}" for title, text in tables(figures, by_section)),
    ]
    return "\n\n".join(p.strip() for p in parts if p.strip()) + "\n"
