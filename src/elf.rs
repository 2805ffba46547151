//! Facts about ELF executables: machine, linking, hardening, crates.

mod bounded;

use std::io::{Read, Seek};

use muslin_auditable::{DependencyKind, section};
use object::elf;
use object::read::elf::{Dyn as _, ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{LittleEndian, Object as _, ObjectSection as _};
use schemars::JsonSchema;
use serde::Serialize;

use crate::platform::TargetPlatform;
use bounded::Bounded;

/// The most bytes of a file that are read: its headers, names of libraries and the list of
/// crates. Those of an honest executable are some ten thousand.
const MAX_READ: u64 = 8 << 20;
/// The most shared libraries that are listed.
const MAX_NEEDED: usize = 64;
/// The most entries of a dynamic section that are read.
const MAX_DYNAMIC: usize = 4096;
/// The longest name of an interpreter or a library that is read, in bytes.
const MAX_NAME: u64 = 4096;

/// The bit of `DT_FLAGS` that binds all symbols at start.
const DF_BIND_NOW: u64 = 8;
/// The bit of `DT_FLAGS_1` that binds all symbols at start.
const DF_1_NOW: u64 = 1;
const EM_X86_64: u16 = elf::EM_X86_64.0;
const EM_AARCH64: u16 = elf::EM_AARCH64.0;

/// Facts read from the headers of an executable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ElfFacts {
    /// The machine it is built for (`e_machine`).
    pub machine: Machine,
    /// Its program interpreter (`PT_INTERP`), if any.
    pub interpreter: Option<String>,
    /// The shared libraries that it needs (`DT_NEEDED`).
    pub needed: Vec<String>,
    /// Whether it is position-independent (`ET_DYN`).
    pub position_independent: bool,
    /// Whether its relocations become read-only after start (`PT_GNU_RELRO`).
    pub relro: bool,
    /// Whether all symbols are bound at start (`DF_BIND_NOW` or `DF_1_NOW`).
    pub bind_now: bool,
    /// Whether its stack is executable (`PT_GNU_STACK`), as it is where the header is missing.
    pub executable_stack: bool,
    /// Whether it has debug information (`.debug_info`).
    pub debug_info: bool,
    /// The crates in it, if it has a list of them (section `.dep-v0` of cargo-auditable).
    pub crates: Option<Vec<CrateInBinary>>,
}

/// A crate in the list of cargo-auditable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct CrateInBinary {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The machine that an executable is built for (`e_machine`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Machine {
    /// `EM_X86_64`
    X86_64,
    /// `EM_AARCH64`
    Aarch64,
    /// Another machine, by its number.
    Other(u16),
}

/// Why a file is not an executable for an image.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum ElfError {
    #[error("it is not an ELF executable for a 64-bit little-endian machine ({0})")]
    NotElf(object::Error),
    #[error("it is an ELF file, but not an executable (its type is {0})")]
    NotExecutable(u16),
}

/// Why an executable cannot be in the image of a platform.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum Unfit {
    #[error("it is built for {found}, not for {wanted}")]
    WrongMachine {
        found: Machine,
        wanted: TargetPlatform,
    },
    #[error(
        "it is not static: it needs {0}; build it for a musl target with `-C target-feature=+crt-static`"
    )]
    Dynamic(String),
    #[error(
        "it is not position-independent; link it with `-static-pie`, as cargo does for musl targets by itself"
    )]
    FixedAddress,
    #[error("its stack is executable; link it with `-z noexecstack`")]
    ExecutableStack,
    #[error(
        "its relocations stay writable (RELRO {relro}, BIND_NOW {bind_now}); link it with `-z relro -z now`"
    )]
    WritableRelocations { relro: bool, bind_now: bool },
}

