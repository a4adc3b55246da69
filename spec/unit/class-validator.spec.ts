import { createRequire } from "node:module";
import { Column, Database, Entity, PrimaryKey, sqlite3, ValidationError, type EntityClass } from "freehold";

let mockLoads = 0;
jest.mock("class-validator", () => {
  mockLoads += 1;
  return jest.requireActual<object>("class-validator");
});

@Entity()
class Plain {
  @PrimaryKey() id!: number;
  @Column({ type: "integer" }) rating!: number;
}

/** Made when class-validator is wanted. */
function constrained(): EntityClass<Plain> {
  const { Max } = createRequire(__filename)("class-validator") as typeof import("class-validator");
  @Entity()
  class Constrained {
    @PrimaryKey() id!: number;
    @Column({ type: "integer" }) @Max(5) rating!: number;
  }
  return Constrained;
}

async function store(entity: EntityClass<Plain>): Promise<Plain> {
  const db = await Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [entity] });
  try {
    await db.schema.ensure();
    const rows = db.repository(entity);
    const { id } = await rows.insert({ rating: 6 });
    await rows.update({ id }, { rating: 7 });
    return await rows.findByIdOrFail(id);
  } finally {
    await db.close();
  }
}

describe("class-validator", () => {
  it("is loaded by the first class that uses it, not by the library", async () => {
    expect((await store(Plain)).rating).toBe(7);
    expect(mockLoads).toBe(0);
    await expect(store(constrained())).rejects.toThrow(ValidationError);
    expect(mockLoads).toBeGreaterThan(0);
  });
});
