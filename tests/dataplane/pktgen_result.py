#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Is what pollux-pktgen wrote as JSON as it should be?

    pktgen_result.py FILE PYTHON...     each expression about c (config), r (result), n (counters), s (search) is true
"""
import json
import sys

with open(sys.argv[1], encoding='utf-8') as f:
    everything = json.load(f)
names = {'c': everything['config'], 'r': everything['result'], 'n': everything['result']['counters'],
         's': everything.get('search')}
wrong = [text for text in sys.argv[2:] if not eval(text, names)]
if wrong:
    sys.exit(f'not so: {wrong}: {names["r"]} {names["s"]}')
