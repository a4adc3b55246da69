import { Collection, Entity, ManyToOne, MikroORM, OneToMany, PrimaryKey, Property, Type, wrap } from "@mikro-orm/sqlite";
// From .build/, where this file is put.
import { checked } from "../contestants/checked.cjs";

// MikroORM's own dates on SQLite are numbers; this one is the text that the schema holds.
class IsoDate extends Type<Date, string> {
  override convertToDatabaseValue(value: Date): string { return value.toISOString(); }
  override convertToJSValue(value: string): Date { return new Date(value); }
  override compareAsType(): string { return "date"; }
  override getColumnType(): string { return "text"; }
}

@Entity({ tableName: "doc" })
class Doc {
  @PrimaryKey({ type: "integer" }) id!: number;
  @Property({ type: "integer" }) userId!: number;
  @Property({ type: "text" }) title!: string;
  @Property({ type: "text" }) body!: string;
  @Property({ type: "integer" }) rating!: number;
  @Property({ type: "boolean" }) done!: boolean;
  @Property({ type: "json" }) meta!: object;
  @Property({ type: IsoDate }) createdAt!: Date;
}

@Entity({ tableName: "project" })
class Project {
  @PrimaryKey({ type: "integer" }) id!: number;
  @Property({ type: "integer" }) userId!: number;
  @Property({ type: "text" }) name!: string;
  @OneToMany(() => Task, "projectId") tasks = new Collection<object>(this);
}

@Entity({ tableName: "task" })
class Task {
  @PrimaryKey({ type: "integer" }) id!: number;
  @Property({ type: "integer" }) userId!: number;
  @ManyToOne(() => Project, { fieldName: "project_id", mapToPk: true }) projectId!: number;
  @Property({ type: "text" }) title!: string;
  @Property({ type: "boolean" }) done!: boolean;
}

type Data = Omit<Doc, "id" | "userId">;

/** On the sqlite3 5 that it brings. */
export async function open(file: string) {
  const orm = await MikroORM.init({ dbName: file, entities: [Doc, Project, Task] });
  const connection = orm.em.getConnection();
  for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"]) await connection.execute(`pragma ${pragma}`);
  // An identity map for each request, as its documentation asks for.
  const request = () => orm.em.fork();

  const as = (userId: number) => ({
    byKey: (id: number) => request().findOne(Doc, { id, userId }),
    page: (limit: number) => request().find(Doc, { userId }, { orderBy: { id: "asc" }, limit }),
    all: () => request().find(Doc, { userId }, { orderBy: { id: "asc" } }),
    search: (rating: number, limit: number) => request().find(
      Doc, { userId, done: false, rating: { $gte: rating } }, { orderBy: [{ createdAt: "desc" }, { id: "asc" }], limit },
    ),
    insert: async (data: Data) => {
      const em = request();
      const doc = em.create(Doc, { userId, ...checked(data) });
      await em.flush();
      return doc;
    },
    insertMany: async (list: readonly Data[]) => {
      const em = request();
      const docs = list.map((data) => em.create(Doc, { userId, ...checked(data) }));
      await em.flush();
      return docs;
    },
    update: (id: number, changes: Partial<Data>) => request().nativeUpdate(Doc, { id, userId }, changes),
    projects: () => request().find(
      Project, { userId }, { populate: ["tasks"], populateWhere: { tasks: { userId } }, orderBy: [{ id: "asc" }, { tasks: { id: "asc" } }] },
    ),
    count: () => request().count(Doc, { userId }),
  });
  const plain = (result: unknown): unknown => {
    if (Array.isArray(result)) return result.map(plain);
    return typeof result === "object" && result !== null ? wrap(result).toPOJO() : result;
  };
  return { as, close: () => orm.close(), plain };
}
