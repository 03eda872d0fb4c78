"""The calls of MS-PAN, MS-PAR and MS-RPRN by impacket's NDR and NDR64, for test/interop/ndr-impacket.test.ts.

Reads a JSON list of cases from stdin: method, direction, syntax, values (null pointers are null, bytes are hexadecimal)
and stub, the bytes that panwatch made of them. Writes a list of: stub, impacket's bytes of the same values; gaps, the
positions at which they differ from panwatch's and at which impacket's own decoder takes any byte (alignment gaps, in
which impacket leaves non-zero bytes); values, what impacket reads in panwatch's stub; used, how many bytes it read.
"""
import json
import logging
import sys
import uuid

from impacket.dcerpc.v5 import par, rprn
from impacket.dcerpc.v5.dtypes import DWORD, GUID, NULL, PGUID, LPWSTR
from impacket.dcerpc.v5.ndr import NDRCALL, NDRPOINTER, NDRSTRUCT, NDRUniConformantArray

# impacket logs each error that it also raises; the search for gaps makes many on purpose.
logging.getLogger('impacket').disabled = True

FIRST_REFERENT = 0x20000


class HANDLE(NDRSTRUCT):
    structure = (('attributes', DWORD), ('uuid', GUID))


class BYTES(NDRUniConformantArray):
    item = 'c'


class PBYTES(NDRPOINTER):
    referent = (('Data', BYTES),)


class HANDLES(NDRUniConformantArray):
    item = HANDLE


class PHANDLES(NDRPOINTER):
    referent = (('Data', HANDLES),)


NOTIFICATION = (('ppOutNotificationType', PGUID), ('pOutSize', DWORD), ('ppOutNotificationData', PBYTES))

# The types of a pointer to bytes: ours, and those of impacket's own structures.
BYTE_POINTERS = (PBYTES, par.PBYTE_ARRAY, rprn.PBYTE_ARRAY)


def structures(request, response):
    """The parameters of a method that impacket has structures for, the return value under our name."""
    return request.structure, tuple(('result' if name == 'ErrorCode' else name, kind) for name, kind in response.structure)


# [in] and [out] parameters in the order of the IDL, MS-PAN appendix A.
CALLS = {
    'IRPCRemoteObject_Create': ((), (('ppRemoteObj', HANDLE), ('result', DWORD))),
    'IRPCRemoteObject_Delete': ((('ppRemoteObj', HANDLE),), (('ppRemoteObj', HANDLE),)),
    'IRPCAsyncNotify_RegisterClient': (
        (('pRegistrationObj', HANDLE), ('pName', LPWSTR), ('pInNotificationType', GUID), ('NotifyFilter', DWORD),
         ('conversationStyle', DWORD)),
        (('ppRmtServerReferral', LPWSTR), ('result', DWORD))),
    'IRPCAsyncNotify_UnregisterClient': ((('pRegistrationObj', HANDLE),), (('result', DWORD),)),
    'IRPCAsyncNotify_GetNewChannel': (
        (('pRemoteObj', HANDLE),),
        (('pNoOfChannels', DWORD), ('ppChannelCtxt', PHANDLES), ('result', DWORD))),
    'IRPCAsyncNotify_GetNotificationSendResponse': (
        (('pChannel', HANDLE), ('pInNotificationType', PGUID), ('InSize', DWORD), ('pInNotificationData', PBYTES)),
        (('pChannel', HANDLE),) + NOTIFICATION + (('result', DWORD),)),
    'IRPCAsyncNotify_GetNotification': ((('pRemoteObj', HANDLE),), NOTIFICATION + (('result', DWORD),)),
    'IRPCAsyncNotify_CloseChannel': (
        (('pChannel', HANDLE), ('pInNotificationType', GUID), ('InSize', DWORD), ('pReason', PBYTES)),
        (('pChannel', HANDLE), ('result', DWORD))),
    'RpcAsyncEnumPrinters': structures(par.RpcAsyncEnumPrinters, par.RpcAsyncEnumPrintersResponse),
    'RpcEnumPrinters': structures(rprn.RpcEnumPrinters, rprn.RpcEnumPrintersResponse),
    'RpcAsyncEnumPrinterDrivers': structures(par.RpcAsyncEnumPrinterDrivers, par.RpcAsyncEnumPrinterDriversResponse),
    'RpcEnumPrinterDrivers': structures(rprn.RpcEnumPrinterDrivers, rprn.RpcEnumPrinterDriversResponse),
}


