import type { Vocabulary } from "../../raw/vocabulary";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * What hand-written SQL may name in SQLite. Left out with intent: whatever loads or reads files (load_extension, readfile, edit,
 * fts3_tokenizer), tells of the connection (changes, last_insert_rowid, sqlite_*), or makes much of little (zeroblob, randomblob,
 * printf and format with their widths).
 */
export const sqliteVocabulary: Vocabulary = Object.freeze<Vocabulary>({
  functions: words(`
    count sum total avg min max group_concat string_agg json_group_array json_group_object
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    length octet_length lower upper trim ltrim rtrim substr substring replace instr concat concat_ws char unicode hex unhex quote
    coalesce ifnull nullif iif typeof likely unlikely
    abs sign round ceil ceiling floor trunc mod pow power sqrt exp ln log log2 log10 pi radians degrees
    sin cos tan asin acos atan atan2
    date time datetime julianday strftime unixepoch timediff
    json json_array json_array_length json_extract json_object json_patch json_remove json_replace json_insert json_set json_type
    json_valid json_quote`),
  tableFunctions: new Map(["json_each", "json_tree"].map((name) =>
    [name, ["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]])),
  types: words("integer real text blob numeric"),
  collations: words("binary nocase rtrim"),
});
