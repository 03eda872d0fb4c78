import { NdrReader } from "./reader.js";
import type { TransferSyntax } from "./syntax.js";
import type { NdrType, ParameterValues, ValueOf } from "./type.js";
import { NdrWriter } from "./writer.js";

/** Parameters in wire order: their names in the IDL and their types. The return value comes last, as `result`. */
export type Parameters = Readonly<Record<string, NdrType<unknown>>>;

/** A method of an RPC interface. Its two tables are all there is to know: codec, both syntaxes and types come from them. */
export interface Method<In extends Parameters = Parameters, Out extends Parameters = Parameters> {
  readonly name: string;
  readonly opnum: number;
  /** Whether a call may wait for something to happen, for hours if need be; all others are answered at once. */
  readonly waits: boolean;
  readonly in: In;
  readonly out: Out;
}

type ValuesOf<Table extends Parameters> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** The values that a request of the method carries. */
export type InOf<M extends Method> = ValuesOf<M["in"]>;

/** The values that a response of the method carries, `result` included. */
export type OutOf<M extends Method> = ValuesOf<M["out"]>;

/** Declares a method: its name in the IDL, its opnum, and its `[in]` and `[out]` parameters. */
export function method<const In extends Parameters, const Out extends Parameters>(
  name: string,
  opnum: number,
  parameters: { readonly in: In; readonly out: Out; readonly waits?: true },
): Method<In, Out> {
  return { name, opnum, waits: false, ...parameters };
}

/** The stub of a request. Throws a TypeError or RangeError for values that are not what the table says. */
export function encodeRequest<M extends Method>(method: M, syntax: TransferSyntax, values: InOf<M>): Uint8Array {
  return encode(method.in, syntax, values);
}

/** The stub of a response; errors as with requests. */
export function encodeResponse<M extends Method>(method: M, syntax: TransferSyntax, values: OutOf<M>): Uint8Array {
  return encode(method.out, syntax, values);
}

/**
 * Padding that a client may leave after the last parameter: up to the next multiple of 8, NDR's largest alignment. A
 * verification trailer, which begins at a multiple of 4, has been taken off before ([MS-RPCE] 2.2.2.13).
 */
const REQUEST_PADDING = 7;

/**
 * The values of a request's stub, strict at target level 6.0 ([MS-PAN] 3.1.1.4). Byte arrays are views of the stub.
 * Throws a DecodeError that names the parameter, also for more bytes after the last one than padding explains.
 */
export function decodeRequest<M extends Method>(method: M, syntax: TransferSyntax, stub: Uint8Array): InOf<M> {
  const reader = new NdrReader(stub, syntax, method.name);
  const values = decode(method.in, reader);
  reader.end(REQUEST_PADDING);
  return values as InOf<M>;
}

/**
 * The values of a response's stub, whatever its HRESULT says: servers send the out parameters of failed calls too. As
 * strict as with requests, except that bytes after the last parameter are ignored. Byte arrays are views of the stub.
 */
export function decodeResponse<M extends Method>(method: M, syntax: TransferSyntax, stub: Uint8Array): OutOf<M> {
  return decode(method.out, new NdrReader(stub, syntax, method.name)) as OutOf<M>;
}

function encode(table: Parameters, syntax: TransferSyntax, values: ParameterValues): Uint8Array {
  const writer = new NdrWriter(syntax, Object.values(values).reduce(addRoom, 0));
  for (const [name, type] of Object.entries(table)) type.write(writer, values[name], name, values);
  return writer.finish();
}

function decode(table: Parameters, reader: NdrReader): ParameterValues {
  const values: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(table)) values[name] = type.read(reader, name, values);
  return values;
}

/** Adds room for a parameter: its elements, and in 64 bytes its alignment, pointer, counts and fixed part. */
function addRoom(sum: number, value: unknown): number {
  if (value instanceof Uint8Array) return sum + value.length + 64;
  if (typeof value === "string") return sum + 2 * value.length + 64;
  return sum + 64;
}
