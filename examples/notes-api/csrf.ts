import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "./problem";

const SAFE: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Browsers send the session's cookie along with requests of this site alone (SameSite=Strict). This is the second lock: a request
 * that changes something and comes from a page must come from a page of ours. Programs such as curl send neither header.
 */
export function refuseOtherSites(app: FastifyInstance, origin: URL | null): void {
  // Bodies are JSON, or lines of it: what a form of another site can send without asking first (text/plain and such) is 415.
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", async (request) => {
    if (!SAFE.includes(request.method) && !isOurs(request, origin)) throw new Problem(403, "This request comes from another site.");
  });
}

function isOurs({ headers, host, protocol }: FastifyRequest, origin: URL | null): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  if (headers.origin === undefined) return true;
  const own = origin?.href ?? `${protocol}://${host}`;
  return URL.canParse(headers.origin) && URL.canParse(own) && new URL(headers.origin).host === new URL(own).host;
}
