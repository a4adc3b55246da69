"use strict";

// Opens a model of so many entities in a process of its own, and writes how many milliseconds it took.
//
//   node src/growth-model.cjs 50

require("reflect-metadata");
require("./resolve.cjs");
const { betterSqlite3, Column, CreatedAt, Database, Entity, ForeignKey, ManyToOne, PrimaryKey, User, UserOwned } = require("freehold");

const COLUMNS = ["first", "second", "third", "fourth"];

/** An owned entity of eight columns that refers to the one before it. */
function entity(index, previous) {
  const target = { [`Entity${index}`]: class {} }[`Entity${index}`];
  const property = (name, type, ...decorators) => {
    // What the compiler would emit for a declared property.
    Reflect.defineMetadata("design:type", type, target.prototype, name);
    for (const decorate of decorators) decorate(target.prototype, name);
  };
  property("id", Number, PrimaryKey());
  property("userId", Number, ForeignKey("User.user_id"));
  for (const name of COLUMNS) property(name, String, Column());
  property("createdAt", Date, CreatedAt());
  property("previousId", Number, ForeignKey(() => [previous ?? target, "id"], { nullable: true }));
  property("previous", Object, ManyToOne(() => previous ?? target, "previousId"));
  UserOwned()(target);
  Entity()(target);
  return target;
}

async function main(count) {
  const entities = [];
  for (let index = 0; index < count; index++) entities.push(entity(index, entities.at(-1)));
  const start = performance.now();
  const db = await Database.open({ driver: betterSqlite3({ file: ":memory:" }), entities: [User, ...entities] });
  const opened = performance.now();
  await db.schema.ensure();
  console.log(JSON.stringify({ open: opened - start, ensure: performance.now() - opened }));
  await db.close();
}

void main(Number(process.argv[2]));
