import type { InOf, Method, OutOf } from "../../ndr/method.js";
import { decodeRequest, encodeResponse } from "../../ndr/method.js";
import type { TransferSyntax } from "../../ndr/syntax.js";
import type { AuthLevel } from "../../security/context.js";
import type { RpcInterface } from "../interface.js";
import { Answer, type Outcome, type Withdrawable } from "./answer.js";

/** Takes how a call ended, with the stub of the response. Called at most once, at once or later. */
export type Deliver = (outcome: Outcome<Uint8Array>) => void;

/** A call whose parameters have been decoded: runs it for the owner of the association's context handles. */
export type Invocation<Owner> = (owner: Owner, deliver: Deliver) => Withdrawable;

/** A method as a server offers it. */
export interface ServerMethod<Owner> {
  readonly name: string;
  readonly opnum: number;
  /** Decodes the stub of a request. Throws a DecodeError. */
  prepare(syntax: TransferSyntax, stub: Uint8Array): Invocation<Owner>;
}

/** An interface as a server offers it. */
export interface Service<Owner> {
  readonly interface: RpcInterface;
  /** Whether calls need a logon at the server's least level; the others are open to everybody. */
  readonly secured: boolean;
  /** The least level of authentication, where it is higher than that of the endpoint. */
  readonly minLevel?: AuthLevel;
  readonly methods: readonly ServerMethod<Owner>[];
}

/** The answer of a call, given in whatever form the handler has and turned into out parameters by `toOut`. */
export type Reply<Out> = <Results>(toOut: (results: Results) => Out) => Answer<Results>;

/** Ties a method table to what answers it: `handle` asks for the call's answer once, by `reply`. */
export function serve<M extends Method, Owner>(
  method: M,
  handle: (owner: Owner, values: InOf<M>, reply: Reply<OutOf<M>>) => void,
): ServerMethod<Owner> {
  return {
    name: method.name,
    opnum: method.opnum,
    prepare(syntax, stub) {
      const values = decodeRequest(method, syntax, stub);
      return (owner, deliver) => {
        let call: Withdrawable | null = null;
        handle(owner, values, (toOut) => {
          const answer = new Answer<Parameters<typeof toOut>[0]>((outcome) => {
            if (outcome.kind === "fault") return deliver(outcome);
            deliver({ kind: "results", results: encodeResponse(method, syntax, toOut(outcome.results)) });
          });
          call = answer;
          return answer;
        });
        if (call === null) throw new Error(`${method.name} was not answered`);
        return call;
      };
    },
  };
}
