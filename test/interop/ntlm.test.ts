import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import type { Fragment, MessageProtection } from "../../src/security/context.js";
import { md4 } from "../../src/security/crypto/md4.js";
import { SpnegoAcceptor } from "../../src/security/spnego/acceptor.js";
import { SpnegoInitiator } from "../../src/security/spnego/initiator.js";
import { copyOf, exchange, fragment, ntlmAcceptor, ntlmInitiator, TARGET_NAME } from "../security/support/exchange.js";
import { NtlmAuthAcceptor, ntlmAuth } from "./ntlm/ntlm-auth.js";
import { type PeerConfig, type PeerName, PeerProcess, PeerRefusal } from "./ntlm/peer-process.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

const CONFIG: PeerConfig = { user: "alice", password: "Passw0rd!ü", domain: "EXAMPLE", target: TARGET_NAME, level: 6 };
const LEVELS = [5, 6] as const;

/** panlib needs impacket, too. */
const impacket = pythonWith(["impacket"]);
const samba = pythonWith(["samba"]);

function peer(python: string, name: PeerName, config: Partial<PeerConfig> = {}): PeerProcess {
  return new PeerProcess(python, name, { ...CONFIG, ...config });
}

function optionsOf(level: 5 | 6) {
  return { level: level === 6 ? "privacy" : "integrity", headerSigning: true } as const;
}

/** Sends fragments both ways and back to back, each of which the other side must read. */
async function talk(ours: MessageProtection, theirs: PeerProcess, make: (length: number) => Fragment = fragment) {
  for (const length of [16, 5824, 48, 16]) {
    const sent = make(length);
    const onTheWay = copyOf(sent);
    await theirs.unwrap(onTheWay, ours.wrap(onTheWay));
    expect(toHex(onTheWay.bytes)).toBe(toHex(sent.bytes));

    const answer = make(length);
    const received = copyOf(answer);
    ours.unwrap(received, await theirs.wrap(received));
    expect(toHex(received.bytes)).toBe(toHex(answer.bytes));
  }
}

describePeer("the independent acceptor (panlib)", impacket, (python) => {
  it.each(LEVELS)("takes our initiator and talks with it at level %d, without a finding", async (level) => {
    await using acceptor = peer(python, "panlib-acceptor", { level });
    const initiator = new SpnegoInitiator(ntlmInitiator());
    expect(await exchange(initiator, acceptor)).toHaveLength(4);
    await talk(initiator.protect(optionsOf(level)), acceptor);
    expect(await acceptor.info()).toMatchObject({
      user: "EXAMPLE\\alice",
      findings: [],
      micIn: true,
      micOut: true,
      info: { mic: true, target_name: TARGET_NAME, av: { ChannelBindings: "00".repeat(16) } },
    });
  });

  it("takes our initiator without MsvAvTimestamp: LMv2, local time, no MIC", async () => {
    await using acceptor = peer(python, "panlib-acceptor", { timestamp: false });
    const initiator = new SpnegoInitiator(ntlmInitiator());
    expect(await exchange(initiator, acceptor)).toHaveLength(4);
    await talk(initiator.protect(optionsOf(6)), acceptor);
    expect(await acceptor.info()).toMatchObject({ findings: [], micIn: false, micOut: false, info: { mic: false } });
  });

  it("takes an NT hash, which Python's MD4 agrees with", async () => {
    await using acceptor = peer(python, "panlib-acceptor", { user: "müller" });
    const hash = md4(Buffer.from(CONFIG.password, "utf16le"));
    const initiator = new SpnegoInitiator(
      ntlmInitiator({ user: "MÜLLER", secret: () => Promise.resolve({ kind: "nt-hash", hash }) }),
    );
    await exchange(initiator, acceptor);
    await talk(initiator.protect(optionsOf(6)), acceptor);
  });

  it("refuses our initiator with a wrong password", async () => {
    await using acceptor = peer(python, "panlib-acceptor");
    const secret = () => Promise.resolve({ kind: "password", password: "wrong" } as const);
    const initiator = new SpnegoInitiator(ntlmInitiator({ secret }));
    await expect(exchange(initiator, acceptor)).rejects.toThrow(PeerRefusal);
  });

  it.each(["never", "corrupt"] as const)("is refused when it sends its mechListMIC %s", async (mic) => {
    await using acceptor = peer(python, "panlib-acceptor", { mic });
    const initiator = new SpnegoInitiator(ntlmInitiator());
    await expect(exchange(initiator, acceptor)).rejects.toThrow(
      mic === "never" ? "mechListMIC is missing" : "does not verify",
    );
  });

  it("notices a fragment of ours that was changed on the way", async () => {
    await using acceptor = peer(python, "panlib-acceptor");
    const initiator = new SpnegoInitiator(ntlmInitiator());
    await exchange(initiator, acceptor);
    const sent = fragment(64);
    const token = initiator.protect(optionsOf(6)).wrap(sent);
    sent.bytes[40] = (sent.bytes[40] ?? 0) ^ 1;
    await expect(acceptor.unwrap(sent, token)).rejects.toThrow("signature mismatch");
  });
});

