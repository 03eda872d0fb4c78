import { fromHex } from "../../../src/bytes/hex.js";

/** [MS-NLMP] 4.2.1 and 4.2.4: the values of the specification for NTLMv2. */
export const COMMON = {
  user: "User",
  domain: "Domain",
  password: "Password",
  workstation: "COMPUTER",
  randomSessionKey: fromHex("55555555555555555555555555555555"),
  clientChallenge: fromHex("aaaaaaaaaaaaaaaa"),
  serverChallenge: fromHex("0123456789abcdef"),
};

/** 4.2.2.1.2 */
export const NTOWF_V1 = fromHex("a4f49c406510bdcab6824ee7c30fd852");

export const NTLM_V2 = {
  flags: 0xe28a8233,
  /** 4.2.4.1 */
  responseKey: fromHex("0c868a403bfd7a93a3001ef22ef02e3f"),
  sessionBaseKey: fromHex("8de40ccadbc14a82f15cb0ad0de95ca3"),
  /** 4.2.4.2 */
  lmResponse: fromHex("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"),
  ntProof: fromHex("68cd0ab851e51c96aabc927bebef6a1c"),
  encryptedSessionKey: fromHex("c5dad2544fc9799094ce1ce90bc9d03e"),
  /** 4.2.4.3 */
  challenge: fromHex(`
    4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000 2400240044000000
    060070170000000f 530065007200760065007200 02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000`),
  authenticate: fromHex(`
    4e544c4d53535000 03000000 180018006c000000 5400540084000000 0c000c0048000000 0800080054000000 100010005c000000
    10001000d8000000 358288e2 0501280a0000000f 44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
    86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
    68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
    02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000
    c5dad2544fc9799094ce1ce90bc9d03e`),
  /** 4.2.4.4 */
  plaintext: fromHex("50006c00610069006e007400650078007400"),
  sealKey: fromHex("59f600973cc4960a25480a7c196e4c58"),
  signKey: fromHex("4788dc861b4782f35d43fd98fe1a2d39"),
  sealed: fromHex("54e50165bf1936dc996020c1811b0f06fb5f"),
  signature: fromHex("01000000 7fb38ec5c55d4976 00000000"),
};

/** 4.2.3: NTLMv1 with extended session security and without key exchange, whose checksum is not encrypted. */
export const WITHOUT_KEY_EXCHANGE = {
  keyExchangeKey: fromHex("eb93429a8bd952f8b89c55b87f475edc"),
  signKey: fromHex("60e799be5c72fc92922ae8ebe961fb8d"),
  checksum: fromHex("ff2aeb52f681793a"),
};
