import { ByteReader } from "../../bytes/reader.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { ByteWriter } from "../../bytes/writer.js";
import { type AvPair, decodeAvPairs, encodeAvPairs } from "./av-pairs.js";
import { hmacMd5, sameBytes } from "../crypto/digests.js";
import { upcase } from "./account.js";

/** The NTLMv2 response and what the acceptor needs to check it ([MS-NLMP] 3.3.2, 2.2.2.7, 2.2.2.8). */

const PROOF_SIZE = 16;

/** ResponseKeyNT and ResponseKeyLM. The user name is upper-cased, the domain is not. */
export function ntowfV2(ntHash: Uint8Array, user: string, domain: string): Uint8Array {
  return hmacMd5(ntHash, encodeUtf16(upcase(user) + domain));
}

/** NTLMv2_CLIENT_CHALLENGE: what the client puts into its response. */
export interface ClientChallenge {
  /** FILETIME: 100 ns since 1601, UTC. */
  readonly time: bigint;
  /** 8 bytes. */
  readonly nonce: Uint8Array;
  readonly avPairs: readonly AvPair[];
}

export interface Responses {
  readonly ntResponse: Uint8Array;
  /** LMv2, 24 bytes. */
  readonly lmResponse: Uint8Array;
  readonly sessionBaseKey: Uint8Array;
}

/** ComputeResponse of the client. */
export function computeResponses(
  responseKey: Uint8Array,
  serverChallenge: Uint8Array,
  client: ClientChallenge,
): Responses {
  const temp = new ByteWriter()
    .bytes(Uint8Array.of(1, 1))
    .zeros(6)
    .u64(client.time)
    .bytes(client.nonce)
    .zeros(4)
    .bytes(encodeAvPairs(client.avPairs))
    .zeros(4)
    .finish();
  const proof = hmacMd5(responseKey, serverChallenge, temp);
  const lmProof = hmacMd5(responseKey, serverChallenge, client.nonce);
  return {
    ntResponse: new Uint8Array(Buffer.concat([proof, temp])),
    lmResponse: new Uint8Array(Buffer.concat([lmProof, client.nonce])),
    sessionBaseKey: hmacMd5(responseKey, proof),
  };
}

/** The client's part of a received response. Throws a DecodeError for one that is malformed or cut short. */
export function decodeNtResponse(ntResponse: Uint8Array): ClientChallenge {
  const what = "NTLMv2_RESPONSE";
  const reader = new ByteReader(ntResponse, what);
  reader.bytes(PROOF_SIZE, "Response");
  const version = reader.u16("RespType");
  if (version !== 0x0101) throw reader.fail("RespType", "is not version 1", PROOF_SIZE);
  reader.bytes(6, "Reserved");
  const time = reader.u64("TimeStamp");
  const nonce = reader.bytes(8, "ChallengeFromClient");
  reader.bytes(4, "Reserved3");
  return { time, nonce, avPairs: decodeAvPairs(ntResponse.subarray(reader.offset), `${what}.AvPairs`) };
}

/** The session base key when the response was made with this key; null when it was not. */
export function verifyNtResponse(
  responseKey: Uint8Array,
  serverChallenge: Uint8Array,
  ntResponse: Uint8Array,
): Uint8Array | null {
  const proof = ntResponse.subarray(0, PROOF_SIZE);
  const expected = hmacMd5(responseKey, serverChallenge, ntResponse.subarray(PROOF_SIZE));
  return sameBytes(proof, expected) ? hmacMd5(responseKey, proof) : null;
}
