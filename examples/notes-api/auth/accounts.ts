import { UserContext, type Database } from "freehold";
import { Account, Credential } from "../entities";
import type { Passwords } from "./passwords";

/**
 * The only part of the service that works across owners: nobody is logged in yet when somebody signs up or logs in. Each
 * `db.system(…)` says why, and the reason stands in the log with every statement.
 */
export class Accounts {
  readonly #db: Database;
  readonly #passwords: Passwords;

  constructor(db: Database, passwords: Passwords) {
    this.#db = db;
    this.#passwords = passwords;
  }

  /** Stores a new account. @throws UniqueViolationError where the login is taken */
  async signUp({ login, password, name }: { readonly login: string; readonly password: string; readonly name: string }): Promise<UserContext> {
    // Before the transaction: the hash takes a while, and a writing transaction has SQLite to itself.
    const passwordHash = await this.#passwords.hash(password);
    const system = this.#db.system("sign-up: store a new account and its credential");
    return this.#db.transaction(async () => {
      const account = await this.#db.repository(Account).insert(system, { name });
      await this.#db.repository(Credential).insert(system, { accountId: account.accountId, login: fold(login), passwordHash });
      return UserContext.of(account);
    });
  }

  /** The context of whom login and password belong to, or null. An unknown login costs as much time as a wrong password. */
  async logIn(login: string, password: string): Promise<UserContext | null> {
    const credentials = this.#db.repository(Credential).as(this.#db.system("log-in: look up the credential of a login"));
    const credential = await credentials.findOne({ login: fold(login) });
    if (!await this.#passwords.matches(password, credential?.passwordHash ?? null) || credential === null) return null;
    if (this.#passwords.isOutdated(credential.passwordHash)) {
      await credentials.update({ credentialId: credential.credentialId }, { passwordHash: await this.#passwords.hash(password) });
    }
    return UserContext.forKey(Account, credential.accountId);
  }
}

function fold(login: string): string {
  return login.normalize("NFKC").toLowerCase();
}
