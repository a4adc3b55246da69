import { isReserved } from "../model/names";

/** The words of a name as databases write them: `user_id`, `UserID` and `user id` are `user` and `id`. */
export function wordsOf(name: string): readonly string[] {
  return name.normalize("NFC")
    .replace(/[^]/gu, (character) => isOld(character) ? character : " ")
    .split(/[^\p{ID_Continue}]+|[_$]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
    .map((word) => word.replace(/[^\p{L}\p{M}\p{N}]/gu, "")).filter((word) => word !== "")
    .map((word) => word === word.toUpperCase() ? word.toLowerCase() : word);
}

/**
 * Whether a letter has been one for long: compilers have tables of their own, and a name that Node.js takes would be none for an older one.
 * Beyond the first plane, programs compiled for old engines have no letters either.
 */
function isOld(character: string): boolean {
  return /^[\0-\uffff]$/u.test(character) && !/[\u0870-\u088f\u0c5d\u0cdd\u171f\u1b4c\u1c80-\u1c8f\u2c2f\u2c5f\u4db6-\u4dbf\u9fd6-\u9fff\ua720-\ua7ff]/.test(character);
}

function capital(word: string): string {
  return withFirst(word, (letter) => letter.toUpperCase());
}

function small(word: string): string {
  return withFirst(word, (letter) => letter.toLowerCase());
}

/** Old letters may have got capitals lately. */
function withFirst(word: string, change: (letter: string) => string): string {
  const [first = "", ...rest] = word;
  const changed = change(first);
  return ([...changed].every(isOld) ? changed : first) + rest.join("");
}

export function pascalCase(name: string): string {
  return wordsOf(name).map(capital).join("");
}

export function camelCase(name: string): string {
  return small(pascalCase(name));
}

/** Whether a text can stand in a program as a name without being anything else. */
export function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name);
}

/** A name that is none of those taken, which differ in more than case; the result is taken, too. */
export function freeName(wanted: string, fallback: string, taken: Set<string>): string {
  const base = isIdentifier(wanted) ? wanted : isIdentifier(`_${wanted}`) && wanted !== "" ? `_${wanted}` : fallback;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}${/\p{N}$/u.test(base) ? "_" : ""}${count}`;
    const folded = name.normalize("NFC").toLowerCase();
    if (taken.has(folded)) continue;
    taken.add(folded);
    return name;
  }
}

/** Names that a generated file uses for something else. */
const CLASSES_TAKEN = [
  "Array", "Boolean", "Buffer", "Date", "Function", "Infinity", "JSON", "Math", "NaN", "Number", "Object", "Promise", "Proxy", "Reflect", "String", "Symbol",
  "BigInt", "Error", "Map", "Set", "RegExp", "Column", "Entity", "Enum", "ForeignKey", "Index", "Json", "ManyToOne", "OneToMany", "OneToOne", "PrimaryKey",
  "ToMany", "ToOne", "Unique",
];

const OBJECT_MEMBERS = ["constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toJSON", "then"];

/** Words that cannot be the name of a class, whatever case follows. */
export function newClassNames(): Set<string> {
  return new Set(CLASSES_TAKEN.map((name) => name.toLowerCase()));
}

/** Names that every object has, or that mean something where objects are awaited or written as JSON. */
export function newPropertyNames(): Set<string> {
  return new Set(OBJECT_MEMBERS.map((name) => name.toLowerCase()));
}

export function className(table: string, taken: Set<string>): string {
  const wanted = pascalCase(table);
  return freeName(taken.has(wanted.toLowerCase()) ? `${wanted}Entity` : wanted, "UnnamedTable", taken);
}

export function propertyName(column: string, taken: Set<string>): string {
  const wanted = camelCase(column);
  return freeName(isReserved(wanted) ? `${wanted}_` : wanted, "unnamed", taken);
}

const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d|index)$/i;

/** The file of a class: kebab-case, and none that an operating system or the list of entities needs. */
export function fileName(entity: string, taken: Set<string>): string {
  const words = wordsOf(entity).map((word) => word.toLowerCase()).join("-");
  const base = words === "" || DEVICES.test(words) ? `${words === "" ? "table" : words}-entity` : words;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
