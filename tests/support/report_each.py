"""A pytest plugin for tests/run.py: one JSON line per test into $AETHER_TEST_REPORT, and $ONLY as a glob over names."""
import fnmatch
import json
import os


def pytest_collection_modifyitems(config, items):
    only = os.environ.get("ONLY")
    if only:
        keep = [item for item in items
                if fnmatch.fnmatchcase(item.name, only) or fnmatch.fnmatchcase(item.originalname, only)]
        config.hook.pytest_deselected(items=[item for item in items if item not in keep])
        items[:] = keep


def pytest_runtest_logreport(report):
    if report.when != "call" and report.passed:
        return
    if report.skipped:
        detail = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    else:
        detail = report.longreprtext + "".join(f"\n--- {title}\n{text}" for title, text in report.sections)
    name = report.nodeid.rpartition("::")[2] + ("" if report.when == "call" else f" ({report.when})" if report.failed else "")
    with open(os.environ["AETHER_TEST_REPORT"], "a") as sink:
        sink.write(json.dumps([name, report.outcome, detail]) + "\n")
