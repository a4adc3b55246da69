import { Injectable } from "@nestjs/common";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Makes and reads bearer tokens: a user's key and a seal on it. They end with the process; a real application keeps its secret and lets tokens expire. */
@Injectable()
export class Tokens {
  readonly #secret = randomBytes(32);

  issue(userId: number): string {
    return `${userId}.${this.#seal(String(userId)).toString("base64url")}`;
  }

  /** The user's key, or null for a token that was not made here. */
  read(token: string): number | null {
    const [userId = "", seal = ""] = token.split(".");
    const [given, wanted] = [Buffer.from(seal, "base64url"), this.#seal(userId)];
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? Number(userId) : null;
  }

  #seal(text: string): Buffer {
    return createHmac("sha256", this.#secret).update(text).digest();
  }
}
