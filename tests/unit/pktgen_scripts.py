#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The scripts for other generators, which cannot run here: they parse, and run against a played Pktgen-DPDK and TRex.

Skipped (77) without lua5.3 and scapy.
"""
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import types

sys.dont_write_bytecode = True

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'pktgen', 'scripts')
LUA = os.path.join(SCRIPTS, 'pktgen-dpdk.lua')
TREX = os.path.join(SCRIPTS, 'trex-stl.py')

# A device that takes 37.5 % of the link; all that is set is printed. Newer: counters are one table deeper.
PLAYED = '''
local rate, sent = 0, 0
local function said(name)
	return function(...) print(name, ...) end
end
printf = function(...) io.write(string.format(...)) end
package.preload["Pktgen"] = function() return true end
local function port(n, s)
	return { [n] = os.getenv("NEWER") and { curr = s } or s }
end
pktgen = setmetatable({
	range = setmetatable({}, { __index = function(_, name) return said("range." .. name) end }),
	set = function(p, what, v) if what == "rate" then rate = v end print("set", p, what, v) end,
	clr = function() sent = 0 end,
	start = function() sent = rate * 1000 end,
	delay = function() end, stop = function() end,
	seqTable = function(n, p, t) print("seq", n, t.ip_src_addr, t.pktSize) end,
	portStats = function(p, what)
		if p == "0" then return port(0, { opackets = sent, ipackets = 0 }) end
		return port(1, { opackets = 0, ipackets = math.min(sent, 37500) })
	end,
}, { __index = function(_, name) return said(name) end })
local result = dofile(arg[1])
print("result", result)
'''


def lua(**settings):
    run = subprocess.run(['lua5.3', '-', LUA], input=PLAYED, text=True, capture_output=True, check=False,
                         env={'PATH': os.environ['PATH'], **settings})
    return run.returncode, run.stdout + run.stderr


def expect(true_here, what):
    if not true_here:
        sys.exit(f'not so: {what}')


def check_lua():
    subprocess.run(['luac5.3', '-p', LUA], check=True)
    mac = {'DST_MAC': '02:00:00:00:00:02'}
    for newer in ({}, {'NEWER': '1'}):
        rc, said = lua(SCENARIO='search', RESOLUTION='0.5', **mac, **newer)
        expect(rc == 0 and 'highest rate: 37.50 %' in said, said)
    rc, said = lua(SCENARIO='search', RATE='20', **mac)
    expect(rc == 0 and 'result\t20' in said, said)
    rc, said = lua(FLOWS='1000', **mac)
    expect(rc == 0 and 'range.src_ip\t0\tmax\t198.18.0.254' in said and 'lost 62.5' in said, said)
    expect('range.src_port\t0\tmax\t1028' in said, said)   # 254 and 5 have no common divisor
    rc, said = lua(SCENARIO='imix', **mac)
    sizes = [line.split('\t')[3] for line in said.splitlines() if line.startswith('seq')]
    expect(rc == 0 and sorted(sizes) == sorted(['64'] * 7 + ['594'] * 4 + ['1518']), said)
    for settings, want in (({}, 'DST_MAC: expected'), ({**mac, 'SCENARIO': 'x'}, 'expected stream, imix'),
                           ({**mac, 'SIZE': 'x'}, 'SIZE: "x": expected a number'),
                           ({**mac, 'SRC': 'x'}, 'expected an IPv4 address')):
        rc, said = lua(**settings)
        expect(rc != 0 and want in said, said)


class Recorded:
    """Any class of TRex's: what it was made of."""

    def __init__(self, *args, **kwargs):
        self.args = args
        self.__dict__.update(kwargs)


def load_trex():
    logging.getLogger('scapy').setLevel(logging.ERROR)   # it looks for the hosts in our own network
    from scapy.all import IP, TCP, UDP, Ether, IPv6
    api = types.ModuleType('trex_stl_lib.api')
    for layer in (IP, TCP, UDP, Ether, IPv6):
        setattr(api, layer.__name__, layer)
    for name in ('STLFlowLatencyStats', 'STLPktBuilder', 'STLScVmRaw', 'STLStream', 'STLTXCont', 'STLVmFixChecksumHw',
                 'STLVmFlowVar', 'STLVmTupleGen', 'STLVmWrFlowVar'):
        setattr(api, name, type(name, (Recorded,), {}))
    api.CTRexVmInsFixHwCs = types.SimpleNamespace(L4_TYPE_UDP=11, L4_TYPE_TCP=13)
    sys.modules['trex_stl_lib'] = types.ModuleType('trex_stl_lib')
    sys.modules['trex_stl_lib.api'] = api
    spec = importlib.util.spec_from_file_location('trex_stl', TREX)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.register()


def check_trex():
    profile = load_trex()
    for direction in (0, 1):
        one, = profile.get_streams(direction=direction)
        expect(len(one.packet.pkt) == 60 and one.packet.pkt['IP'].src == ('198.18.0.1', '198.19.0.1')[direction], one)
        expect([step.__dict__.get('limit_flows') for step in one.packet.vm.args[0]][0] == 1000, one.packet.vm)
    mix = profile.get_streams(kind='imix', latency='100')
    expect([len(s.packet.pkt) for s in mix] == [60, 590, 1514, 96], mix)
    expect([s.mode.pps for s in mix] == [7, 4, 1, 100] and mix[3].flow_stats.pg_id == 5, mix)
    syn, = profile.get_streams(kind='syn-flood', family='6', flows='100000')
    expect(syn.packet.pkt['TCP'].flags == 'S' and syn.packet.pkt['IPv6'].dst == '2001:2:0:2::1', syn)
    for wrong in ({'kind': 'x'}, {'size': '63'}, {'flows': '0'}, {'family': '5'}, {'latency': '-1'}, {'size': 'big'}):
        try:
            profile.get_streams(**wrong)
        except ValueError as error:
            expect(str(error).startswith(next(iter(wrong))), error)
        else:
            expect(False, f'{wrong} was taken')


def main():
    if not shutil.which('luac5.3') or not importlib.util.find_spec('scapy'):
        print('needs lua5.3 and python3-scapy')
        return 77
    check_lua()
    check_trex()
    return 0


if __name__ == '__main__':
    sys.exit(main())
