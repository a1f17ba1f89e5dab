"""The figures of a run and the arithmetic on them: the best of the rounds, ratios, goals, floors."""
import math
import statistics

LESS, MORE = "less", "more"
BEST = "best"  # the best of the other programs


class Goal:
    """How Leaf's figure shall compare: with a program's or the best other's, or by itself (of None)."""

    def __init__(self, value, of=BEST):
        self.value, self.of = value, of


class Row:
    """One line of the tables. The first goal is the one that floors are about.

    The best of the rounds counts, as others' work only adds to a cost; where what is measured errs to both sides
    (`median`), the median.
    """

    def __init__(self, key, title, unit, goals=(), better=LESS, digits=2, of=BEST, median=False):
        self.key, self.title, self.unit, self.better, self.digits = key, title, unit, better, digits
        self.goals = list(goals)
        self.of_rounds = statistics.median if median else min if better == LESS else max
        self.reference = self.goals[0].of if self.goals else of

    def shown(self, value):
        return "none" if value is None else f"{value:,.{self.digits}f}"

    def sign(self):
        return "<=" if self.better == LESS else ">="

    def reaches(self, value, limit):
        """Whether the value, to two places, is on the right side of the limit."""
        rounded = round(value, 2)
        return rounded <= limit if self.better == LESS else rounded >= limit


class Figures:
    """What was measured, by row and program; and what could not be, with the reason."""

    def __init__(self):
        self.rows = {}
        self.measured = {}
        self.failures = {}
        self.skipped = []
        self.growth = {}  # what: {program: {size: {name: figure}}}
        self.pieces = []  # of JMH

    def declare(self, row):
        """Makes the row part of the run, in this order, whether or not it gets figures."""
        self.rows.setdefault(row.key, row)
        return row

    def note(self, key, program, value):
        """The measurement of one round; they count for nothing when one fails."""
        if not math.isfinite(value):
            raise ValueError(f"{key} of {program} is {value}")
        if (key, program) in self.failures:
            return
        self.measured.setdefault(key, {}).setdefault(program, []).append(value)

    def fail(self, key, program, why):
        """The program could not do the work: what it managed before counts no more."""
        self.failures.setdefault((key, program), why)
        self.measured.get(key, {}).pop(program, None)

    def failed(self, key, program):
        return (key, program) in self.failures

    def of(self, key, program):
        """What counts of the rounds, or None."""
        rounds = self.measured.get(key, {}).get(program)
        return self.rows[key].of_rounds(rounds) if rounds else None

    def programs(self, key):
        return list(self.measured.get(key, {}))

    def values(self):
        """All figures, by row and program."""
        return {key: {p: self.of(key, p) for p in self.programs(key)} for key in self.rows}

    def best_other(self, key):
        """The name and figure of the best program that is not Leaf; None, None without one."""
        others = {n: self.of(key, n) for n in self.programs(key) if n.split(" ")[0] != "leaf"}
        if not others:
            return None, None
        name = (min if self.rows[key].better == LESS else max)(others, key=others.get)
        return name, others[name]

    def ratio(self, key, of):
        """Leaf's figure divided by the reference's; by 1 when there is none; None when it cannot be told."""
        leaf = self.of(key, "leaf")
        if leaf is None:
            return None
        if of is None:
            return leaf
        other = self.best_other(key)[1] if of == BEST else self.of(key, of)
        return None if not other else leaf / other


class Verdicts:
    """The floors of the run that do not hold, and those that could not be looked at."""

    def __init__(self, figures, floors, kind):
        self.behind, self.unchecked = [], []
        for key, row in figures.rows.items():
            floor = floors.get(key)
            if floor is None:
                continue
            limit, of = floor[kind], row.reference
            ratio = figures.ratio(key, of)
            if ratio is not None:
                if not row.reaches(ratio, limit):
                    self.behind.append(
                        f"{key}: {ratio:.2f}{compared(of)}, the floor is {row.sign()} {limit:.2f}; "
                        f"{abs(ratio / limit - 1) * 100:.0f} % behind")
            elif figures.of(key, "leaf") is None and figures.failed(key, "leaf"):
                self.behind.append(f"{key}: Leaf failed: {figures.failures[key, 'leaf']}")
            else:
                self.unchecked.append(f"{key}: nothing to compare with ({of or 'no figure of Leaf'})")


def compared(of):
    """How a ratio's reference is told behind it."""
    return "" if of is None else " of the best other" if of == BEST else f" of {of}"


def check_floors(floors, rows):
    """Says what is wrong with the floors' file, or None."""
    for key, floor in floors.items():
        if key not in rows:
            return f"'{key}' is no row; there are {', '.join(rows)}"
        if not isinstance(floor, dict) or set(floor) != {"full", "quick"}:
            return f"'{key}' needs exactly 'full' and 'quick'"
        for kind, limit in floor.items():
            if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit > 0:
                return f"'{key}' has {limit!r} as {kind}, not a number above 0"
    return None
