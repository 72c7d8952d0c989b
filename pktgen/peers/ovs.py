# SPDX-License-Identifier: BSD-3-Clause
"""
OVS-DPDK of Debian, unpacked beside the machine's own programs (nothing is installed, no service
starts), with its own database, in a network namespace of its own.
"""
import glob
import os
import subprocess
import time

import ruleset
from machine import CACHE, Problem
from .program import Program

ROOT = os.path.join(CACHE, 'ovs')
PACKAGES = ('openvswitch-switch-dpdk', 'openvswitch-switch', 'openvswitch-common', 'libunbound8', 'libxdp1')
OUT = 'mod_dl_src:02:00:00:00:00:01,mod_dl_dst:02:00:00:00:99:00,dec_ttl,output:2'
FLOWS = {
    'forward': ['priority=1,ip,in_port=1 actions={out}'],
    'track': ['table=0,ip,in_port=1 actions=ct(table=1)',
              'table=1,ip,ct_state=+trk+new actions=ct(commit),{out}',
              'table=1,ip,ct_state=+trk+est actions={out}'],
    'nat': ['table=0,ip,in_port=1 actions=ct(table=1,nat)',
            'table=1,ip,ct_state=+trk+new,nw_src={clients} actions=ct(commit,nat(src={outside})),{out}',
            'table=1,ip,ct_state=+trk+est actions={out}'],
}
START_SECONDS = 40


def _unpack():
    folder = ROOT + '.new'
    subprocess.run(['rm', '-rf', folder], check=True)
    os.makedirs(folder)
    run = subprocess.run(['apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download', *PACKAGES], cwd=folder,
                         capture_output=True, text=True, check=False)
    if run.returncode:
        raise Problem(f'apt-get download {" ".join(PACKAGES)}: {run.stderr.strip()[-200:]}')
    for package in glob.glob(folder + '/*.deb'):
        subprocess.run(['dpkg', '-x', package, folder], check=True)
        os.unlink(package)
    os.rename(folder, ROOT)


class Ovs(Program):
    worker = 'pmd-c'

    @staticmethod
    def prepare(bench):
        if not os.path.isdir(ROOT):
            _unpack()

    def __init__(self, bench, scenario):
        self.folder = os.path.join(bench.folder, 'ovs')
        subprocess.run(['rm', '-rf', self.folder], check=True)
        os.makedirs(self.folder)
        libraries = glob.glob(ROOT + '/usr/lib/*-linux-gnu*')
        self.environment = {'OVS_RUNDIR': self.folder, 'OVS_DBDIR': self.folder, 'OVS_LOGDIR': self.folder,
                            'OVS_SYSCONFDIR': self.folder, 'OVS_PKGDATADIR': ROOT + '/usr/share/openvswitch',
                            'LD_LIBRARY_PATH': ':'.join(libraries)}
        self.socket = f'unix:{self.folder}/db.sock'
        self.server = None
        self._database(bench)
        super().__init__(bench, ['unshare', '-n', ROOT + '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk',
                                 self.socket, '-vconsole:warn'], self.environment)
        try:
            self._bridge(bench, scenario)
        except Problem:
            self.stop()
            raise

    def _run(self, name, *words):
        run = subprocess.run([f'{ROOT}/usr/{name}', *words], capture_output=True, text=True, check=False,
                             env={**os.environ, **self.environment})
        if run.returncode:
            raise Problem(f'{name}: {run.stderr.strip()[-300:]}')

    def _vsctl(self, *words):
        self._run('bin/ovs-vsctl', f'--db={self.socket}', f'--timeout={START_SECONDS}', *words)

    def _database(self, bench):
        database = self.folder + '/conf.db'
        self._run('bin/ovsdb-tool', 'create', database, ROOT + '/usr/share/openvswitch/vswitch.ovsschema')
        self.server = subprocess.Popen(
            ['unshare', '-n', ROOT + '/usr/sbin/ovsdb-server', database, f'--remote=p{self.socket}', '-vconsole:off'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **self.environment})
        end = time.monotonic() + START_SECONDS
        while not os.path.exists(self.folder + '/db.sock'):
            if self.server.poll() is not None or time.monotonic() > end:
                raise Problem('ovsdb-server does not start')
            time.sleep(0.1)
        self._vsctl('--no-wait', 'set', 'Open_vSwitch', '.', 'other_config:dpdk-init=true',
                    'other_config:dpdk-extra=--no-pci --in-memory', 'other_config:dpdk-socket-mem=1024',
                    'other_config:dpdk-lcore-mask=0x1', f'other_config:pmd-cpu-mask={1 << bench.core:#x}')

    def _bridge(self, bench, scenario):
        """The source begins with its port: flows are there first."""
        self._vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev', 'fail_mode=secure')
        flows = os.path.join(self.folder, 'flows')
        with open(flows, 'w', encoding='utf-8') as file:
            for flow in FLOWS[scenario.work]:
                file.write(flow.format(out=OUT, clients=ruleset.CLIENTS, outside=ruleset.OUTSIDE) + '\n')
        self._run('bin/ovs-ofctl', 'add-flows', f'unix:{self.folder}/br0.mgmt', flows)
        for number, (name, devargs) in enumerate((('sink0', bench.source.sink),
                                                  ('gen0', bench.source.devargs(scenario))), 1):
            self._vsctl('add-port', 'br0', name, '--', 'set', 'Interface', name, 'type=dpdk',
                        f'ofport_request={3 - number}', f'options:dpdk-devargs={devargs}')

    def stop(self):
        super().stop()
        if self.server:
            self.server.terminate()
            self.server.wait()
