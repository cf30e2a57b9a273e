//! Any text as a script and as the record it reads: the first line that is `---` parts them. It is refused, or runs within its limits
//! and gives the same both times.
#![no_main]

use libfuzzer_sys::fuzz_target;
use margay_script::Script;

fuzz_target!(|input: &str| {
    let (source, log) = input.split_once("\n---\n").unwrap_or((input, input));
    let Ok(script) = Script::compile(source) else {
        return;
    };
    let (mut first, mut second) = (String::new(), String::new());
    let result = script.run(log, &mut first);
    assert_eq!(result, script.run(log, &mut second), "pure");
    if result.is_ok() {
        margay_fuzz::assert_json(&first);
        assert_eq!(first, second, "pure");
    }
});
