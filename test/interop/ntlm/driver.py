"""Lets the tests talk to foreign implementations of NTLM in SPNEGO, one JSON object per line in and out.

    driver.py PEER CONFIG

PEER: panlib-acceptor, panlib-initiator, impacket-initiator, samba-initiator. CONFIG: a JSON object with user, password,
domain, target (host/name), level (5 or 6) and what a peer takes beside them.

    {"do":"step","token":HEX|null}                  -> {"token":HEX|null,"done":BOOL}
    {"do":"wrap","pre":HEX,"body":HEX,"post":HEX}   -> {"body":HEX,"token":HEX}
    {"do":"unwrap", the same and "token":HEX}       -> {"body":HEX}
    {"do":"info"}                                   -> what the peer knows about the logon

What a peer refuses comes as {"error": its words}.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'peer'))


class Protected:
    """Signing and sealing over panlib's Session."""
    session = None

    def __init__(self, config):
        self.config = config
        self.sealed = config['level'] == 6

    def wrap(self, pre, body, post):
        if self.sealed:
            return self.session.seal(pre, body, post)
        return body, self.session.sign(pre + body + post)

    def unwrap(self, pre, body, post, token):
        if self.sealed:
            return self.session.unseal(pre, body, post, token)
        self.session.verify(pre + body + post, token)
        return body

    def info(self):
        return {}


class PanlibAcceptor(Protected):
    def __init__(self, config):
        super().__init__(config)
        from panlib.sec import SpnegoAcceptor
        users = {config['user'].lower(): (config['user'], config['domain'], config['password'])}
        ntlm = {'users': users, 'netbios': 'ORACLE', 'domain': 'ORACLEDOM', 'dns': 'oracle.test', 'dnsdomain': 'test',
                'check_domain': False, 'timestamp': config.get('timestamp', True)}
        self.acceptor = SpnegoAcceptor({'ntlm': ntlm, 'keytab': None, 'mic': config.get('mic', 'auto')})

    def step(self, token):
        answer = self.acceptor.step(token)
        if self.acceptor.done:
            self.session = self.acceptor.session
        return answer, self.acceptor.done

    def info(self):
        a = self.acceptor
        return {'user': a.user(), 'info': a.info, 'findings': a.findings, 'micIn': a.mic_in, 'micOut': a.mic_out}


class PanlibInitiator(Protected):
    def __init__(self, config):
        super().__init__(config)
        from types import SimpleNamespace
        from panlib.rpcclient import Auth
        options = SimpleNamespace(backend='own', auth='ntlm', user=config['user'], password=config['password'],
                                  domain=config['domain'], spn=config['target'], no_spn=config['target'] is None,
                                  no_mic=config.get('noMic', False), no_mechlistmic=config.get('noMechListMic', False),
                                  krb_first=config.get('kerberosFirst', False))
        self.auth = Auth(options, config['level'])

    def step(self, token):
        answer = self.auth.first() if token is None else self.auth.next(token)
        self.session = self.auth.session
        return answer, self.auth.done

    def info(self):
        return self.auth.info


