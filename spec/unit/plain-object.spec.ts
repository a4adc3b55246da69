import fastify from "fastify";
import { runInNewContext } from "node:vm";
import { isPlainObject } from "../../lib/util/plain-object";

class Note {}
class WithoutBase {
  declare title: string;
}
Object.setPrototypeOf(WithoutBase.prototype, null);

describe("a plain object", () => {
  it.each([
    ["a literal", {}], ["one without a prototype", Object.create(null)], ["a literal of another realm", runInNewContext("({ title: 1 })")],
    ["one whose prototype is empty", Object.create(Object.create(null) as object)],
  ])("is %s", (_name, value: unknown) => {
    expect(isPlainObject(value)).toBe(true);
  });

  it.each([
    ["an instance", new Note()], ["an instance of a class that extends nothing", new WithoutBase()], ["one that inherits properties", Object.create({ title: 1 })],
    ["one that inherits from one without a prototype", Object.create(Object.assign(Object.create(null) as object, { title: 1 }))],
    ["a list", []], ["a Map", new Map()], ["a Date", new Date(0)], ["a function", () => undefined], ["null", null], ["text", "text"],
  ])("is not %s", (_name, value: unknown) => {
    expect(isPlainObject(value)).toBe(false);
  });

  it("is what Fastify makes of a query and of a path's parameters", async () => {
    const app = fastify();
    const seen: unknown[] = [];
    app.get("/notes/:id", (request) => {
      seen.push(request.query, request.params);
      return {};
    });
    await app.inject("/notes/7?title=garden");
    await app.close();
    expect(seen.map((value) => [isPlainObject(value), { ...(value as object) }])).toEqual([[true, { title: "garden" }], [true, { id: "7" }]]);
  });
});
