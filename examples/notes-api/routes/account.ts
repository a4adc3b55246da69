import type { FastifyInstance } from "fastify";
import { Problem } from "../problem";
import { answers } from "../schemas";

export async function accountRoutes(api: FastifyInstance): Promise<void> {
  api.get("/me", {
    schema: { tags: ["account"], summary: "Who is logged in", response: answers(200, "Account", 401) },
  }, async ({ mine }) => {
    // In its own name an account sees one row of its table: its own.
    const [account] = await mine.account.find();
    if (account === undefined) throw new Problem(401, "This account is gone.");
    return account;
  });
}
