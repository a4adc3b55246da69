import "reflect-metadata";
import {
  ArrayMaxSize, ArrayMinSize, ArrayNotEmpty, ArrayUnique, Contains, Equals, getMetadataStorage, IsAlpha, IsArray, IsBoolean, IsDate, IsDefined, IsEmail, IsEmpty, IsEnum, IsIn,
  IsInt, IsISO8601, IsMongoId, IsNegative, IsNotEmpty, IsNotIn, IsNumber, IsNumberString, IsObject, IsOptional, IsPositive, IsString, IsUrl, IsUUID, Length, Matches, Max, MaxDate,
  MaxLength, Min, MinDate, MinLength, NotContains, NotEquals, registerDecorator, useContainer, validate, Validate, ValidateBy, ValidateIf, ValidateNested, ValidatorConstraint,
  type ValidationArguments, type ValidatorConstraintInterface,
} from "class-validator";
import fc from "fast-check";
import { ConstraintCheck } from "../../lib/repository/constraint-check";

const judge = async (object: object): Promise<boolean> => (await validate(object, { forbidUnknownValues: false })).length === 0;

enum Color { red = "red", green = "green" }

class Part { @IsString() @Length(1, 3) name!: unknown; @IsOptional() @IsInt() size?: unknown; }
class SubPart extends Part { @IsBoolean() odd!: unknown; }
class Loose { anything?: unknown; }

@ValidatorConstraint({ name: "even" })
class Even implements ValidatorConstraintInterface {
  validate(value: unknown, { constraints, object }: ValidationArguments): boolean {
    return typeof value === "number" && value % Number(constraints[0]) === 0 && object !== undefined;
  }
}

class Base {
  @IsString() @MaxLength(5) inherited!: unknown;
  @IsInt() @Min(0) redeclared!: unknown;
}

/** 30 constraints of different kinds. */
class Everything extends Base {
  @IsDefined() defined!: unknown;
  @IsInt() @Min(-5) @Max(5) whole!: unknown;
  @IsNumber({ maxDecimalPlaces: 2 }) @IsPositive() price!: unknown;
  @IsOptional() @IsNegative() debt?: unknown;
  @MinLength(2) @MaxLength(4) text!: unknown;
  @Matches(/^a/) @Contains("b") @NotContains("c") pattern!: unknown;
  @IsOptional() @IsEmail() email?: unknown;
  @IsOptional() @IsUUID() uuid?: unknown;
  @IsDate() @MinDate(new Date(0)) @MaxDate(new Date(1e12)) date!: unknown;
  @IsBoolean({ each: true }) @IsArray() flags!: unknown;
  @IsEnum(Color) color!: unknown;
  @IsIn([1, "x", null]) @NotEquals(2) choice!: unknown;
  @IsNotIn(["no"]) notIn!: unknown;
  @ValidateIf((object: Everything) => object.choice === 1) @IsNotEmpty() @IsAlpha() conditional?: unknown;
  @ArrayMinSize(1) @ArrayMaxSize(3) @ArrayUnique() list!: unknown;
  @ValidateNested() nested!: unknown;
  @ValidateNested({ each: true }) many!: unknown;
  @Validate(Even, [2]) even!: unknown;
  @ValidateBy({ name: "inline", validator: { validate: (value) => value !== "bad" } }) inline!: unknown;
  @Equals(7) @IsOptional() seven?: unknown;
}
IsString()(Everything.prototype, "redeclared");

