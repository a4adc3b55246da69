import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** Where Chromium is, or why its specs do not run: it is no npm package, and not on every machine. */
export function findChromium(): { readonly binary: string; readonly missing: null } | { readonly binary: null; readonly missing: string } {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    return existsSync(named) ? { binary: named, missing: null } : { binary: null, missing: `CHROMIUM_PATH is ${named}, which is not there` };
  }
  const binary = PLACES.find(existsSync);
  return binary === undefined ? { binary: null, missing: "there is no Chromium on this machine (apt-get install chromium, or CHROMIUM_PATH)" } : { binary, missing: null };
}

/** A Chromium that asks nobody anything. */
export async function launchChromium(): Promise<Browser> {
  const { binary, missing } = findChromium();
  if (binary === null) throw new Error(missing);
  return chromium.launch({
    executablePath: binary,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
