# SPDX-License-Identifier: MIT
"""Runs test suites several at a time, the longest first, some of them beside the build."""

import concurrent.futures
import os
import threading

from coconut_cli import hostcommand, results, suiterun, suites


class Stage:
    """Suites that run `workers` at a time and share the processors."""

    def __init__(self, tally, force, workers):
        """tally: what outcomes are added to, by any thread. force: run what has not changed, too."""
        self._tally, self._force, self._workers = tally, force, workers
        self._state = threading.Condition()
        self._waiting, self._known, self._open = [], 0, True
        self._running = suiterun.Running()

    def run(self, chosen, build=None, behind=()):
        """Run the chosen suites and, while they run, build(); once it has returned true, run those behind it.

        Returns what build() did; True without one.
        """
        self._known = int(build is not None)
        self._add(chosen)
        built = True
        with concurrent.futures.ThreadPoolExecutor(self._workers) as pool:
            try:
                # The build, in this thread, takes the place of a worker until it ends.
                at_work = [pool.submit(self._work) for _ in range(self._workers - (build is not None))]
                if build is not None:
                    built = build()
                    at_work.append(pool.submit(self._work))
                if built:
                    self._add(behind)
                self._close()
                for future in concurrent.futures.as_completed(at_work):
                    future.result()
            except BaseException:
                self._close(abandon=True)
                self._running.stop_all()
                raise
        return built

    def _changed(self, chosen):
        """The suites that have to run, with the keys of their results; counts the others."""
        digester, found = results.Digester(), []
        for suite in chosen:
            key = digester.key(suite.inputs, suite.words)
            passed = None if self._force else results.recall(suite.name, key)
            if passed is None:
                found.append((suite, key))
            else:
                outcome = suiterun.Outcome(suite, hostcommand.log_path(suite.name))
                outcome.passed, outcome.cached = passed, True
                self._tally.add(outcome)
        return found

    def _add(self, chosen):
        found = self._changed(chosen)
        with self._state:
            self._waiting = sorted([*self._waiting, *found], key=lambda item: -suites.LONG.get(item[0].name, 0))
            self._known += len(found)
            self._state.notify_all()

    def _close(self, abandon=False):
        """Nothing is added any more; abandon: nothing that waits is begun."""
        with self._state:
            self._open = False
            if abandon:
                self._waiting = []
            self._state.notify_all()

    def _take(self):
        """The next suite, its key, and how many processes it may have at work; None at the end."""
        with self._state:
            while not self._waiting and self._open:
                self._state.wait()
            if not self._waiting:
                return None
            jobs = max(1, (os.cpu_count() or 1) // max(1, min(self._workers, self._known)))
            return *self._waiting.pop(0), jobs

    def _work(self):
        while (taken := self._take()) is not None:
            suite, key, jobs = taken
            outcome = suiterun.run(suite, self._running, jobs, self._tally.show)
            if outcome.failures:
                results.forget(suite.name)
            else:
                results.remember(suite.name, key, outcome.passed)
            self._tally.add(outcome)
