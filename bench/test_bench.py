"""Tests of the bench's own arithmetic: python3 -m unittest discover bench"""
import json
import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml
from unittest import mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import jmh  # noqa: E402
import programs  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402
import svg  # noqa: E402
from figures import BEST, MORE, Figures, Goal, Row, Verdicts, check_floors  # noqa: E402
from settings import Settings, from_environment  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def figures(row, **values):
    made = Figures()
    made.declare(row)
    for program, value in values.items():
        made.note(row.key, program.replace("_", "-"), value)
    return made


class FiguresTest(unittest.TestCase):
    def test_the_best_of_the_rounds_counts(self):
        made = figures(Row("a/b", "t", "u", [Goal(1)]), leaf=3, xray=2)
        made.note("a/b", "leaf", 1)
        made.note("a/b", "leaf", 2)
        self.assertEqual(made.of("a/b", "leaf"), 1)
        more = figures(Row("a/b", "t", "u", better=MORE), leaf=3)
        more.note("a/b", "leaf", 4)
        self.assertEqual(more.of("a/b", "leaf"), 4)

    def test_the_median_counts_where_rounds_err_to_both_sides(self):
        made = figures(Row("a/b", "t", "u", median=True), leaf=-9)
        made.note("a/b", "leaf", 4)
        made.note("a/b", "leaf", 5)
        self.assertEqual(made.of("a/b", "leaf"), 4)

    def test_ratios_compare_with_the_best_other_the_named_one_or_nothing(self):
        made = figures(Row("a/b", "t", "u"), leaf=3, xray=2, sing_box=6)
        self.assertEqual(made.best_other("a/b"), ("xray", 2))
        self.assertEqual(made.ratio("a/b", BEST), 1.5)
        self.assertEqual(made.ratio("a/b", "sing-box"), 0.5)
        self.assertEqual(made.ratio("a/b", None), 3)
        self.assertIsNone(made.ratio("a/b", "v2ray"))
        more = figures(Row("a/b", "t", "u", better=MORE), leaf=3, xray=2, sing_box=6)
        self.assertEqual(more.best_other("a/b"), ("sing-box", 6))

    def test_a_peer_that_fails_once_has_no_figure_and_gets_none(self):
        made = figures(Row("a/b", "t", "u"), leaf=3, xray=2)
        made.fail("a/b", "xray", "reset")
        made.note("a/b", "xray", 1)
        self.assertIsNone(made.of("a/b", "xray"))
        self.assertIsNone(made.ratio("a/b", BEST))
        self.assertTrue(made.failed("a/b", "xray"))

    def test_what_is_no_number_is_refused(self):
        with self.assertRaises(ValueError):
            figures(Row("a/b", "t", "u"), leaf=float("inf"))


class FloorsTest(unittest.TestCase):
    FLOOR = {"a/b": {"full": 0.5, "quick": 1}}

    def verdicts(self, made, kind="full"):
        return Verdicts(made, self.FLOOR, kind)

    def test_a_ratio_on_the_floor_holds_and_one_behind_it_tells_by_how_much(self):
        row = Row("a/b", "t", "u", [Goal(0.4, "xray")])
        self.assertEqual(self.verdicts(figures(row, leaf=1, xray=2)).behind, [])
        behind = self.verdicts(figures(row, leaf=3, xray=4)).behind
        self.assertEqual(behind, ["a/b: 0.75 of xray, the floor is <= 0.50; 50 % behind"])
        self.assertEqual(self.verdicts(figures(row, leaf=3, xray=4), "quick").behind, [])

    def test_more_is_better_for_throughput(self):
        row = Row("a/b", "t", "u", [Goal(1)], MORE)
        self.assertEqual(self.verdicts(figures(row, leaf=6, xray=4)).behind, [])
        self.assertEqual(len(self.verdicts(figures(row, leaf=1, xray=4)).behind), 1)

    def test_without_a_peer_it_is_not_checked_and_a_failing_leaf_is_behind(self):
        row = Row("a/b", "t", "u", [Goal(0.4, "xray")])
        alone = self.verdicts(figures(row, leaf=1))
        self.assertEqual((alone.behind, len(alone.unchecked)), ([], 1))
        failed = figures(row, leaf=1, xray=4)
        failed.fail("a/b", "leaf", "it hung")
        self.assertEqual(self.verdicts(failed).behind, ["a/b: Leaf failed: it hung"])

    def test_the_file_is_about_rows_that_there_are(self):
        keys = [r.key for quick in (True, False) for s in rows.rows(Settings(quick)).values() for r in s]
        self.assertIsNone(check_floors(json.loads((HERE / "floors.json").read_text()), keys))

    def test_a_wrong_file_is_told(self):
        self.assertIn("'x' is no row", check_floors({"x": {"full": 1, "quick": 1}}, ["a"]))
        self.assertIn("needs exactly", check_floors({"a": {"full": 1}}, ["a"]))
        for wrong in ("1", 0, -1, True, None):
            self.assertIn("not a number", check_floors({"a": {"full": 1, "quick": wrong}}, ["a"]))


