//! Every limit of the crate, each with its unit and the reason for the number.

/// Bytes of one schema file. The largest public schemas are below 200 kB; four times that leaves room.
pub const SCHEMA_BYTES_MAX: usize = 1024 * 1024;

/// Cost of a schema file after its aliases are expanded: [`YAML_NODE_COST`] for each node and one for each byte of
/// text. Four times [`SCHEMA_BYTES_MAX`], so that no ordinary file meets it and no file of nested aliases passes.
pub const YAML_COST_MAX: usize = 4 * SCHEMA_BYTES_MAX;

/// What a YAML node costs beside its text, close to what it takes in memory.
pub const YAML_NODE_COST: usize = 16;

/// YAML containers inside each other. A schema of [`VALUE_DEPTH_MAX`] levels needs two for each level (`fields` and
/// its item).
pub const YAML_DEPTH_MAX: usize = 2 * VALUE_DEPTH_MAX + 8;

/// Keys of one YAML mapping. Only `definitions` has more than a dozen; each new key is compared with those before it.
pub const YAML_KEY_COUNT_MAX: usize = 1_000;

/// Objects, arrays and references inside each other in one schema. Panther's limit.
pub const VALUE_DEPTH_MAX: usize = 64;

/// Fields of one schema at all depths, after references are resolved: each is a Parquet column with its own buffers
/// while a batch is written.
pub const FIELD_COUNT_MAX: usize = 2_000;

/// Bytes of a field name. 255 is what most engines that read the tables allow for a column.
pub const FIELD_NAME_BYTES_MAX: usize = 255;

/// Bytes of a description. It becomes a column comment, and a referenced definition repeats it.
pub const DESCRIPTION_BYTES_MAX: usize = 4_096;

/// Definitions of one schema.
pub const DEFINITION_COUNT_MAX: usize = 500;

/// Time formats of one field: each is tried in turn on every record.
pub const TIME_FORMAT_COUNT_MAX: usize = 16;

/// Bytes of one time format.
pub const TIME_FORMAT_BYTES_MAX: usize = 255;

/// Problems reported for one schema file. A person mends the first dozen and checks again.
pub const SCHEMA_PROBLEM_COUNT_MAX: usize = 100;

/// New fields of an object that a deleted one is compared with, to find out whether it was renamed. Comparing names is slow,
/// and whoever replaces more fields than this is not renaming them.
pub const RENAME_CANDIDATE_COUNT_MAX: usize = 50;

/// Bytes of one file of schema tests. A test holds a few records, and this is room for thousands.
pub const TEST_FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// As [`YAML_COST_MAX`], for a file of schema tests.
pub const TEST_FILE_COST_MAX: usize = 4 * TEST_FILE_BYTES_MAX;

/// Tests of one file.
pub const TEST_COUNT_MAX: usize = 1_000;

/// Differences reported for one test. A person mends the first dozen and tests again.
pub const TEST_DIFFERENCE_COUNT_MAX: usize = 50;

/// Characters shown of a value that differs from what a test expects.
pub const TEST_VALUE_CHARACTERS_MAX: usize = 160;

/// Bytes of one record: a page's body may not be longer than this, so no record of an accepted page is.
pub const RECORD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of one line that a parser reads. Lines of logs stay far below.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of the object that a parser makes of one line, checked where templates repeat values. A line of nothing but
/// control characters grows six times as JSON, and the keys of all columns take half a megabyte.
pub const OBJECT_BYTES_MAX: usize = 16 * LINE_BYTES_MAX;

/// Columns of a csv parser: a column is a field.
pub const CSV_COLUMN_COUNT_MAX: usize = FIELD_COUNT_MAX;

/// Patterns of a fastmatch parser, tried in turn on every line; also the parts of a regular expression.
pub const PATTERN_COUNT_MAX: usize = 100;

/// Bytes of one fastmatch pattern. Patterns describe a line by hand.
pub const FASTMATCH_PATTERN_BYTES_MAX: usize = 4_096;

/// Values of a text parser that count as none. Each is compared with every value.
pub const EMPTY_VALUE_COUNT_MAX: usize = 32;

/// Bytes of such a value, and of a prefix of lines to skip.
pub const EMPTY_VALUE_BYTES_MAX: usize = 255;

/// Fields that `expandFields` makes.
pub const EXPANSION_COUNT_MAX: usize = 32;

/// Bytes of a template of `expandFields`.
pub const TEMPLATE_BYTES_MAX: usize = 1_024;

/// Names that take part in `expandFields`, as what is made or what it is made of. Their values are kept on the stack
/// while a line is read, 32 bytes each.
pub const EXPANDED_FIELD_COUNT_MAX: usize = 32;

/// Bytes of a regular expression, once its parts are joined and its grok patterns written out. The built-in patterns for
/// addresses take a few hundred each.
pub const REGEX_BYTES_MAX: usize = 32 * 1024;

