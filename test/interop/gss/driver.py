"""MIT's GSS-API as the acceptor of a DCE-style Kerberos context, driven by JSON lines: one request, one answer.

Bytes are hex.  {"do": "accept", "keytab": F, "token": T} and {"do": "accept", "token": T} -> {"token": T, "done": bool};
then mic, verify, seal and unseal with "before", "data", "after" as gss_get_mic and gss_wrap_iov see them.
"""

import json
import sys

import gssapi.raw as g
from gssapi.raw import ext_dce
from gssapi.raw.ext_dce import IOV, IOVBufferType

KRB5 = g.OID.from_int_seq("1.2.840.113554.1.2.2")


class Acceptor:
    def __init__(self):
        self.context = None
        self.credentials = None

    def accept(self, token, keytab=None):
        if keytab is not None:
            store = {b"keytab": keytab.encode()}
            self.credentials = g.acquire_cred_from(store, usage="accept", mechs=[KRB5]).creds
            self.context = None
        result = g.accept_sec_context(token, acceptor_creds=self.credentials, context=self.context)
        self.context = result.context
        answer = {"token": (result.token or b"").hex(), "done": not result.more_steps}
        if not result.more_steps:
            inquiry = g.inquire_context(self.context)
            answer["user"] = g.display_name(inquiry.initiator_name, name_type=False).name.decode()
            answer["target"] = g.display_name(inquiry.target_name, name_type=False).name.decode()
            answer["confidentiality"] = bool(inquiry.flags & g.RequirementFlag.confidentiality)
        return answer

    def mic(self, data):
        return {"token": g.get_mic(self.context, data).hex()}

    def verify(self, data, token):
        g.verify_mic(self.context, data, token)
        return {}

    def seal(self, before, data, after):
        iov = buffers((IOVBufferType.header, True, None), before, data, after)
        ext_dce.wrap_iov(self.context, iov, True, None)
        return {"token": first(iov, IOVBufferType.header).hex(), "data": first(iov, IOVBufferType.data).hex()}

    def unseal(self, before, data, after, token):
        iov = buffers((IOVBufferType.header, False, token), before, data, after)
        result = ext_dce.unwrap_iov(self.context, iov)
        return {"data": first(iov, IOVBufferType.data).hex(), "encrypted": result.encrypted}


def buffers(header, before, data, after):
    """No trailer buffer: in DCE style the whole token stands in the header."""
    parts = [header]
    if before:
        parts.append((IOVBufferType.sign_only, False, before))
    parts.append((IOVBufferType.data, False, data))
    if after:
        parts.append((IOVBufferType.sign_only, False, after))
    return IOV(*parts, std_layout=False)


def first(iov, kind):
    return next(b.value or b"" for b in iov if b.type == kind)


def main():
    acceptor = Acceptor()
    for line in sys.stdin:
        request = json.loads(line)
        action = getattr(acceptor, request.pop("do"))
        arguments = {k: v if k == "keytab" else bytes.fromhex(v) for k, v in request.items()}
        try:
            answer = action(**arguments)
        except g.GSSError as error:
            answer = {"error": str(error), "token": (getattr(error, "token", None) or b"").hex()}
        print(json.dumps(answer), flush=True)


main()