/** Mostly what the constraint wants, and now and then something else. */
const mostly = (good: fc.Arbitrary<unknown>, ...bad: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(undefined, null, "", 0, NaN, {}, [], "zzzzzz", 2.5, true, new Date(NaN), ...bad) });
const part = fc.oneof(
  fc.record({ name: mostly(fc.constantFrom("a", "abc")), size: mostly(fc.constantFrom(undefined, 1)) }).map((values) => Object.assign(new Part(), values)),
  fc.record({ name: fc.constantFrom("a", "abc"), odd: mostly(fc.boolean()) }).map((values) => Object.assign(new SubPart(), values)), fc.constant(new Loose()),
);
const objects = fc.record({
  inherited: mostly(fc.constantFrom("", "five5")), redeclared: mostly(fc.constantFrom("", "x"), 5), defined: mostly(fc.constant(0)), whole: mostly(fc.integer({ min: -5, max: 5 }), 6, -6),
  price: mostly(fc.constantFrom(1, 0.25, 100), 0.125, -1), debt: mostly(fc.constantFrom(undefined, null, -1), 1), text: mostly(fc.constantFrom("ab", "abcd"), "a", "abcde"),
  pattern: mostly(fc.constantFrom("ab", "a b"), "b", "abc", "a"), email: mostly(fc.constantFrom(undefined, "a@example.org"), "a@b"), uuid: mostly(fc.uuid()),
  date: mostly(fc.date({ min: new Date(0), max: new Date(1e12), noInvalidDate: true }), new Date(-1), new Date(2e12)),
  flags: mostly(fc.array(fc.boolean()), [1], new Set([true])), color: mostly(fc.constantFrom("red", "green"), "blue"), choice: mostly(fc.constantFrom(1, "x", null), 2), notIn: mostly(fc.constant("yes"), "no"),
  conditional: fc.constantFrom("abc", "abc", "abc", "abc", undefined, "1"), list: mostly(fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 3 }), [1, 1], [1, 2, 3, 4]),
  nested: mostly(part), many: mostly(fc.array(part, { maxLength: 3 }), [null], [[new Part()]], [undefined], new Set([new Loose()])), even: mostly(fc.constantFrom(0, 2, 4), 3), inline: mostly(fc.constant("good"), "bad"),
  seven: mostly(fc.constantFrom(7, undefined)),
}).map((values) => Object.assign(new Everything(), values));