/// Bytes of a compiled regular expression. The largest built-in pattern, `URI`, takes a tenth of it, ordinary ones a
/// thousandth; an expression that repeats repetitions is refused as soon as it grows beyond.
pub const REGEX_COMPILED_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of a line that a regular expression reads. One with many states or groups reads shorter ones, see
/// [`REGEX_WORK_MAX`].
pub const REGEX_LINE_BYTES_MAX: usize = 256 * 1024;

/// Named groups of a regular expression. Each is a field, and people who name more than a few dozen have no line of log
/// before them.
pub const REGEX_GROUP_COUNT_MAX: usize = 200;

/// States of a regular expression times the bounds of its groups. Two tables of that many places of eight bytes are
/// kept while a line is read: 32 MiB. Ordinary expressions have a hundredth.
pub const REGEX_SLOT_COUNT_MAX: usize = 2 * 1024 * 1024;

/// Places that are copied while a line is read, in the worst case: the bytes of the line times the states of the
/// expression times the bounds of its groups and a share for the state. [`REGEX_COMPILED_BYTES_MAX`] does not bound
/// that. About a nanosecond each in a release build, so a line takes seconds and not minutes, whatever the expression.
pub const REGEX_WORK_MAX: usize = 4 * 1024 * 1024 * 1024;

/// Groups inside each other in a regular expression.
pub const REGEX_DEPTH_MAX: u32 = 64;

/// Own grok patterns of a regex parser.
pub const GROK_DEFINITION_COUNT_MAX: usize = 200;

/// Grok patterns inside each other. The deepest built-in one has five levels.
pub const GROK_DEPTH_MAX: usize = 16;

/// Places for values in one event: an object has one for each field of the schema, an array one for each element. A
/// place takes 32 bytes, so an event stays below 128 MB, whereas a list of `{}` for objects of a thousand fields would
/// grow ten thousand times while it is read.
pub const RECORD_VALUE_COUNT_MAX: usize = 4_000_000;

/// JSON containers inside each other in one record. One less than `serde_json`'s default of 127: a printed event puts
/// `p_unmapped` one level deeper, and common readers shall be able to read it.
pub const JSON_DEPTH_MAX: usize = 126;

/// Problems kept for one record. They are stored with every reject, and one wrong array could hold a million.
pub const PROBLEM_COUNT_MAX: usize = 32;

/// Bytes of one indicator. Longer text is no address, name or hash, and would bloat the column that is searched most;
/// the field itself keeps it.
pub const INDICATOR_BYTES_MAX: usize = 1_024;

/// Characters of a log type's name, the least and the most.
pub const LOG_TYPE_BYTES: std::ops::RangeInclusive<usize> = 3..=255;

/// Dot-separated parts of a log type's name: Panther accepts `Custom` and six more.
pub const LOG_TYPE_PARTS_MAX: usize = 7;

/// Texts in `allow` or `deny`: each is a value of a field that has few.
pub const VALIDATION_TEXT_COUNT_MAX: usize = 1_000;

/// Texts in `allowContains` or `denyContains`: each is looked for in the value of every record.
pub const VALIDATION_PART_COUNT_MAX: usize = 100;

/// Bytes of one text in `validate`.
pub const VALIDATION_TEXT_BYTES_MAX: usize = 1_024;

/// Texts of a `validate` list that a record's problem shows: enough to see what is meant, and rejects are stored.
pub const VALIDATION_TEXT_SHOWN_MAX: usize = 5;

/// Bytes of a text of `validate` that a record's problem shows.
pub const VALIDATION_TEXT_SHOWN_BYTES_MAX: usize = 64;

/// Bytes of a path in `copy`, `concat` or `split`.
pub const EVENT_PATH_BYTES_MAX: usize = 1_024;

/// Keys in such a path. Paths into what the schema does not name may be as deep as paths into what it does.
pub const EVENT_PATH_KEY_COUNT_MAX: usize = VALUE_DEPTH_MAX;

/// Paths of one `concat`.
pub const CONCAT_PATH_COUNT_MAX: usize = 32;

/// Bytes of a separator, of a mask's salt, and of what stands in for a masked value.
pub const TRANSFORMATION_TEXT_BYTES_MAX: usize = 1_024;

/// The highest `index` of `split`. Records have no line of more parts that someone counted.
pub const SPLIT_INDEX_MAX: usize = 10_000;

/// Fields of an object that inference still writes down one by one; an object with more is a map whose keys are data,
/// and becomes `json`. Panther's number.
pub const INFERRED_OBJECT_FIELD_COUNT_MAX: usize = 200;

/// Fields at all depths that inference keeps in mind, about 400 bytes each. Eight schemas' worth, so that which objects
/// become `json` is decided when all samples are known, in all but absurd cases.
pub const INFERENCE_FIELD_COUNT_MAX: usize = 8 * FIELD_COUNT_MAX;

/// Bytes of the path to the array of records in a JSON document.
pub const ENVELOPE_BYTES_MAX: usize = 1_024;

/// Keys of the path to the array of records in a JSON document.
pub const ENVELOPE_KEY_COUNT_MAX: usize = 16;