describePeer("the independent initiator (panlib)", impacket, (python) => {
  it.each(LEVELS)("logs on to our acceptor and talks with it at level %d", async (level) => {
    await using initiator = peer(python, "panlib-initiator", { level });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    expect(await exchange(initiator, acceptor)).toHaveLength(4);
    expect(await initiator.info()).toMatchObject({ ntlmMic: true, mechListMicVerified: true });
    expect(acceptor.user).toBe("EXAMPLE\\Alice");
    await talk(acceptor.protect(optionsOf(level)), initiator);
  });

  it("is asked for a mechListMIC when it prefers Kerberos, which our acceptor does not have", async () => {
    await using initiator = peer(python, "panlib-initiator", { kerberosFirst: true });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    expect(await exchange(initiator, acceptor)).toHaveLength(6);
    expect(await initiator.info()).toMatchObject({ states: [3, 1, 0], mechListMicVerified: true });
    await talk(acceptor.protect(optionsOf(6)), initiator);
  });

  it("logs on without a MIC and without a target name", async () => {
    await using initiator = peer(python, "panlib-initiator", { noMic: true, noMechListMic: true, target: null });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor({ timestamp: false })] });
    await exchange(initiator, acceptor);
    await talk(acceptor.protect(optionsOf(6)), initiator);
  });

  it("is left at accept-incomplete when it owes a mechListMIC", async () => {
    await using initiator = peer(python, "panlib-initiator", { noMechListMic: true });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    await expect(exchange(initiator, acceptor)).rejects.toThrow("negState 1 after the last leg");
  });

  it("is refused with a wrong password", async () => {
    await using initiator = peer(python, "panlib-initiator", { password: "wrong" });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    await expect(exchange(initiator, acceptor)).rejects.toThrow("unknown user or wrong password");
  });
});

describePeer("impacket", impacket, (python) => {
  it.each(LEVELS)("logs on to our acceptor and talks with it at level %d", async (level) => {
    await using initiator = peer(python, "impacket-initiator", { level });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    expect(await exchange(initiator, acceptor)).toHaveLength(4);
    await talk(acceptor.protect(optionsOf(level)), initiator);
  });
});

describePeer("Samba's gensec", samba, (python) => {
  it("logs on to our acceptor and talks with it at integrity level", async () => {
    await using initiator = peer(python, "samba-initiator", { level: 5 });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    await exchange(initiator, acceptor);
    expect(acceptor.user).toBe("EXAMPLE\\Alice");
    await talk(acceptor.protect(optionsOf(5)), initiator);
  });

  it("seals as our acceptor does, where all of a fragment is sealed", async () => {
    await using initiator = peer(python, "samba-initiator", { level: 6 });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    await exchange(initiator, acceptor);
    await talk(acceptor.protect(optionsOf(6)), initiator, wholeFragment);
  });

  it("is refused with a wrong password", async () => {
    await using initiator = peer(python, "samba-initiator", { password: "wrong" });
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    await expect(exchange(initiator, acceptor)).rejects.toThrow("unknown user or wrong password");
  });
});

describePeer("Samba's ntlm_auth", ntlmAuth(), (path) => {
  const account = { name: "alice", domain: "EXAMPLE", password: CONFIG.password };

  it("takes our initiator, verifies its MIC and mechListMIC, and sends its own", async () => {
    await using acceptor = new NtlmAuthAcceptor(path, account);
    const initiator = new SpnegoInitiator(ntlmInitiator());
    expect(await exchange(initiator, acceptor)).toHaveLength(4);
    expect(acceptor.user).toBe("EXAMPLE\\alice");
    expect(initiator.mechanism).toBe("NTLM");
    expect(() => initiator.protect(optionsOf(6))).not.toThrow();
  });

  it("refuses our initiator when its mechListMIC, its MIC or its password is wrong", async () => {
    for (const place of [-1, 0x60]) {
      await using acceptor = new NtlmAuthAcceptor(path, account);
      const initiator = new SpnegoInitiator(ntlmInitiator());
      const changed = exchange(initiator, acceptor, (token, leg) => (leg === 2 ? flip(token, place) : token));
      await expect(changed, `byte ${place}`).rejects.toThrow(PeerRefusal);
    }
    await using acceptor = new NtlmAuthAcceptor(path, { ...account, password: "another" });
    const initiator = new SpnegoInitiator(ntlmInitiator());
    await expect(exchange(initiator, acceptor)).rejects.toThrow(PeerRefusal);
  });
});

/** A copy of the token with one bit changed; a negative place counts from the end. */
function flip(token: Uint8Array, place: number): Uint8Array {
  return token.with(place, (token.at(place) ?? 0) ^ 1);
}

function wholeFragment(length: number): Fragment {
  const bytes = new Uint8Array(createHash("sha256").update(`${length}`).digest());
  return { bytes, bodyStart: 0, bodyEnd: bytes.length };
}
