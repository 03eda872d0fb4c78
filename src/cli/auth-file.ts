import { UsageError } from "../errors.js";
import { splitAccount } from "../security/account.js";
import { readSecretFile } from "./password-file.js";

/** What an authentication file of smbclient's format says. */
export interface AuthFile {
  readonly user: string | null;
  readonly domain: string | null;
  readonly password: string | null;
}

const MAX_BYTES = 64 * 1024;

/** Reads `username = …`, `password = …` and `domain = …` lines from a file. Throws a UsageError without their content. */
export async function readAuthFile(name: string): Promise<AuthFile> {
  return parseAuthFile(await readSecretFile(name, "--auth-file", wholeText));
}

/**
 * The format of `smbclient -A`: a name, `=` and a value on each line, names in any case, spaces around the `=` skipped,
 * other lines ignored; a value keeps its trailing spaces, and an empty one is none. Throws a UsageError when no line says anything.
 */
export function parseAuthFile(text: string): AuthFile {
  const found: Record<string, string> = {};
  for (const line of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    const match = /^[ \t]*(username|password|domain)[ \t]*=[ \t]*(.*)$/i.exec(line);
    if (match) found[(match[1] ?? "").toLowerCase()] = match[2] ?? "";
  }
  if (Object.keys(found).length === 0) {
    throw new UsageError(
      "The file that --auth-file names holds no line 'username = …', 'password = …' or 'domain = …'.",
    );
  }
  const { user, domain } = splitAccount(found["username"] ?? "");
  return {
    user: user || null,
    domain: found["domain"] || domain || null,
    password: found["password"] || null,
  };
}

async function wholeText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) throw new UsageError("The file that --auth-file names is too long to be one.");
  }
  return Buffer.concat(parts).toString("utf8");
}
