# SPDX-License-Identifier: BSD-3-Clause
"""One measured run of one program: start, give the worker its core, wait until it is settled, sample, stop."""
import dataclasses
import statistics
import time
import typing

from machine import Problem
from peers import PROGRAMS
from source import Pcap

START_SECONDS = 120
SETTLE_SECONDS = 0.5
# A program that has more to prepare than that is measured as it is then.
PREPARE_SECONDS = 15
# What goes both ways for two seconds is a stream, whose connection stays.
STREAM_SECONDS = 2.4
# Flows that have not begun by then never will in a time that anybody waits.
BEGIN_SECONDS = 25
SWAPS, SWAP_LOAD = 3, 0.8


@dataclasses.dataclass
class Bench:
    """What all runs share."""
    folder: str
    build: str
    core: int
    seconds: float
    source: typing.Any


@dataclasses.dataclass
class Sample:
    """mpps, cycles: the median window; best: its best tenth, which a noisy neighbour moves least."""
    mpps: float
    cycles: float
    best_mpps: float
    best_cycles: float
    dropped: float      # part of the packets that did not reach the sink
    windows: int
    more: dict


def summary(windows, more):
    if not windows:
        raise Problem('nothing reached the sink')
    rates = sorted(window.left for window in windows)
    cycles = sorted(window.cycles for window in windows)
    came = sum(window.came * window.seconds for window in windows)
    left = sum(window.left * window.seconds for window in windows)
    return Sample(statistics.median(rates), statistics.median(cycles), rates[len(rates) - 1 - len(rates) // 10],
                  cycles[len(cycles) // 10], max(0.0, 1 - left / came), len(windows), more)


def wait_for_packets(bench, program):
    end = time.monotonic() + START_SECONDS
    while not any(window.left for window in bench.source.windows(program)):
        if not program.alive() or time.monotonic() > end:
            raise Problem('it forwards nothing; its last words:\n' + program.last_words())
        time.sleep(0.1)


def packets_to_begin(scenario):
    """How many packets make all flows: each once each way, and some; of new ones the table full."""
    kind = scenario.kind
    if kind.traffic == 'new':
        return 1.1 * scenario.flows
    return 3 * scenario.flows if kind.tracked else 0


def wait_for_rest(program):
    """Until the program has prepared all that it wants to, or has had long enough for it."""
    end, rests = time.monotonic() + PREPARE_SECONDS, 0
    while rests < SETTLE_SECONDS * 10 and time.monotonic() < end:
        time.sleep(0.1)
        rests = 0 if program.preparing() else rests + 1


def settle(bench, scenario, program):
    wait_for_rest(program)
    wanted = packets_to_begin(scenario)
    if not wanted or isinstance(bench.source, Pcap):
        return
    least = STREAM_SECONDS if scenario.kind.traffic != 'new' else 0
    end = time.monotonic() + BEGIN_SECONDS
    while True:
        windows = bench.source.windows(program)
        came = sum(window.came * window.seconds for window in windows) * 1e6
        if came >= wanted and sum(window.seconds for window in windows) >= least:
            break
        if time.monotonic() > end or not program.alive():
            raise Problem(f'{came:,.0f} packets in {BEGIN_SECONDS} seconds: not all flows have begun')
        time.sleep(0.1)
    while program.learning() and time.monotonic() < end:
        time.sleep(0.1)


def started(bench, scenario, *more):
    program = PROGRAMS[scenario.program](bench, scenario, *more)
    try:
        wait_for_packets(bench, program)
        program.own_the_core()
        settle(bench, scenario, program)
    except BaseException:
        program.stop()
        raise
    return program


def one(bench, scenario):
    program = started(bench, scenario)
    try:
        windows = bench.source.rates(program, bench.seconds)
        more = program.measured()
    finally:
        program.stop()
    return summary(windows, more)


def swap(bench, scenario, mpps):
    """
    Packets come at a part of the rate that was measured, and wait in a ring as a NIC's do; meanwhile
    the rules are replaced. What is lost in the same time without that is told beside.
    """
    rate = SWAP_LOAD * mpps * 1e6
    program = started(bench, scenario, rate)
    try:
        quiet = bench.source.rates(program, SWAPS)
        before, took = len(program.said()), []
        for _ in range(SWAPS):
            took.append(program.swap())
            time.sleep(0.5)
        windows = bench.source.windows(program, before)
    finally:
        program.stop()
    more = {'swap': {
        'rate': rate / 1e6, 'seconds': statistics.median(took), 'times': SWAPS,
        'lost': sum(window.lost for window in windows), 'span': sum(window.seconds for window in windows),
        'lost_without': sum(window.lost for window in quiet), 'span_without': sum(window.seconds for window in quiet),
        'lowest': min((window.left for window in windows), default=0.0),
    }}
    return summary(windows, more)