def call_class(method, direction):
    parameters = CALLS[method][0 if direction == 'request' else 1]
    return type(method, (NDRCALL,), {'structure': parameters}), parameters


def fill_handle(handle, value):
    handle['attributes'] = value['attributes']
    handle['uuid'] = uuid.UUID(value['uuid']).bytes_le


def read_handle(handle):
    return {'attributes': handle['attributes'], 'uuid': str(uuid.UUID(bytes_le=handle['uuid']))}


def encode(method, direction, ndr64, values):
    cls, parameters = call_class(method, direction)
    call = cls(isNDR64=ndr64)
    referent = FIRST_REFERENT
    for name, kind in parameters:
        value = values[name]
        if issubclass(kind, NDRPOINTER):
            if value is None:
                call[name] = NULL
                continue
            call.fields[name].fields['ReferentID'] = referent
            referent += 4
        if kind is DWORD:
            call[name] = value
        elif kind is HANDLE:
            fill_handle(call.fields[name], value)
        elif kind in (GUID, PGUID):
            call[name] = uuid.UUID(value).bytes_le
        elif kind is LPWSTR:
            call[name] = value + '\0'
        elif kind in BYTE_POINTERS:
            call[name] = bytes.fromhex(value)
        elif kind is PHANDLES:
            handles = []
            for item in value:
                handle = HANDLE(isNDR64=ndr64)
                fill_handle(handle, item)
                handles.append(handle)
            call[name] = handles
        else:
            raise TypeError(kind)
    return call.getData()


def decode(method, direction, ndr64, stub):
    """The values of a stub, everything else that impacket reads there ('wire'), and the bytes it consumed."""
    cls, parameters = call_class(method, direction)
    call = cls(isNDR64=ndr64)
    used = call.fromString(stub)
    values, wire = {}, []
    for name, kind in parameters:
        field = call.fields[name]
        if issubclass(kind, NDRPOINTER):
            wire.append(field['ReferentID'])
            if field['ReferentID'] == 0:
                values[name] = None
                continue
        if kind is DWORD:
            values[name] = call[name]
        elif kind is HANDLE:
            values[name] = read_handle(field)
        elif kind in (GUID, PGUID):
            values[name] = str(uuid.UUID(bytes_le=call[name]))
        elif kind is LPWSTR:
            string = field.fields['Data']
            wire += [string['MaximumCount'], string['Offset'], string['ActualCount']]
            if call[name][-1:] != '\0':
                raise ValueError('%s does not end in NUL' % name)
            values[name] = call[name][:-1]
        elif kind in BYTE_POINTERS:
            wire.append(field.fields['Data'].getArraySize())
            values[name] = b''.join(call[name]).hex()
        elif kind is PHANDLES:
            wire.append(field.fields['Data'].getArraySize())
            values[name] = [read_handle(item) for item in call[name]]
    return values, wire, used


def is_gap(call, stub, position):
    """Whether impacket decodes the stub to the same whatever byte stands there."""
    changed = bytearray(stub)
    changed[position] ^= 0xff
    try:
        return decode(*call, bytes(changed)) == decode(*call, stub)
    except Exception:  # whatever impacket raises, it has looked at the byte
        return False


def answer(case):
    call = (case['method'], case['direction'], case['syntax'] == 'ndr64')
    ours = bytes.fromhex(case['stub'])
    stub = encode(*call, case['values'])
    values, _, used = decode(*call, ours)
    differences = [i for i, (theirs, own) in enumerate(zip(stub, ours)) if theirs != own]
    gaps = [i for i in differences if is_gap(call, stub, i)]
    return {'stub': stub.hex(), 'gaps': gaps, 'values': values, 'used': used}


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
