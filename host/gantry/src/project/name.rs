//! What a plugin may be called.

use super::{Language, ProjectError};

/// As the contract says.
const LONGEST: usize = 64;

const RUST: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gantry-sdk",
    "gantry-sdk-macros",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "wit-bindgen",
    "yield",
];
/// Keywords, the SDK, and the modules of Python's library that it would take the place of.
const PYTHON: &[&str] = &[
    "abc",
    "and",
    "argparse",
    "array",
    "as",
    "ast",
    "assert",
    "async",
    "asyncio",
    "atexit",
    "await",
    "base64",
    "bisect",
    "break",
    "builtins",
    "bz2",
    "calendar",
    "class",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "collections",
    "componentize-py",
    "contextlib",
    "continue",
    "copy",
    "csv",
    "ctypes",
    "curses",
    "dataclasses",
    "datetime",
    "decimal",
    "def",
    "del",
    "difflib",
    "dis",
    "elif",
    "else",
    "email",
    "encodings",
    "enum",
    "errno",
    "except",
    "false",
    "finally",
    "fnmatch",
    "for",
    "fractions",
    "from",
    "functools",
    "gantry",
    "gantry-entry",
    "gantry-sdk",
    "gc",
    "genericpath",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "global",
    "graphlib",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "if",
    "import",
    "importlib",
    "in",
    "inspect",
    "io",
    "is",
    "itertools",
    "json",
    "keyword",
    "lambda",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "nonlocal",
    "none",
    "not",
    "ntpath",
    "numbers",
    "opcode",
    "operator",
    "or",
    "os",
    "pass",
    "pathlib",
    "pickle",
    "pkgutil",
    "platform",
    "posix",
    "posixpath",
    "pprint",
    "profile",
    "queue",
    "quopri",
    "raise",
    "random",
    "re",
    "reprlib",
    "return",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "socket",
    "sqlite3",
    "ssl",
    "stat",
    "statistics",
    "string",
    "stringprep",
    "struct",
    "subprocess",
    "symtable",
    "sys",
    "sysconfig",
    "tarfile",
    "tempfile",
    "test",
    "textwrap",
    "this",
    "threading",
    "time",
    "timeit",
    "token",
    "tokenize",
    "tomllib",
    "trace",
    "traceback",
    "true",
    "try",
    "types",
    "typing",
    "unittest",
    "urllib",
    "uuid",
    "venv",
    "vendor",
    "warnings",
    "wave",
    "weakref",
    "while",
    "with",
    "xml",
    "yield",
    "zipfile",
    "zipimport",
    "zlib",
    "zoneinfo",
];
const JAVASCRIPT: &[&str] = &["gantry-sdk"];

/// Checks that a plugin of this name can be made in the language, and be loaded.
pub(super) fn check(name: &str, language: Language) -> Result<(), ProjectError> {
    let wrong = |why: String| {
        Err(ProjectError::Name {
            name: name.escape_debug().to_string(),
            language: language.title(),
            why,
        })
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let words = name
        .split('-')
        .all(|word| !word.is_empty() && word.bytes().all(plain));
    if !words || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        let instead = suggestion(name);
        let such_as = match check(&instead, language) {
            Ok(()) => format!(", such as `{instead}`"),
            Err(_) => String::new(),
        };
        return wrong(format!(
            "use lower-case words joined by `-`, a letter first{such_as}"
        ));
    }
    if name.len() > LONGEST {
        return wrong(format!(
            "it has {} characters; {LONGEST} is the most",
            name.len()
        ));
    }
    let reserved = match language {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::Javascript | Language::Typescript => JAVASCRIPT,
        Language::C | Language::Cpp => &[],
    };
    if reserved.contains(&name) {
        return wrong(format!(
            "the language or its tools mean something else by it; how about `{name}-commands`?"
        ));
    }
    Ok(())
}

/// What somebody may have meant by a name that is not made of lower-case words.
fn suggestion(name: &str) -> String {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.rsplit(['/', '\\']).next().unwrap_or_default().chars() {
        if !character.is_ascii_alphanumeric() || (character.is_ascii_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = character.is_ascii_lowercase();
        if let Some(word) = words.last_mut()
            && character.is_ascii_alphanumeric()
        {
            word.push(character.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    let name = words.join("-");
    match name.starts_with(|first: char| first.is_ascii_digit()) {
        true => format!("robot-{name}"),
        // Names that are no words at all would suggest themselves without end.
        false if name.is_empty() => "my-robot".to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_comes_with_a_right_one() {
        for (wrong, right) in [
            ("MyRobot", "my-robot"),
            ("my_robot", "my-robot"),
            ("a/b/Arm Kit", "arm-kit"),
            ("2023", "robot-2023"),
            ("--", "my-robot"),
            ("größe", "gr-e"),
        ] {
            assert_eq!(suggestion(wrong), right);
            check(right, Language::Rust).unwrap();
        }
    }
}