impl ElfFacts {
    /// Reads the headers and the list of crates, not the rest of the file.
    ///
    /// # Errors
    /// The file is not a 64-bit little-endian ELF executable, or these parts of it have more
    /// than 8 MiB.
    pub fn read(file: impl Read + Seek) -> Result<Self, ElfError> {
        let file = Bounded::new(file, MAX_READ);
        let elf = ElfFile64::<LittleEndian, _>::parse(&file).map_err(ElfError::NotElf)?;
        let endian = elf.endian();
        let header = elf.elf_header();
        let kind = header.e_type(endian);
        if kind != elf::ET_EXEC && kind != elf::ET_DYN {
            return Err(ElfError::NotExecutable(kind.0));
        }
        let mut facts = Self {
            machine: Machine::from(header.e_machine(endian).0),
            interpreter: None,
            needed: Vec::new(),
            position_independent: kind == elf::ET_DYN,
            relro: false,
            bind_now: false,
            executable_stack: true,
            debug_info: elf.section_by_name(".debug_info").is_some(),
            crates: None,
        };
        for segment in elf.elf_program_headers() {
            match segment.p_type(endian) {
                elf::PT_INTERP if facts.interpreter.is_none() => {
                    let path = if segment.p_filesz(endian) > MAX_NAME {
                        Some(&b"a path of more than 4096 bytes"[..])
                    } else {
                        segment
                            .interpreter(endian, &file)
                            .map_err(ElfError::NotElf)?
                    };
                    facts.interpreter = path.map(|path| String::from_utf8_lossy(path).into_owned());
                }
                elf::PT_GNU_RELRO => facts.relro = true,
                elf::PT_GNU_STACK => {
                    facts.executable_stack = segment.p_flags(endian).0 & elf::PF_X.0 != 0;
                }
                _ => {}
            }
        }
        facts.read_dynamic(&elf, &file)?;
        if let Some(list) = elf.section_by_name(section::SECTION) {
            facts.crates = read_crates(list.data().map_err(ElfError::NotElf)?);
        }
        Ok(facts)
    }

    fn read_dynamic<'data, R: Read + Seek>(
        &mut self,
        elf: &ElfFile64<'data, LittleEndian, &'data Bounded<R>>,
        file: &'data Bounded<R>,
    ) -> Result<(), ElfError> {
        let endian = elf.endian();
        let table = elf.elf_section_table().dynamic_table(endian, file);
        let names = table.map(|table| *table.strings()).unwrap_or_default();
        // An executable has one dynamic section.
        let mut dynamic: &[_] = &[];
        for segment in elf.elf_program_headers() {
            if let Some(entries) = segment.dynamic(endian, file).map_err(ElfError::NotElf)? {
                dynamic = entries;
                break;
            }
        }
        for entry in dynamic.iter().take(MAX_DYNAMIC) {
            let value = entry.d_val(endian);
            match entry.d_tag(endian) {
                elf::DT_NEEDED if self.needed.len() < MAX_NEEDED => {
                    let name = u32::try_from(value).ok().and_then(|at| names.get(at).ok());
                    let name = name.filter(|name| name.len() as u64 <= MAX_NAME);
                    let name = name.unwrap_or(b"a library without a name");
                    self.needed.push(String::from_utf8_lossy(name).into_owned());
                }
                elf::DT_BIND_NOW => self.bind_now = true,
                elf::DT_FLAGS => self.bind_now |= value & DF_BIND_NOW != 0,
                elf::DT_FLAGS_1 => self.bind_now |= value & DF_1_NOW != 0,
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether it is static: it needs neither a program interpreter nor shared libraries.
    #[must_use]
    pub fn is_static(&self) -> bool {
        self.interpreter.is_none() && self.needed.is_empty()
    }

    /// Checks that it can be in the image of this platform.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn fit_for(&self, platform: TargetPlatform) -> Result<(), Unfit> {
        let wanted = match platform {
            TargetPlatform::LinuxAmd64 => Machine::X86_64,
            TargetPlatform::LinuxArm64 => Machine::Aarch64,
        };
        if self.machine != wanted {
            return Err(Unfit::WrongMachine {
                found: self.machine,
                wanted: platform,
            });
        }
        if let Some(wants) = self.interpreter.as_ref().or(self.needed.first()) {
            return Err(Unfit::Dynamic(format!("`{wants}`")));
        }
        if !self.position_independent {
            return Err(Unfit::FixedAddress);
        }
        if self.executable_stack {
            return Err(Unfit::ExecutableStack);
        }
        if !(self.relro && self.bind_now) {
            return Err(Unfit::WritableRelocations {
                relro: self.relro,
                bind_now: self.bind_now,
            });
        }
        Ok(())
    }
}

/// Reads a `.dep-v0` section. `None` if it cannot be read.
fn read_crates(section: &[u8]) -> Option<Vec<CrateInBinary>> {
    let mut crates: Vec<CrateInBinary> = section::decode(section)?
        .packages
        .into_iter()
        .filter(|package| package.kind == DependencyKind::Runtime)
        .map(|package| CrateInBinary {
            name: package.name,
            version: package.version.to_string(),
        })
        .collect();
    crates.sort_unstable();
    Some(crates)
}

impl From<u16> for Machine {
    fn from(number: u16) -> Self {
        match number {
            EM_X86_64 => Self::X86_64,
            EM_AARCH64 => Self::Aarch64,
            other => Self::Other(other),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::X86_64 => f.write_str("x86-64"),
            Self::Aarch64 => f.write_str("AArch64"),
            Self::Other(number) => write!(f, "ELF machine {number}"),
        }
    }
}

#[cfg(test)]
#[path = "elf_tests.rs"]
mod tests;