class ImpacketInitiator(Protected):
    """impacket's messages, keys and signatures; the tokens of SPNEGO are its own, too. It knows no MIC of any kind."""

    def __init__(self, config):
        super().__init__(config)
        from impacket import ntlm, spnego
        self.ntlm, self.spnego = ntlm, spnego
        self.negotiate = None
        self.done = False

    def step(self, token):
        ntlm, spnego, config = self.ntlm, self.spnego, self.config
        if token is None:
            self.negotiate = ntlm.getNTLMSSPType1('WS', '', signingRequired=True)
            init = spnego.SPNEGO_NegTokenInit()
            init['MechTypes'] = [spnego.TypesMech['NTLMSSP - Microsoft NTLM Security Support Provider']]
            init['MechToken'] = self.negotiate.getData()
            return init.getData(), False
        if self.done:
            answer = spnego.SPNEGO_NegTokenResp(token)
            if answer['NegState'] != b'\x00':
                raise RuntimeError('NegState %r' % answer['NegState'])
            return None, True
        challenge = spnego.SPNEGO_NegTokenResp(token)['ResponseToken']
        response, key = ntlm.getNTLMSSPType3(self.negotiate, challenge, config['user'], config['password'],
                                             config['domain'])
        self.keys(response['flags'], key)
        self.done = True
        answer = spnego.SPNEGO_NegTokenResp()
        answer['ResponseToken'] = response.getData()
        return answer.getData(), False

    def keys(self, flags, key):
        ntlm = self.ntlm
        self.flags = flags
        self.sign_out, self.sign_in = ntlm.SIGNKEY(flags, key, 'Client'), ntlm.SIGNKEY(flags, key, 'Server')
        self.seal_out, self.seal_in = ntlm.SEALKEY(flags, key, 'Client'), ntlm.SEALKEY(flags, key, 'Server')
        self.handle_out, self.handle_in = ntlm.ARC4.new(self.seal_out), ntlm.ARC4.new(self.seal_in)
        self.seq_out = self.seq_in = 0

    def wrap(self, pre, body, post):
        seq, self.seq_out = self.seq_out, self.seq_out + 1
        handle = self.handle_out.encrypt
        if self.sealed:
            body, token = self.ntlm.SEAL(self.flags, self.sign_out, self.seal_out, pre + body + post, body, seq, handle)
        else:
            token = self.ntlm.SIGN(self.flags, self.sign_out, pre + body + post, seq, handle)
        return body, token.getData()

    def unwrap(self, pre, body, post, token):
        seq, self.seq_in = self.seq_in, self.seq_in + 1
        handle = self.handle_in.encrypt
        plain = handle(body) if self.sealed else body
        if self.ntlm.SIGN(self.flags, self.sign_in, pre + plain + post, seq, handle).getData() != token:
            raise RuntimeError('signature')
        return plain


class SambaInitiator(Protected):
    """Samba's gensec. Its Python binding seals only messages that are sealed as a whole."""

    def __init__(self, config):
        super().__init__(config)
        from samba import credentials, gensec, param
        lp = param.LoadParm()
        lp.load_default()
        creds = credentials.Credentials()
        creds.guess(lp)
        creds.set_username(config['user'])
        creds.set_password(config['password'])
        creds.set_domain(config['domain'])
        creds.set_workstation('SAMBAWS')
        creds.set_kerberos_state(credentials.DONT_USE_KERBEROS)
        host = config['target'].split('/')[-1]
        self.gensec = gensec.Security.start_client({'lp_ctx': lp, 'target_hostname': host})
        self.gensec.set_credentials(creds)
        self.gensec.set_target_service('host')
        self.gensec.set_target_hostname(host)
        self.gensec.want_feature(gensec.FEATURE_SIGN)
        if self.sealed:
            self.gensec.want_feature(gensec.FEATURE_SEAL)
        self.gensec.start_mech_by_authtype(9, config['level'])
        # gensec keeps pointers into these, the characters of the host's name among them, and no references to them.
        self.keep = (lp, creds, host)

    def step(self, token):
        done, answer = self.gensec.update(token or b'')
        return answer or None, done

    def wrap(self, pre, body, post):
        if not self.sealed:
            return body, self.gensec.sign_packet(body, pre + body + post)
        wrapped = self.gensec.wrap(body)
        return wrapped[16:], wrapped[:16]

    def unwrap(self, pre, body, post, token):
        if not self.sealed:
            self.gensec.check_packet(body, pre + body + post, token)
            return body
        return self.gensec.unwrap(token + body)


PEERS = {'panlib-acceptor': PanlibAcceptor, 'panlib-initiator': PanlibInitiator,
         'impacket-initiator': ImpacketInitiator, 'samba-initiator': SambaInitiator}


def answer(peer, request):
    part = {name: bytes.fromhex(value) for name, value in request.items() if name != 'do' and value is not None}
    if request['do'] == 'step':
        token, done = peer.step(part.get('token'))
        return {'token': None if token is None else token.hex(), 'done': done}
    if request['do'] == 'wrap':
        body, token = peer.wrap(part['pre'], part['body'], part['post'])
        return {'body': body.hex(), 'token': token.hex()}
    if request['do'] == 'unwrap':
        return {'body': peer.unwrap(part['pre'], part['body'], part['post'], part['token']).hex()}
    return json.loads(json.dumps(peer.info(), default=str))


def main():
    peer = PEERS[sys.argv[1]](json.loads(sys.argv[2]))
    for line in sys.stdin:
        try:
            result = answer(peer, json.loads(line))
        except Exception as problem:  # whatever the peer throws is its refusal
            result = {'error': '%s: %s' % (type(problem).__name__, problem)}
        print(json.dumps(result), flush=True)


main()
