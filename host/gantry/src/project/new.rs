//! `gantry new`: a project from the hello plugin of its language.
//!
//! The hello plugins in `guest-sdk` are the templates. They are plugins that build and are tested as
//! they are; a project has another name and brings its SDK along.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Language, ProjectError, embedded, name};

/// The folder of a project that has the SDK, from the project's.
pub(super) const SDK: &str = ".gantry";

const ROBOT: &[(&str, &str)] = &[
    ("name = \"Hello\"", "name = \"{name}\""),
    ("[plugins.hello]", "[plugins.{name}]"),
    ("build/hello.wasm", "build/{name}.wasm"),
    ("\"hello/hello\"", "\"{name}/hello\""),
];

/// One file of a template: where it comes from, where it goes, and what is replaced in it.
struct Part {
    from: String,
    to: String,
    replaced: Vec<(&'static str, &'static str)>,
}

/// Makes a project in a folder of its name. The folder.
pub fn new(language: Language, name: &str, place: &Path) -> Result<PathBuf, ProjectError> {
    name::check(name, language)?;
    let folder = place.join(name);
    let occupied = |file| ProjectError::Occupied {
        path: PathBuf::from(name),
        file,
    };
    match fs::symlink_metadata(&folder) {
        Ok(about) if !about.is_dir() => return Err(occupied(true)),
        Ok(_) => {
            let mut entries = fs::read_dir(&folder).map_err(ProjectError::file("read", &folder))?;
            if entries.next().is_some() {
                return Err(occupied(false));
            }
        }
        Err(_) => {}
    }
    // All of it is made beside the folder and takes its place at once.
    let half = HalfMade(place.join(format!(".{name}.{}", std::process::id())));
    fs::create_dir(&half.0).map_err(ProjectError::file("make", &half.0))?;
    fill(&half.0, language, name)?;
    if folder.exists() {
        fs::remove_dir(&folder).map_err(ProjectError::file("replace", &folder))?;
    }
    fs::rename(&half.0, &folder).map_err(ProjectError::file("make", &folder))?;
    Ok(folder)
}

/// A folder that goes away unless it got its name.
struct HalfMade(PathBuf);

