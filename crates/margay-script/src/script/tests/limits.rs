//! What a script may not do: run without end, grow, or nest.

use super::*;

/// Runs the body of `parse`, on a thread with as little stack as any that we have.
fn hostile(body: &str) -> String {
    let mut source = "def parse(log):\n".to_owned();
    for line in body.lines() {
        writeln!(source, "    {line}").unwrap();
    }
    source.push_str("    return {'survived': True}\n");
    let run = move || event(&source, "a record");
    std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap()
}

fn check_hostile(body: &str, expected: Expect) {
    expected.assert_eq(&hostile(body));
}

#[test]
fn endless_work_is_cut_off() {
    check_hostile(
        "for a in range(1000000000):\n    pass",
        expect!["Steps: line 2 of the script: the script takes more steps than a record of this size is given"],
    );
    check_hostile(
        "x = [0 for a in range(100000) for b in range(100000)]",
        expect!["Steps: line 2 of the script: the script takes more steps than a record of this size is given"],
    );
    check_hostile(
        "x = list(range(1 << 62))",
        expect!["Steps: line 2 of the script: the script takes more steps than a record of this size is given"],
    );
    check_hostile(
        "x = sorted(range(1000000), key=lambda n: -n)",
        expect!["Steps: line 2 of the script: the script takes more steps than a record of this size is given"],
    );
    check_hostile(
        "x = 'a' * 1000000\nfor n in range(100000):\n    x.count('b')",
        expect!["Steps: line 4 of the script: the script takes more steps than a record of this size is given"],
    );
    check_hostile(
        "x = max(range(1 << 40))\n",
        expect!["Steps: line 2 of the script: the script takes more steps than a record of this size is given"],
    );
}

/// Each of these does a few cheap steps and one dear thing.
#[test]
fn long_texts_that_are_looked_for_are_paid_for() {
    // The first need more for what is looked for than for the text, which a hundred rounds have the steps for.
    for (search, rounds) in [
        ("big.find(big)", 100),
        ("big.rfind(big)", 100),
        ("big.index(big)", 100),
        ("big.rindex(big)", 100),
        ("big.count(big)", 100),
        ("big.partition(big)", 100),
        ("big.rpartition(big)", 100),
        ("big.replace(big, '')", 100),
        ("big.split(big)", 100),
        ("big.rsplit(big)", 100),
        ("big in big", 100),
        ("big.startswith(big)", 20_000),
        ("big.endswith(big)", 20_000),
        ("big.removeprefix(big)", 20_000),
        ("'ab'.strip(big)", 20_000),
        ("pattern % {'k': 1}", 20_000),
    ] {
        let source = format!(
            "def parse(log):\n  big = 'xy' * 50000\n  pattern = '%(' + big + ')s'\n  for i in range({rounds}):\n    \
             {search}\n  return {{'a': 1}}\n"
        )
        .replace("{'k': 1}", "{big: 1}");
        let problem = Script::compile(&source)
            .unwrap()
            .run("", &mut String::new())
            .unwrap_err();
        assert_eq!(problem.kind, RunProblemKind::Steps, "{search}: {problem}");
    }
}