describe("the quick check", () => {
  it("agrees with class-validator on 10,000 random objects over 30 constraints, both ways", async () => {
    const names = new Set(getMetadataStorage().getTargetValidationMetadatas(Everything, "", false, false).map((mark) => `${mark.type} ${mark.name ?? ""} ${String(mark.constraintCls as unknown)}`.slice(0, 200)));
    expect(names.size).toBeGreaterThanOrEqual(3);
    const check = new ConstraintCheck();
    const verdicts = { accepted: 0, rejected: 0 };
    await fc.assert(fc.asyncProperty(objects, async (object) => {
      const wanted = await judge(object);
      verdicts[wanted ? "accepted" : "rejected"] += 1;
      expect(check.accepts(object)).toBe(wanted);
    }), { numRuns: 10_000 });
    expect(verdicts.accepted).toBeGreaterThan(1_000);
    expect(verdicts.rejected).toBeGreaterThan(1_000);
  }, 120_000);

  it("agrees with it on classes of random constraints and random values", async () => {
    const pool: readonly (() => PropertyDecorator)[] = [
      IsDefined, IsOptional, IsString, IsInt, IsNumber, IsBoolean, IsDate, IsArray, IsObject, IsEmpty, IsNotEmpty, IsPositive, IsNegative, IsEmail, IsUUID, IsUrl, IsISO8601, IsMongoId, IsNumberString,
      IsAlpha, ArrayNotEmpty, ValidateNested, () => Min(1), () => Max(2), () => Length(1, 2), () => MinLength(1, { each: true }), () => IsIn(["a", 1]), () => Equals(1), () => IsInt({ each: true }),
      () => ValidateNested({ each: true }), () => IsString({ groups: ["some"] }), () => IsInt({ always: true }), () => ValidateIf((_, value) => value !== 1), () => Matches(/a/), () => ArrayUnique(),
      () => IsString({ validateIf: (_, value) => typeof value === "string" }), () => Validate(Even, [3], { each: true }),
    ];
    const value = fc.oneof(fc.constantFrom<unknown>(undefined, null, "", "a", "ab", 1, 2, 0, -1, 1.5, true, [], ["a"], [1, "a"], {}, new Date(0), new Part(), Object.assign(new Part(), { name: "a" }),
      [Object.assign(new Part(), { name: "a" })], new Set(["a"]), new Map([["k", "a"]]), "a@example.org", "http://example.org", "12", () => 1, Symbol("x"), 3n), fc.string({ maxLength: 3 }));
    await fc.assert(fc.asyncProperty(
      fc.array(fc.array(fc.nat(pool.length - 1), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { minLength: 8, maxLength: 8 }),
      async (properties, rows) => {
        class Random { [name: string]: unknown; }
        properties.forEach((decorators, index) => decorators.forEach((choice) => pool[choice]?.()(Random.prototype, `p${index}`)));
        const check = new ConstraintCheck();
        for (const row of rows) {
          const object = Object.assign(new Random(), Object.fromEntries(row.map((item, index) => [`p${index}`, item])));
          const wanted = await judge(object).catch(() => "threw");
          const accepted = check.accepts(object);
          // It may leave a verdict to class-validator, but never accept what that refuses.
          if (accepted) expect(wanted).toBe(true);
          else if (wanted === true) expect(row.some((item) => item instanceof Map)).toBe(true);
        }
      }), { numRuns: 400 });
  }, 120_000);

  it("asks each validator once for what it accepts, and costs nothing without constraints", () => {
    const calls: unknown[] = [];
    class Counted {
      @ValidateBy({ name: "counted", validator: { validate: (value, given) => { calls.push([value, given?.property, given?.targetName, given?.object instanceof Counted]); return true; } } }) a = 1;
    }
    const check = new ConstraintCheck();
    expect(check.accepts(new Counted())).toBe(true);
    expect(calls).toEqual([[1, "a", "Counted", true]]);
    expect(check.constrains(Counted)).toBe(true);
    expect(check.constrains(Loose)).toBe(false);
    expect(check.accepts(new Loose())).toBe(true);
  });

  it("asks the application's container for its validators each time", () => {
    let made = 0;
    @ValidatorConstraint()
    class Numbered implements ValidatorConstraintInterface {
      readonly number = ++made;
      validate(value: unknown): boolean { return value === this.number || this.number > 0; }
    }
    class Asked { @Validate(Numbered) a = 1; @IsInt() b = 2; }
    useContainer({ get: <T>(type: { new (...args: unknown[]): T } | (() => unknown)): T => new (type as new () => T)() });
    try {
      const check = new ConstraintCheck();
      const before = made;
      for (let round = 0; round < 3; round += 1) expect(check.accepts(new Asked())).toBe(true);
      expect(made - before).toBeGreaterThanOrEqual(3);
    } finally {
      useContainer(undefined as never);
    }
  });

  it("leaves promises, exceptions and what comes late to class-validator", async () => {
    const Later = (async: boolean) => (prototype: object, propertyName: string): void => registerDecorator({
      name: "later", target: prototype.constructor, propertyName, async, validator: { validate: (value: unknown) => Promise.resolve(value === "good") },
    });
    class Marked { @Later(true) text = "good"; }
    class Unmarked { @Later(false) text = "good"; }
    class Throwing { @ValidateBy({ name: "throwing", validator: { validate: () => { throw new RangeError("a trap"); } } }) text = "good"; }
    class Getter { @IsString() get text(): string { throw new RangeError("a trap"); } }
    class Promised { @IsString({ each: true }) list = Promise.resolve(["a"]); }
    const check = new ConstraintCheck();
    for (const object of [new Marked(), new Unmarked(), new Unmarked(), new Throwing(), new Getter(), new Promised()]) expect(check.accepts(object)).toBe(false);
    expect(await judge(new Marked())).toBe(true);
    expect(await judge(Object.assign(new Unmarked(), { text: "bad" }))).toBe(false);
    await expect(judge(new Throwing())).rejects.toThrow("a trap");
  });
});
