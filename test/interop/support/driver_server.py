#!/usr/bin/python3
"""The independent print server as it is, which also lists drivers: RpcAsyncEnumPrinterDrivers (MS-PAR 3.1.4.2.3) and
RpcEnumPrinterDrivers (MS-RPRN 3.1.4.4.2), level 3. `--driver JSON` (repeat): name, environment, files (driver, data,
configuration, help), dependent; everything else goes to the server."""
import argparse
import asyncio
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'peer'))
import pan_server                                                     # noqa: E402
from panlib import idl                                                # noqa: E402
from panlib.ndr import NdrError, Reader, Writer                       # noqa: E402
from panlib.queues import F_UNSUPPORTED_TYPE, INSUFFICIENT_BUFFER, INVALID_LEVEL, INVALID_NAME, Queues   # noqa: E402
from panlib.rpcserver import F_ACCESS, F_BAD_STUB, VtError            # noqa: E402


def info_3(drivers):
    """_DRIVER_INFO_3 array (MS-RPRN 2.2.2.4.3): fixed parts first, strings from the end; what a driver has not has the offset 0."""
    texts = []
    for d in drivers:
        files = (d.get('files', []) + [None] * 4)[:4]
        dependent = ''.join(f + '\0' for f in d['dependent']) if d.get('dependent') else None
        texts.append([d['name'], d['environment']] + files + [dependent, None, 'RAW'])
    raws = [[t if t is None else t.encode('utf-16-le') + b'\0\0' for t in row] for row in texts]
    need = 40 * len(raws) + sum(len(raw) for row in raws for raw in row if raw is not None)
    out = bytearray(need)
    end = need
    for i, row in enumerate(raws):
        offs = []
        for raw in row:
            if raw is not None:
                end -= len(raw)
                out[end:end + len(raw)] = raw
            offs.append(0 if raw is None else end - 40 * i)
        struct.pack_into('<10I', out, 40 * i, 3, *offs)
    return bytes(out)


class Drivers(Queues):
    def __init__(self, srv, drivers):
        super().__init__(srv)
        self.drivers = drivers

    def call(self, c):
        s, conn = self.srv, c.conn
        par = c.iface == idl.IF_PAR
        if c.opnum != (40 if par else 10):
            return super().call(c)
        c.method = 'RpcAsyncEnumPrinterDrivers' if par else 'RpcEnumPrinterDrivers'
        if par and c.object != idl.PAR_OBJECT:
            conn.viol('PAR-OBJECT', str(c.object), c)
            return c.fault(F_UNSUPPORTED_TYPE, dne=True)
        if par and (c.sec is None or c.sec.level < 6):
            return c.fault(F_ACCESS, dne=True)
        stub = bytes(c.stub)
        try:
            r = Reader(stub, c.ndr64, c.big)
            name = r.wstring('pName') if r.ptr('pName') else None
            environment = r.wstring('pEnvironment') if r.ptr('pEnvironment') else None
            level = r.u32('Level')
            given = r.ptr('pDrivers')
            data = r.take(r.count('pDrivers max_count'), 'pDrivers') if given else b''
            size = r.u32('cbBuf')
            if len(data) != size:
                raise NdrError('conformance', 'pDrivers of %d octets, cbBuf %d' % (len(data), size))
            conn.check_rest(c, r, stub)
        except NdrError as x:
            conn.viol('NDR-BAD-STUB', '%s: %s' % (c.method, x), c)
            return c.fault(F_BAD_STUB)
        except VtError as x:
            conn.viol('RPCE-VT', str(x), c)
            return c.fault(F_ACCESS, dne=True)
        s.ev('call', call=c.id, method=c.method, opnum=c.opnum, ndr64=c.ndr64, name=name, environment=environment, level=level, cbBuf=size)
        out, need, count, err = bytes(size), 0, 0, 0
        if level != 3:
            err = INVALID_LEVEL
        elif name is not None and name.lstrip('\\').lower() not in [n.lower() for n in s.names()] + [conn.local[0]]:
            err = INVALID_NAME
        else:
            rows = [d for d in self.drivers if environment == 'all' or d['environment'] == environment]
            blob = info_3(rows)
            need = len(blob)
            if size < need:
                err = INSUFFICIENT_BUFFER
            else:
                out, count = blob + bytes(size - need), len(rows)
        w = Writer(c.ndr64)
        w.ptr(given)
        if given:
            w.bytes_conf(out)
        for v in (need, count, err):
            w.u32(v)
        c.finish('response', w.data())


if __name__ == '__main__':
    own = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    own.add_argument('--driver', action='append', default=[], type=json.loads)
    mine, others = own.parse_known_args()
    server = pan_server.Server(pan_server.options(others))
    server.queues = Drivers(server, mine.driver)
    asyncio.run(server.main())