impl Drop for HalfMade {
    fn drop(&mut self) {
        // There is nothing left of it when all went well.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn fill(folder: &Path, language: Language, name: &str) -> Result<(), ProjectError> {
    for part in parts(language, name) {
        let mut text = embedded::text(&part.from)?.to_owned();
        for (old, new) in part.replaced {
            if !text.contains(old) {
                return Err(ProjectError::Failed {
                    what: "making the project of the template".to_owned(),
                    said: format!("{} in this binary has no `{old}`", part.from),
                });
            }
            text = text.replace(old, &new.replace("{name}", name));
        }
        embedded::write(&folder.join(part.to), text.as_bytes())?;
    }
    if language == Language::Rust {
        // With the versions that the SDK is tested with. Cargo drops the others.
        embedded::write(
            &folder.join("Cargo.lock"),
            embedded::text("Cargo.lock")?.as_bytes(),
        )?;
    }
    embedded::write(&folder.join("README.md"), readme(language, name).as_bytes())?;
    embedded::write(&folder.join(".gitignore"), ignored(language).as_bytes())?;
    for (file, text) in for_editors(language) {
        embedded::write(&folder.join(file), text.as_bytes())?;
    }
    unpack_sdk(folder, language)
}

/// Puts the SDK into a project, or replaces that of another version.
pub(super) fn unpack_sdk(folder: &Path, language: Language) -> Result<(), ProjectError> {
    let about = format!(
        "# The Gantry SDK for {title}\n\nOf gantry {version}. `gantry new` and `gantry build` put it \
         here out of their binary, and replace it when that has another version: do not change it, \
         and do not keep it in git.\n\n- [How to write commands](guest-sdk/{sdk}/README.md)\n\
         - [robot.toml](docs/robot-toml.md)\n",
        title = language.title(),
        version = env!("CARGO_PKG_VERSION"),
        sdk = language.sdk(),
    );
    let more = [("README.md", about), (".gitignore", "*\n".to_owned())];
    embedded::unpack(&folder.join(SDK), language, &more)
}

fn parts(language: Language, name: &str) -> Vec<Part> {
    let hello = format!("guest-sdk/{}/hello", language.sdk());
    let part = |from: &str, to: &str, replaced: &[(&'static str, &'static str)]| Part {
        from: format!("{hello}/{from}"),
        to: to.to_owned(),
        replaced: replaced.to_vec(),
    };
    let module = source(language, name);
    let mut parts = match language {
        Language::Rust => vec![
            part(
                "Cargo.toml",
                "Cargo.toml",
                &[
                    ("name = \"hello\"", "name = \"{name}\""),
                    ("path = \"..\"", "path = \".gantry/guest-sdk/rust\""),
                ],
            ),
            part("src/lib.rs", &module, &[]),
        ],
        Language::C => vec![part(
            "hello.c",
            &module,
            &[("PLUGIN(\"hello\"", "PLUGIN(\"{name}\"")],
        )],
        Language::Cpp => {
            vec![part(
                "hello.cpp",
                &module,
                &[(".name = \"hello\"", ".name = \"{name}\"")],
            )]
        }
        Language::Python => vec![
            part(
                "pyproject.toml",
                "pyproject.toml",
                &[("name = \"hello\"", "name = \"{name}\"")],
            ),
            part("hello.py", &module, &[]),
        ],
        Language::Javascript | Language::Typescript => {
            let main = match language {
                Language::Typescript => "\"main\": \"{name}.ts\"",
                _ => "\"main\": \"{name}.js\"",
            };
            vec![
                part(
                    "package.json",
                    "package.json",
                    &[
                        ("\"name\": \"hello\"", "\"name\": \"{name}\""),
                        ("\"main\": \"hello.js\"", main),
                        (
                            "\"scripts\": { \"build\": \"gantry-build\" },",
                            "\"private\": true,",
                        ),
                        ("file:..", "file:.gantry/guest-sdk/javascript"),
                    ],
                ),
                part("hello.js", &module, &[]),
            ]
        }
    };
    parts.push(part("robot.toml", "robot.toml", ROBOT));
    parts
}

/// The file with the commands.
fn source(language: Language, name: &str) -> String {
    match language {
        Language::Rust => "src/lib.rs".to_owned(),
        Language::C => format!("{name}.c"),
        Language::Cpp => format!("{name}.cpp"),
        Language::Python => format!("{}.py", name.replace('-', "_")),
        Language::Javascript => format!("{name}.js"),
        Language::Typescript => format!("{name}.ts"),
    }
}

fn ignored(language: Language) -> String {
    let more = match language {
        Language::Rust => "/target/\n",
        Language::Python => "__pycache__/\n.venv/\n",
        Language::Javascript | Language::Typescript => "/node_modules/\n",
        Language::C | Language::Cpp => "",
    };
    format!("/{SDK}/\n/build/\n{more}")
}

/// Where editors find the SDK. `gantry build` does not need these.
fn for_editors(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::C => &[("compile_flags.txt", "-I.gantry/guest-sdk/c\n-std=gnu2x\n")],
        Language::Cpp => &[(
            "compile_flags.txt",
            "-I.gantry/guest-sdk/c\n-I.gantry/guest-sdk/cpp\n-std=c++23\n",
        )],
        Language::Python => &[(
            "pyrightconfig.json",
            "{ \"extraPaths\": [\".gantry/guest-sdk/python/src\"] }\n",
        )],
        Language::Typescript => &[("tsconfig.json", TSCONFIG)],
        Language::Javascript => &[("jsconfig.json", TSCONFIG)],
        Language::Rust => &[],
    }
}

const TSCONFIG: &str = r#"{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023"],
    "module": "esnext",
    "moduleResolution": "bundler",
    "strict": true,
    "noEmit": true,
    "paths": { "gantry-sdk": ["./.gantry/guest-sdk/javascript/src/index.d.ts"] }
  },
  "include": ["*.ts", "*.js"]
}
"#;

fn readme(language: Language, name: &str) -> String {
    let source = source(language, name);
    let sdk = language.sdk();
    format!(
        "# {name}\n\nA [Gantry](.gantry/README.md) plugin in {title}. Its commands are in [{source}]({source}).\n\n\
         ```sh\n\
         gantry build                                  # makes build/{name}.wasm, and says what is missing for that\n\
         gantry sim robot.toml                         # plays it on a simulated robot\n\
         gantry run robot.toml --opmode greet          # runs it in real time, and loads it anew when it is built\n\
         ```\n\n\
         What a command can do is in [the SDK's README](.gantry/guest-sdk/{sdk}/README.md), what a robot can \
         have in [robot-toml.md](.gantry/docs/robot-toml.md). The folder `.gantry` comes from `gantry` and is \
         not kept in git; `gantry build` puts it back.\n",
        title = language.title(),
    )
}
