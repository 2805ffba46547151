//! The section `.dep-v0` of an ELF executable.
//!
//! <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>

use std::io::Read as _;

use auditable_serde::VersionInfo;
use libdeflater::{CompressionLvl, Compressor};
use object::elf::{
    FileHeader64, SHN_LORESERVE, SHT_NOBITS, SHT_NULL, SHT_PROGBITS, SHT_STRTAB, SectionFlags,
    SectionHeader64, SectionType, SymbolSection,
};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _};
use object::{LittleEndian as LE, U32, U64, pod};

/// The section's name.
pub const SECTION: &str = ".dep-v0";

/// The largest list that is read, in bytes of JSON: some thousand crates. In memory it takes
/// several times as much.
const MAX_JSON: u64 = 1 << 20;

/// Why a list is not in an executable.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum SectionError {
    #[error("it is not an ELF file for a 64-bit little-endian machine ({0})")]
    NotElf(object::Error),
    #[error("it has {0} sections, which is more than its header can count")]
    TooManySections(usize),
    #[error("the list cannot be compressed")]
    Compress(#[source] libdeflater::CompressionError),
    #[error("the list cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

/// Reads the bytes of a section. `None` if there is no list in them that can be read.
pub fn decode(section: &[u8]) -> Option<VersionInfo> {
    let mut json = Vec::new();
    flate2::read::ZlibDecoder::new(section)
        .take(MAX_JSON)
        .read_to_end(&mut json)
        .ok()?;
    // Not from the reader: versions are borrowed from the text.
    serde_json::from_slice(&json).ok()
}

/// The bytes of the section: zlib-compressed JSON, always the same for the same list.
///
/// # Errors
/// What [`SectionError`] says.
pub fn encode(list: &VersionInfo) -> Result<Vec<u8>, SectionError> {
    let json = serde_json::to_vec(list).map_err(SectionError::Json)?;
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut packed = vec![0; compressor.zlib_compress_bound(json.len())];
    let size = compressor
        .zlib_compress(&json, &mut packed)
        .map_err(SectionError::Compress)?;
    packed.truncate(size);
    Ok(packed)
}

/// Adds the section to an executable, at its end. Every byte that is loaded when it runs stays
/// where it is: only the table of sections and the table of their names are moved. `None` if the
/// executable has such a section.
///
/// # Errors
/// What [`SectionError`] says.
pub fn add(executable: &[u8], section: &[u8]) -> Result<Option<Vec<u8>>, SectionError> {
    let header = FileHeader64::<LE>::parse(executable).map_err(SectionError::NotElf)?;
    let sections = header
        .sections(LE, executable)
        .map_err(SectionError::NotElf)?;
    if sections.section_by_name(LE, SECTION.as_bytes()).is_some() {
        return Ok(None);
    }
    let names_index = if sections.is_empty() {
        0
    } else {
        let index = header.shstrndx(LE, executable);
        index.map_err(SectionError::NotElf)? as usize
    };
    let segments = header
        .program_headers(LE, executable)
        .map_err(SectionError::NotElf)?;

    let mut table: Vec<SectionHeader64<LE>> = sections.iter().copied().collect();
    let mut names = Vec::new();
    if let Some(section) = table.get(names_index).filter(|_| names_index != 0) {
        names.extend_from_slice(section.data(LE, executable).map_err(SectionError::NotElf)?);
    }
    // A section whose name is not in the table of names, or has no end there, gets none: what is
    // added must not become a part of it.
    for section in &mut table {
        let name = names.get(section.sh_name.get(LE) as usize..);
        if !name.is_some_and(|name| name.contains(&0)) {
            section.sh_name.set(LE, 0);
        }
    }
    if names.last() != Some(&0) {
        names.push(0);
    }

    // Both tables are the last things in the file as linkers write it, and are replaced there.
    let ends = segments
        .iter()
        .map(|segment| segment.p_offset(LE).saturating_add(segment.p_filesz(LE)));
    let ends = ends.chain(
        table
            .iter()
            .enumerate()
            .filter(|(index, section)| *index != names_index && section.sh_type(LE) != SHT_NOBITS)
            .map(|(_, section)| section.sh_offset(LE).saturating_add(section.sh_size(LE))),
    );
    let size = u64::from(header.e_phnum.get(LE)) * u64::from(header.e_phentsize.get(LE));
    let program_headers = header.e_phoff(LE).saturating_add(size);
    let kept = ends
        .chain([program_headers, size_of::<FileHeader64<LE>>() as u64])
        .max();
    let kept = usize::try_from(kept.unwrap_or(u64::MAX))
        .unwrap_or(usize::MAX)
        .min(executable.len());

    let mut output = executable[..kept].to_vec();
    pad(&mut output, 4);
    let mut added = new_section(&mut names, SECTION, SHT_PROGBITS);
    place(&mut added, &mut output, section);
    if table.is_empty() {
        // The first one is empty in every table.
        table.push(SectionHeader64 {
            sh_addralign: U64::new(LE, 0),
            ..new_section(&mut Vec::new(), "", SHT_NULL)
        });
    }
    table.push(added);
    let names_index = if names_index == 0 {
        let section = new_section(&mut names, ".shstrtab", SHT_STRTAB);
        table.push(section);
        table.len() - 1
    } else {
        names_index
    };
    let mut section = table[names_index];
    // Names are read of such a section alone.
    section.sh_type.set(LE, SHT_STRTAB);
    place(&mut section, &mut output, &names);
    table[names_index] = section;
    pad(&mut output, 8);

    let count = u16::try_from(table.len())
        .ok()
        .filter(|count| *count < SHN_LORESERVE)
        .ok_or(SectionError::TooManySections(table.len()))?;
    let mut header = *header;
    header.e_shoff.set(LE, output.len() as u64);
    header.e_shentsize.set(
        LE,
        u16::try_from(size_of::<SectionHeader64<LE>>()).expect("it is 64 bytes"),
    );
    header.e_shnum.set(LE, count);
    let names_index = u16::try_from(names_index).expect("it is below the count");
    header.e_shstrndx.set(LE, SymbolSection(names_index));
    output.extend_from_slice(pod::bytes_of_slice(&table));
    let header = pod::bytes_of(&header);
    output[..header.len()].copy_from_slice(header);
    Ok(Some(output))
}

/// A section that is not loaded, and has no content yet.
fn new_section(names: &mut Vec<u8>, name: &str, kind: SectionType) -> SectionHeader64<LE> {
    let at = u32::try_from(names.len()).unwrap_or(0);
    names.extend_from_slice(name.as_bytes());
    names.push(0);
    SectionHeader64 {
        sh_name: U32::new(LE, at),
        sh_type: U32::new(LE, kind),
        sh_flags: U64::new(LE, SectionFlags(0)),
        sh_addr: U64::new(LE, 0),
        sh_offset: U64::new(LE, 0),
        sh_size: U64::new(LE, 0),
        sh_link: U32::new(LE, 0),
        sh_info: U32::new(LE, 0),
        sh_addralign: U64::new(LE, 1),
        sh_entsize: U64::new(LE, 0),
    }
}

/// Appends the content of a section to the file.
fn place(section: &mut SectionHeader64<LE>, output: &mut Vec<u8>, content: &[u8]) {
    section.sh_offset.set(LE, output.len() as u64);
    section.sh_size.set(LE, content.len() as u64);
    output.extend_from_slice(content);
}

fn pad(output: &mut Vec<u8>, to: usize) {
    output.resize(output.len().next_multiple_of(to), 0);
}

#[cfg(test)]
#[path = "section_tests.rs"]
mod tests;
