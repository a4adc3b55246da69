import type { Vocabulary } from "../../raw/vocabulary";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * What hand-written SQL may name in PostgreSQL. Left out with intent: whatever changes or shows settings (set_config would change
 * the user whose rows the policies show), runs text as SQL (query_to_xml and its like), reads files, large objects or the catalogue,
 * sends signals, waits, takes locks, moves sequences, tells of other sessions, or makes much of little (repeat, lpad, generate_series).
 */
export const postgresVocabulary: Vocabulary = Object.freeze<Vocabulary>({
  functions: words(`
    count sum avg min max bool_and bool_or every string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
    stddev stddev_pop stddev_samp variance var_pop var_samp corr
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    length char_length octet_length lower upper initcap trim btrim ltrim rtrim substr substring left right replace translate strpos
    concat concat_ws reverse split_part starts_with ascii chr md5 encode decode
    coalesce nullif greatest least
    abs sign round ceil ceiling floor trunc mod div power sqrt exp ln log pi radians degrees
    sin cos tan asin acos atan atan2 width_bucket
    date_part date_trunc to_char to_date to_timestamp age make_date now
    json_array_length jsonb_array_length json_build_array json_build_object jsonb_build_array jsonb_build_object json_typeof jsonb_typeof
    json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text jsonb_strip_nulls to_json to_jsonb
    array_length cardinality array_to_string`),
  tableFunctions: new Map([
    ["json_each", ["key", "value"]], ["jsonb_each", ["key", "value"]], ["json_each_text", ["key", "value"]], ["jsonb_each_text", ["key", "value"]],
    ["json_array_elements", ["value"]], ["jsonb_array_elements", ["value"]],
    ["json_array_elements_text", ["value"]], ["jsonb_array_elements_text", ["value"]],
  ]),
  types: words("integer bigint smallint real float8 numeric decimal boolean text date timestamp timestamptz time interval uuid json jsonb bytea"),
  collations: words("ucs_basic"),
});
