# SPDX-License-Identifier: BSD-3-Clause
"""The scenarios of pollux-pktgen as a profile for TRex (stateless), on a test bed with NICs of its own:

    trex> start -f trex-stl.py -m 100% -d 10 -t kind=imix,flows=100000
    trex> start -f trex-stl.py -m 1mpps --port 0 1 -t kind=stream,size=128,family=6,latency=1
    ndr: ./ndr --port 0 1 --profile trex-stl.py --prof-tun kind=stream,flows=1000

    kind      stream, imix or syn-flood (stream)
    size      bytes with FCS (64); imix mixes its own
    flows     different sources, addresses and ports (1000)
    family    4 or 6 (4)
    latency   packets a second of a stream of its own that measures latency, loss and order (0: none)

Port 1 sends the same with addresses swapped: answers where nothing translates. Behind NAT answers must follow what arrived:
that needs pollux-pktgen --return; whole connections pollux-pktgen --connections, or TRex's ASTF mode.
"""
from trex_stl_lib.api import (IP, TCP, UDP, CTRexVmInsFixHwCs, Ether, IPv6, STLFlowLatencyStats, STLPktBuilder,
                              STLScVmRaw, STLStream, STLTXCont, STLVmFixChecksumHw, STLVmFlowVar, STLVmTupleGen,
                              STLVmWrFlowVar)

KINDS = ('stream', 'imix', 'syn-flood')
IMIX = ((64, 7), (594, 4), (1518, 1))
FCS = 4
# RFC 2544 C.2.2 and RFC 5180 8: addresses for benchmarks.
SIDES = {4: ('198.18.0.1', '198.19.0.1'), 6: ('2001:2:0:1::1', '2001:2:0:2::1')}
PORTS = (1024, 65535)
ADDRESSES = 254
LATENCY_ID = 5


def number(name, text, allowed):
    try:
        value = int(text)
    except ValueError:
        value = None
    if value not in allowed:
        raise ValueError(f'{name}: "{text}": expected {allowed}')
    return value


class Profile:
    """What the tunables ask for; get_streams() is called once for each port."""

    def __init__(self, direction, kind='stream', size=64, flows=1000, family=4, latency=0):
        if kind not in KINDS:
            raise ValueError(f'kind: "{kind}": expected one of {", ".join(KINDS)}')
        self.kind = kind
        self.size = number('size', size, range(64, 9619))
        self.flows = number('flows', flows, range(1, ADDRESSES * (PORTS[1] - PORTS[0] + 1) + 1))
        self.family = number('family', family, (4, 6))
        self.latency = number('latency', latency, range(1000001))
        self.src, self.dst = SIDES[self.family] if direction == 0 else reversed(SIDES[self.family])

    def l4(self):
        return TCP(dport=80, flags='S', seq=1) if self.kind == 'syn-flood' else UDP(dport=9)

    def packet(self, size, vm):
        """Headers and padding; too short a size is as long as the headers are."""
        ip = IP(src=self.src, dst=self.dst) if self.family == 4 else IPv6(src=self.src, dst=self.dst)
        head = Ether() / ip / self.l4()
        return STLPktBuilder(pkt=head / (b'\0' * max(0, size - FCS - len(head))), vm=vm)

    def flow_variables(self):
        """IPv4: pairs of address and port; IPv6: the address's last four bytes count, one port."""
        l4 = 'TCP' if self.kind == 'syn-flood' else 'UDP'
        kind = CTRexVmInsFixHwCs.L4_TYPE_TCP if l4 == 'TCP' else CTRexVmInsFixHwCs.L4_TYPE_UDP
        if self.family == 6:
            return STLScVmRaw([
                STLVmFlowVar(name='src', min_value=1, max_value=self.flows, size=4, op='inc'),
                STLVmWrFlowVar(fv_name='src', pkt_offset='IPv6.src', offset_fixup=12),
                STLVmFixChecksumHw(l3_offset='IPv6', l4_offset=l4, l4_type=kind)])
        last = self.src.rsplit('.', 1)[0] + f'.{min(self.flows, ADDRESSES)}'
        return STLScVmRaw([
            STLVmTupleGen(ip_min=self.src, ip_max=last, port_min=PORTS[0], port_max=PORTS[1],
                          limit_flows=self.flows, name='tuple'),
            STLVmWrFlowVar(fv_name='tuple.ip', pkt_offset='IP.src'),
            STLVmWrFlowVar(fv_name='tuple.port', pkt_offset=f'{l4}.sport'),
            STLVmFixChecksumHw(l3_offset='IP', l4_offset=l4, l4_type=kind)])

    def streams(self):
        sizes = IMIX if self.kind == 'imix' else ((self.size, 1),)
        found = [STLStream(packet=self.packet(size, self.flow_variables()), mode=STLTXCont(pps=share))
                 for size, share in sizes]
        if self.latency:
            # Its own rate, which -m leaves alone; 16 bytes of TRex's end the packet.
            found.append(STLStream(packet=self.packet(max(self.size, 100), None), mode=STLTXCont(pps=self.latency),
                                   flow_stats=STLFlowLatencyStats(pg_id=LATENCY_ID)))
        return found


class PolluxProfile:
    def get_streams(self, direction=0, **kwargs):
        known = ('kind', 'size', 'flows', 'family', 'latency')
        return Profile(direction, **{name: kwargs[name] for name in known if name in kwargs}).streams()


def register():
    return PolluxProfile()
