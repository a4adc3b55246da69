import type { UserContext } from "freehold";
import type { EntityModel, OwnedModel, PropertyModel, PublicModel } from "../../lib/model/entity-model";
import { unscoped, type Access, type Scope } from "../../lib/scope/access";
import { always } from "../../lib/sql/predicate";
import { statement, type CountStatement, type SelectStatement } from "../../lib/sql/statement";
import { openTable, type TableSource } from "../../lib/sql/table-source";

interface Models {
  readonly owned: OwnedModel;
  readonly open: PublicModel;
  readonly either: EntityModel;
}

export function opening({ owned, open, either }: Models, ctx: UserContext, scope: Scope): readonly TableSource[] {
  // @ts-expect-error an owned table does not open without a scope
  openTable(owned);
  // @ts-expect-error nor does a table that may be owned
  openTable(either);
  // @ts-expect-error nor with undefined for a scope
  openTable(owned, undefined);
  // @ts-expect-error nor with undefined, where the table may be owned
  openTable(either, undefined);
  // @ts-expect-error nor when it is said aloud that there is none
  openTable(owned, unscoped);
  // @ts-expect-error a look-alike is no scope
  openTable(owned, { owner: Object, key: 1, actor: 1, toJSON: () => ({}) });
  return [openTable(owned, ctx), openTable(open), openTable(open, ctx), openTable(either, scope)];
}

/** A source is made by the door alone. */
export function forging({ owned }: Models, access: Access, source: TableSource, columns: readonly PropertyModel[]): void {
  // @ts-expect-error an object literal lacks the brand
  const literal: TableSource = { kind: "table", model: owned, access };
  // @ts-expect-error a statement takes no look-alike
  statement<CountStatement>({ kind: "count", source: { kind: "table", model: owned, access }, where: always });
  // @ts-expect-error a statement without a source is none
  statement<SelectStatement>({ kind: "select", columns, where: always, order: [], limitSlot: null, offsetSlot: null });
  // @ts-expect-error a model is no source
  statement<CountStatement>({ kind: "count", source: owned, where: always });
  // @ts-expect-error an opened source does not change
  source.access = access;
  void literal;
}