/// Such a search would read all that it looks for, to find that there is no room for it.
#[test]
fn what_is_longer_than_the_text_is_not_looked_for() {
    check_hostile(
        "big = 'xy' * 500000\nn = 0\nfor i in range(3000):\n    n += 'ab'.find(big) + 'ab'.rfind(big) + 'ab'.count(big)\n    \
         n += len('ab'.partition(big)[0]) + len('ab'.rpartition(big)[2]) + len('ab'.replace(big, ''))\n    \
         n += len('ab'.split(big) + 'ab'.rsplit(big))\n    \
         n += 1 if big in 'ab' else 0\nreturn {'n': n}",
        expect![[r#"{"n":18000}"#]],
    );
}

#[test]
fn names_of_many_parameters_are_paid_for() {
    let names: Vec<String> = (0..2_000).map(|i| format!("a{i}")).collect();
    let given: Vec<String> = names.iter().rev().map(|name| format!("{name}=1")).collect();
    check_hostile(
        &format!(
            "f = lambda {}: 1\nfor i in range(3):\n    f({})",
            names.join(", "),
            given.join(", ")
        ),
        expect!["Steps: line 4 of the script: the script takes more steps than a record of this size is given"],
    );
}

#[test]
fn recursion_is_refused() {
    check_hostile(
        "def f(n): return g(n)\ndef g(n): return n\ng2 = lambda h, n: h(h, n)\ng2(lambda h, n: h(h, n + 1), 0)",
        expect!["Operation: line 5 of the script: `lambda` calls itself, which Starlark has not"],
    );
    check(
        "def f(n):\n  return f(n)\ndef parse(log):\n  return {'a': f(1)}\n",
        "",
        expect!["Operation: line 2 of the script: `f` calls itself, which Starlark has not"],
    );
    // As deep as it goes, and there a walk that is as deep as it goes.
    let mut deepest = String::from(
        "X = json.decode('[' * 120 + ']' * 120)
Y = json.decode('[' * 120 + ']' * 120)
def f0(x): return {'a': [X == Y, len(str(X))]}
",
    );
    for index in 1..36 {
        writeln!(deepest, "def f{index}(x): return f{}(x)", index - 1).unwrap();
    }
    deepest.push_str("def parse(log): return f35(log)\n");
    let deepest = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || event(&deepest, "x"));
    expect![[r#"{"a":[true,240]}"#]].assert_eq(&deepest.unwrap().join().unwrap());
    let mut chain = String::from("def f0(x): return {'a': x}\n");
    for index in 1..200 {
        writeln!(chain, "def f{index}(x): return f{}(x)", index - 1).unwrap();
    }
    chain.push_str("def parse(log): return f199(log)\n");
    let deep = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || event(&chain, "x"));
    expect!["Depth: line 122 of the script: more than 160 expressions, blocks and calls inside each other"]
        .assert_eq(&deep.unwrap().join().unwrap());
}

#[test]
fn growth_is_cut_off_before_it_happens() {
    let memory = "the script takes more memory than a record of this size is given";
    let doubling = "s = 'aaaaaaaa'\n".to_owned() + &"s = s + s\n".repeat(60);
    let lists = "s = [1]\n".to_owned() + &"s = s + s\n".repeat(60);
    for body in [
        doubling.as_str(),
        &lists,
        &("s = 'a'\n".to_owned() + &"s += s\n".repeat(60)),
        &("s = [1]\n".to_owned() + &"s.extend(s)\n".repeat(60)),
        &("s = ['a']\n".to_owned() + &"s = [s, s]\n".repeat(60) + "x = str(s)\n"),
        &("s = ['a']\n".to_owned() + &"s = [s, s]\n".repeat(60) + "x = json.encode(s)\n"),
        "x = 'a' * 1000000000",
        "x = [1] * 1000000000",
        "x = (1, 2) * 9223372036854775807",
        "x = 'a' * 100000\ny = x.replace('a', x)",
        "x = 'a' * 100000\ny = x.join([x] * 100000)",
        "x = '%s' % ('a' * 10000)\ny = (x * 100).replace('', x)",
        "x = '{0}' * 100000\ny = x.format('a' * 10000)",
    ] {
        let outcome = hostile(body);
        assert!(
            outcome.starts_with("Memory: ") && outcome.ends_with(memory) || outcome.starts_with("Steps: "),
            "{outcome} of {body}"
        );
    }
}

#[test]
fn shared_parts_are_paid_for_each_time_they_are_walked() {
    let tuples = "t = (1,)\nu = (1,)\n".to_owned() + &"t = (t, t)\nu = (u, u)\n".repeat(60);
    for end in [
        "x = {t: 1}",
        "x = t == u",
        "x = t < u",
        "x = [t] == [u]",
        "x = t in [u]",
        "x = sorted([t, u])",
    ] {
        let outcome = hostile(&format!("{tuples}{end}\n"));
        assert!(outcome.starts_with("Steps: "), "{outcome} of {end}");
    }
}

#[test]
fn huge_integers_are_refused() {
    check_hostile(
        "x = 1 << 1000000000",
        expect!["Operation: line 2 of the script: an integer has at most 65536 bits"],
    );
    check_hostile(
        &("x = 3\n".to_owned() + &"x = x * x\n".repeat(40)),
        expect!["Operation: line 18 of the script: an integer has at most 65536 bits"],
    );
    check_hostile(
        "x = int('9' * 1000000)",
        expect!["Steps: line 2 of the script: the script takes more steps than a record of this size is given"],
    );
    check_hostile(
        "x = json.decode('9' * 100000)",
        expect!["Operation: line 2 of the script: an integer has at most 65536 bits"],
    );
    check_hostile(
        "x = 1 >> (1 << 100)\ny = 0 << (1 << 60)",
        expect![[r#"{"survived":true}"#]],
    );
}

#[test]
fn deep_values_are_refused_where_they_are_walked() {
    let deep = "x = []\nfor n in range(10000):\n    x = [x]\n";
    for end in [
        "y = str(x)",
        "y = x == [x]",
        "y = json.encode(x)",
        "y = json.decode('[' * 100000)",
        "x.append(x)\ny = repr(x)",
    ] {
        let outcome = hostile(&format!("{deep}{end}\n"));
        assert!(
            outcome.starts_with("Depth: ") || outcome.contains("no JSON"),
            "{outcome} of {end}"
        );
    }
    check(
        "def parse(log):\n  x = {}\n  x['me'] = x\n  return x\n",
        "",
        expect!["Depth: line 1 of the script: more than 125 values inside each other"],
    );
}

#[test]
fn json_of_any_shape_has_the_memory_it_needs() {
    let source = "def parse(log):\n  return {'n': len(json.decode(log))}\n";
    for element in [
        "0",
        "[]",
        "{\"\":0}",
        "12345678901234567890",
        "\"\"",
        "[[]]",
        "1.5",
        "{\"a\":{}}",
    ] {
        let count = 1_000_000 / (element.len() + 1);
        let record = format!("[{}{element}]", format!("{element},").repeat(count - 1));
        assert_eq!(event(source, &record), format!("{{\"n\":{count}}}"), "{element}");
    }
}

#[test]
fn a_flood_of_keys_is_paid_for() {
    check_hostile(
        "d = {}\nfor n in range(10000000):\n    d[n] = n",
        expect!["Steps: line 4 of the script: the script takes more steps than a record of this size is given"],
    );
    // Keys of one bucket: what the hash of integers makes of them does not matter for a chain that is walked.
    check_hostile(
        "d = {}\nfor n in range(200000):\n    d[n << 40] = n\n    d.pop(n << 40)",
        expect!["Steps: line 4 of the script: the script takes more steps than a record of this size is given"],
    );
}

#[test]
fn a_long_record_is_given_more_but_not_without_end() {
    let source = "def parse(log):\n  n = 0\n  for c in log.elems():\n    n += 1\n  return {'n': n}\n";
    check(source, &"x".repeat(100_000), expect![[r#"{"n":100000}"#]]);
    let meter = Meter::for_record(usize::MAX);
    assert!(meter.steps(RUN_STEPS_MAX + 1).is_err());
    assert!(Meter::for_record(usize::MAX).allocate(RUN_BYTES_MAX + 1).is_err());
}

#[test]
fn a_module_cannot_run_away_either() {
    check(
        "X = [a for a in range(10000000)]\ndef parse(log):\n  return {'a': 1}\n",
        "",
        expect!["no script: 1:1: the script takes more steps than a record of this size is given"],
    );
}
