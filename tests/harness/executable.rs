//! Executables made by hand: static, a few hundred bytes, and as large as asked
//! for, so that tests of packing need no compiler.

use std::path::PathBuf;

use super::Scratch;

/// The processors that images are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    Amd64,
    Arm64,
}

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
/// After the header and four program headers: two entries of a dynamic section.
const DYNAMIC: usize = HEADER + 4 * PROGRAM_HEADER;
/// The code begins after them.
const CODE: usize = DYNAMIC + 32;

impl Architecture {
    /// An executable that prints `message` and ends, with `padding` bytes behind
    /// it that hardly compress.
    pub fn executable(self, message: &str, padding: usize) -> Vec<u8> {
        let mut code = self.code(message.len());
        code.extend(message.as_bytes());
        let size = CODE + code.len() + padding;
        let mut bytes = Vec::with_capacity(size);
        // A 64-bit little-endian file of version 1, position-independent.
        bytes.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
        bytes.extend(3_u16.to_le_bytes());
        bytes.extend(self.machine().to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend((CODE as u64).to_le_bytes());
        bytes.extend((HEADER as u64).to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        for field in [HEADER, PROGRAM_HEADER, 4, 64, 0, 0] {
            bytes.extend(u16::try_from(field).unwrap().to_le_bytes());
        }
        // All of the file, readable and executable; a stack that is not executable.
        program_header(&mut bytes, 1, 5, 0, size as u64, 0x1000);
        program_header(&mut bytes, 0x6474_e551, 6, 0, 0, 16);
        // Hardened as linkers do it: RELRO, and all is bound at start.
        program_header(&mut bytes, 0x6474_e552, 4, 0, DYNAMIC as u64, 1);
        program_header(&mut bytes, 2, 4, DYNAMIC as u64, 32, 8);
        for field in [30_u64, 8, 0, 0] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(code);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        while bytes.len() < size {
            // xorshift64
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.push(state.to_le_bytes()[3]);
        }
        bytes
    }

    fn machine(self) -> u16 {
        match self {
            Self::Amd64 => 62,
            Self::Arm64 => 183,
        }
    }

    /// write(1, message, length); exit(0). The message follows the code.
    fn code(self, length: usize) -> Vec<u8> {
        let length = u16::try_from(length).unwrap();
        match self {
            Self::Amd64 => {
                let mut code = vec![0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0];
                code.extend([0x48, 0x8d, 0x35, 16, 0, 0, 0, 0xba]);
                code.extend(u32::from(length).to_le_bytes());
                code.extend([0x0f, 5, 0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 5]);
                code
            }
            Self::Arm64 => [
                0xd280_0020,
                0x1000_00e1,
                0xd280_0002 | (u32::from(length) << 5),
                0xd280_0808,
                0xd400_0001,
                0xd280_0000,
                0xd280_0ba8,
                0xd400_0001,
            ]
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .collect(),
        }
    }

    /// Writes such an executable into `scratch`, with the mode that a linker gives.
    pub fn write(self, scratch: &Scratch, name: &str, message: &str, padding: usize) -> PathBuf {
        scratch.write_executable(name, self.executable(message, padding))
    }
}

fn program_header(bytes: &mut Vec<u8>, kind: u32, flags: u32, at: u64, size: u64, align: u64) {
    bytes.extend(kind.to_le_bytes());
    bytes.extend(flags.to_le_bytes());
    for field in [at, at, at, size, size, align] {
        bytes.extend(u64::to_le_bytes(field));
    }
}

/// A dynamic executable, whose name of the interpreter, names of libraries and list of crates
/// have `size` bytes each: the same bytes.
pub fn dynamic_executable(size: usize) -> Vec<u8> {
    const DYNAMIC_ENTRIES: usize = 64;
    let (start, dynamic) = (64 + 2 * 56, 16 * DYNAMIC_ENTRIES);
    let sections = start + dynamic + size;
    let mut elf = Vec::new();
    let word = |elf: &mut Vec<u8>, value: usize| elf.extend((value as u64).to_le_bytes());
    elf.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0");
    for value in [0, 64, sections] {
        word(&mut elf, value);
    }
    elf.extend([0; 4]);
    for value in [64_u16, 56, 2, 64, 5, 3] {
        elf.extend(value.to_le_bytes());
    }
    // PT_INTERP and PT_DYNAMIC.
    for (kind, at, length) in [(3_u32, start, size), (2, start, dynamic)] {
        elf.extend(kind.to_le_bytes());
        elf.extend(4_u32.to_le_bytes());
        for value in [at, at, at, length, length, 8] {
            word(&mut elf, value);
        }
    }
    for entry in 0..DYNAMIC_ENTRIES {
        word(&mut elf, 1);
        word(&mut elf, entry);
    }
    elf.resize(sections, b'a');
    elf.extend([0; 64]);
    // The dynamic section and its names, the names of sections, the list of crates.
    let name = b"\0.dep-v0\0";
    let names = sections + 5 * 64;
    for (name, kind, at, length, link) in [
        (0_u32, 6_u32, start, dynamic, 2_u32),
        (0, 3, start + dynamic, size, 0),
        (0, 3, names, name.len(), 0),
        (1, 1, start + dynamic, size, 0),
    ] {
        elf.extend(name.to_le_bytes());
        elf.extend(kind.to_le_bytes());
        for value in [0, 0, at, length] {
            word(&mut elf, value);
        }
        elf.extend(link.to_le_bytes());
        elf.extend(0_u32.to_le_bytes());
        word(&mut elf, 1);
        word(&mut elf, if kind == 6 { 16 } else { 0 });
    }
    elf.extend(name);
    elf
}
