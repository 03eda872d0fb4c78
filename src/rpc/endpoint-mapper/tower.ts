import { GUID_SIZE, guidFromBytes, guidToBytes } from "../../bytes/guid.js";
import { ByteReader } from "../../bytes/reader.js";
import { ByteWriter } from "../../bytes/writer.js";
import type { SyntaxId } from "../pdu/syntax-id.js";

/** Protocol identifiers of tower floors (C706 appendix I). */
const PROTOCOLS = { uuid: 0x0d, connectionOriented: 0x0b, tcp: 0x07, ip: 0x09 } as const;

/** Where an interface can be reached over TCP: the five floors of a protocol tower (C706 appendix L). */
export interface TcpTower {
  readonly interfaceId: SyntaxId;
  readonly transferSyntax: SyntaxId;
  /** 0 in a request. */
  readonly port: number;
  /** The four bytes of an IPv4 address; zero in a request. Answers often name an address that cannot be reached. */
  readonly address: Uint8Array;
}

/** The octets of a tower: 75 bytes. */
export function encodeTower({ interfaceId, transferSyntax, port, address }: TcpTower): Uint8Array {
  const writer = new ByteWriter(80);
  writer.u16(5);
  for (const id of [interfaceId, transferSyntax]) {
    writer
      .u16(1 + GUID_SIZE + 2)
      .u8(PROTOCOLS.uuid)
      .bytes(guidToBytes(id.uuid))
      .u16(id.major);
    writer.u16(2).u16(id.minor);
  }
  writer.u16(1).u8(PROTOCOLS.connectionOriented).u16(2).u16(0);
  writer.u16(1).u8(PROTOCOLS.tcp).u16(2).u16be(port);
  writer.u16(1).u8(PROTOCOLS.ip).u16(address.length).bytes(address);
  return writer.finish();
}

/** Decodes a tower; null when it does not lead over TCP (named pipes, UDP, HTTP). Throws a DecodeError. */
export function decodeTower(octets: Uint8Array): TcpTower | null {
  const reader = new ByteReader(octets, "tower");
  const count = reader.u16("floor_count");
  const floors: Floor[] = [];
  for (let i = 0; i < count; i++) floors.push(readFloor(reader, `floors[${i}]`));
  const [iface, syntax, protocol, transport, host] = floors;
  if (iface === undefined || syntax === undefined || protocol === undefined || transport === undefined) return null;
  if (protocolOf(protocol) !== PROTOCOLS.connectionOriented || protocolOf(transport) !== PROTOCOLS.tcp) return null;
  return {
    interfaceId: syntaxIdOf(iface, "floors[0]"),
    transferSyntax: syntaxIdOf(syntax, "floors[1]"),
    port: new ByteReader(transport.right, "tower").u16be("floors[3].port"),
    address: host?.right ?? new Uint8Array(0),
  };
}

interface Floor {
  /** Protocol identifier and its data. */
  readonly left: Uint8Array;
  /** Address data. */
  readonly right: Uint8Array;
}

function readFloor(reader: ByteReader, field: string): Floor {
  const left = reader.bytes(reader.u16(`${field}.lhs_length`), `${field}.lhs`);
  const right = reader.bytes(reader.u16(`${field}.rhs_length`), `${field}.rhs`);
  return { left, right };
}

function protocolOf({ left }: Floor): number | undefined {
  return left[0];
}

function syntaxIdOf({ left, right }: Floor, field: string): SyntaxId {
  const reader = new ByteReader(left, `tower.${field}`);
  const protocol = reader.u8("protocol");
  if (protocol !== PROTOCOLS.uuid) throw reader.fail("protocol", `is ${protocol}, not that of a UUID`, 0);
  const uuid = guidFromBytes(reader.bytes(GUID_SIZE, "uuid"));
  const major = reader.u16("version");
  return { uuid, major, minor: new ByteReader(right, `tower.${field}`).u16("version_minor") };
}
