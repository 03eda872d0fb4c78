import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Link } from "../rpc/link.js";
import { SocketLink } from "./socket-link.js";

export interface ListenOptions {
  /** The address to listen on. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Takes each connection that is accepted. */
  readonly onLink: (link: Link) => void;
}

/** A listening TCP port. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Stops listening and ends the connections that are still open; resolves when they are gone. */
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 30_000;

/** Listens for TCP connections. Rejects with the system's error when the port cannot be had. */
export async function listenTcp({ host, port, onLink }: ListenOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    onLink(new SocketLink(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  return {
    address: bound.address,
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
