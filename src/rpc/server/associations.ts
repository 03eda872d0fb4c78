import { randomInt } from "node:crypto";

/** Who owns the context handles of an association group. */
export interface AssociationOwner {
  /** Who is logged on, the same on all connections; null until the first logon. */
  user: string | null;
  /** So many bytes more, or less, were sent to the client and not read by it. */
  unread(change: number): void;
  /** The last connection of the group closed. */
  rundown(): void;
}

/** Connections of one client that share their context handles ([MS-RPCE] 3.3.1.4.1). */
export interface Association<Owner> {
  readonly id: number;
  /** The client's address without its port: only that machine may join ([MS-RPCE] 3.3.1.5.7). */
  readonly address: string;
  readonly owner: Owner;
  connections: number;
}

/** The association groups of a server. */
export class Associations<Owner extends AssociationOwner> {
  readonly #groups = new Map<number, Association<Owner>>();
  readonly #newOwner: (peer: string) => Owner;

  constructor(newOwner: (peer: string) => Owner) {
    this.#newOwner = newOwner;
  }

  /** The group a bind asks for, or a new one for id 0; null when there is no such group for this peer. */
  join(id: number, peer: string): Association<Owner> | null {
    const address = addressOf(peer);
    const group = id === 0 ? this.#create(peer, address) : this.#groups.get(id);
    if (group === undefined || group.address !== address) return null;
    group.connections++;
    return group;
  }

  leave(group: Association<Owner>): void {
    group.connections--;
    if (group.connections > 0) return;
    this.#groups.delete(group.id);
    group.owner.rundown();
  }

  #create(peer: string, address: string): Association<Owner> {
    let id: number;
    do id = randomInt(1, 0x7fff_ffff);
    while (this.#groups.has(id));
    const group = { id, address, owner: this.#newOwner(peer), connections: 0 };
    this.#groups.set(id, group);
    return group;
  }
}

/** The address of a peer without its port. */
export function addressOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(":"));
}
