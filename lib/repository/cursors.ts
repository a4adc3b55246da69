import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import type { DatabaseModel } from "../model/entity-model";

const NONCE = 12;
const TAG = 16;
/** As much as an address line or a header takes, and then some. */
const MOST_CHARACTERS = 16_384;

/**
 * Seals the place where a page ends. What it holds cannot be read; it opens only for the same binding (entity, order and
 * context), and only unchanged. Equal places give equal cursors: the nonce is made from the content, as in SIV modes
 * (RFC 5297), under AES-256-GCM.
 */
export class CursorBox {
  readonly #key: Buffer;
  readonly #nonceKey: Buffer;

  /** @param secret without one, the key follows from the model: whoever knows the entities could make a cursor */
  constructor(secret: string | undefined, model: DatabaseModel) {
    const material = secret ?? fingerprint(model);
    this.#key = Buffer.from(hkdfSync("sha256", material, "", "freehold cursor", 32));
    this.#nonceKey = Buffer.from(hkdfSync("sha256", material, "", "freehold cursor nonce", 32));
  }

  /** The cursor, or null when it would be longer than `open` takes. */
  seal(binding: string, content: string): string | null {
    const nonce = createHmac("sha256", this.#nonceKey).update(`${binding.length}:${binding}`).update(content).digest().subarray(0, NONCE);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(binding));
    const sealed = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
    const cursor = Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
    return cursor.length > MOST_CHARACTERS ? null : cursor;
  }

  /** The content, or null when the cursor is not one that was sealed for this binding. */
  open(binding: string, cursor: unknown): string | null {
    if (typeof cursor !== "string" || cursor.length > MOST_CHARACTERS) return null;
    const bytes = Buffer.from(cursor, "base64url");
    // Decoding passes over what is no base64url: only the text that was given out is the cursor.
    if (bytes.length < NONCE + TAG || bytes.toString("base64url") !== cursor) return null;
    const cipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(binding)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    try {
      return Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]).toString("utf8");
    } catch {
      return null;
    }
  }
}

function fingerprint(model: DatabaseModel): string {
  const hash = createHash("sha256");
  for (const entity of model.entities) {
    hash.update(JSON.stringify([entity.name, entity.table, entity.columns.map(({ column, type }) => [column, type])]));
  }
  return hash.digest("hex");
}