class RowsTest(unittest.TestCase):
    def test_keys_are_unique_and_begin_with_their_section(self):
        by_section = rows.rows(Settings(False))
        keys = [r.key for s in by_section.values() for r in s]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(list(by_section), list(rows.SECTIONS))
        for section, of in by_section.items():
            self.assertTrue(all(r.key.startswith(section + "/") for r in of))

    def test_amounts_from_the_environment_are_checked(self):
        for wrong in ("x", "0", "-1", "1.5"):
            with mock.patch.dict(os.environ, BENCH_X=wrong), self.assertRaises(SystemExit) as told:
                from_environment("BENCH_X", 7)
            self.assertIn("BENCH_X", str(told.exception))
        with mock.patch.dict(os.environ, BENCH_X="3"):
            self.assertEqual(from_environment("BENCH_X", 7), 3)
        self.assertEqual(from_environment("BENCH_UNSET", 7), 7)


class PiecesTest(unittest.TestCase):
    RESULT = {"benchmark": "a.b.Some.work", "params": {"n": "10"}, "primaryMetric": {"score": 5.0},
              "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 104.5}}}

    def test_each_piece_is_held_to_its_limit(self):
        (piece,) = jmh.read([self.RESULT], {"Some.work(10)": 104})
        self.assertEqual((piece.name, piece.nanos, piece.bytes, piece.holds()), ("Some.work(10)", 5.0, 104.5, False))
        self.assertTrue(jmh.read([self.RESULT], {"Some.work(10)": 105})[0].holds())

    def test_pieces_without_limits_and_limits_without_pieces_are_told(self):
        with self.assertRaisesRegex(programs.BenchError, "Some.work.10. has no limit"):
            jmh.read([self.RESULT], {})
        with self.assertRaisesRegex(programs.BenchError, "did not run: Gone"):
            jmh.read([self.RESULT], {"Some.work(10)": 105, "Gone": 1})


class DocumentTest(unittest.TestCase):
    def document(self):
        settings = Settings(True)
        by_section = rows.rows(settings)
        made = Figures()
        for row in by_section["direct"]:
            made.declare(row)
        for program, value in (("leaf", 2), ("sing-box", 1), ("xray", 4)):
            made.note("direct/down", program, value)
            made.note("direct/down/gbit", program, value)
        made.note("direct/echo", "leaf", 2)
        made.note("direct/echo", "sing-box", 4)
        made.fail("direct/up", "xray", "it reset its clients")
        made.skipped.append("skipped: no TUN")
        held = {"kib_each": 1.5, "open_cpu_us": 9, "echo_cpu_us": 3, "echo_p99_us": 4}
        made.growth["connections"] = {"leaf": {10: held, 1000: held}, "xray": {10: held}}
        verdicts = Verdicts(made, {"direct/down": {"full": 1, "quick": 1}}, "quick")
        text = report.document(made, by_section, [("System", "x")], settings, 3, verdicts)
        return text, dict(report.plots(made, by_section))

    def test_it_says_what_was_missed_and_what_failed(self):
        text, _ = self.document()
        self.assertIn("- direct/down (download): 2.00 of the best other, the goal is <= 1 of the best other", text)
        self.assertIn("- direct/down: 2.00 of the best other, the floor is <= 1.00; 100 % behind", text)
        self.assertIn("- xray, direct/up: it reset its clients", text)
        self.assertIn("- skipped: no TUN", text)
        self.assertIn("| upload | CPU s/GiB | none | none | failed | - |", text)
        self.assertNotIn("- direct/echo", text)
        self.assertIn("| echo of 64 B, 8 streams | CPU us each | 2.0 | 4.0 | none | sing-box | 0.50 (goal", text)

    def test_every_plot_it_shows_is_written_and_is_xml(self):
        text, plots = self.document()
        self.assertEqual(set(plots), {f"benchmarks-{n}.svg" for n in ("ratios", "memory", "echo", "open")})
        for name, content in plots.items():
            self.assertIn(f"({name})", text)
            self.assertTrue(xml.fromstring(content).tag.endswith("svg"))

    def test_curves_and_bars_stand_in_the_picture(self):
        content = svg.curves("<t> & u", "n", {"a": {1: 0.001, 9000: 50}, "b": {10: 0}})
        for circle in xml.fromstring(content).iter("{http://www.w3.org/2000/svg}circle"):
            self.assertTrue(0 < float(circle.get("cx")) < 640 and 0 < float(circle.get("cy")) < 340)
        for value in (0.0001, 1, 5000):
            picture = xml.fromstring(svg.bars("t", [("a", value, 0.5, False)]))
            bar = picture.findall("{http://www.w3.org/2000/svg}rect")[1]
            self.assertTrue(0 < float(bar.get("x")) and float(bar.get("x")) + float(bar.get("width")) < 900)


if __name__ == "__main__":
    unittest.main()
