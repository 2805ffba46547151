//! Mutants of inputs.

use super::random::Random;

/// The longest mutant, in bytes.
const MAX_INPUT: usize = 64 << 10;
/// The longest part that is copied, removed or overwritten, in bytes.
const MAX_PART: usize = 1 << 10;

/// Numbers around which readers err.
const NUMBERS: [u64; 24] = [
    0,
    1,
    2,
    7,
    8,
    63,
    64,
    127,
    128,
    255,
    256,
    511,
    512,
    513,
    4095,
    4096,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    0x7fff_ffff_ffff_fdff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_fe00,
    0xffff_ffff_ffff_ffff,
];

/// Bytes that separate things in one format or another.
const BYTES: &[u8] = b"\0\x01\x7f\x80\xff\n\r\t /\\.:@=\"'{}[](),*-+0123789";

/// A mutant of `input`, with parts of `other` and `words` of the format.
pub fn mutant(input: &[u8], other: &[u8], words: &[&[u8]], random: &mut Random) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.below(6) {
        mutate(&mut bytes, other, words, random);
    }
    bytes.truncate(MAX_INPUT);
    bytes
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], words: &[&[u8]], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let part = part_of(bytes, random);
    match random.below(12) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.byte();
            }
        }
        2 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = *random.pick(BYTES);
            }
        }
        3 => overwrite(bytes, at, &binary(random)),
        4 => overwrite(bytes, at, digits(random).as_bytes()),
        5 => insert(bytes, at, digits(random).as_bytes()),
        6 => bytes.truncate(at),
        7 => drop(bytes.drain(part)),
        8 => {
            let copy = bytes[part].repeat(1 + random.below(3));
            insert(bytes, at, &copy);
        }
        9 => {
            let copy = bytes[part].to_vec();
            overwrite(bytes, at, &copy);
        }
        10 => {
            let copy = other[part_of(other, random)].to_vec();
            insert(bytes, at, &copy);
        }
        _ if words.is_empty() => insert(bytes, at, &[*random.pick(BYTES)]),
        _ => {
            let word = *random.pick::<&[u8]>(words);
            if random.once_in(2) {
                overwrite(bytes, at, word);
            } else {
                insert(bytes, at, word);
            }
        }
    }
}

/// A number in the bytes of an executable or a frame.
fn binary(random: &mut Random) -> Vec<u8> {
    let number = near(random);
    let length = *random.pick(&[1, 2, 4, 8]);
    if random.once_in(4) {
        number.to_be_bytes()[8 - length..].to_vec()
    } else {
        number.to_le_bytes()[..length].to_vec()
    }
}

/// A number in the digits of a text or of a tar's header.
fn digits(random: &mut Random) -> String {
    let number = near(random);
    match random.below(4) {
        0 => format!("{number:o}"),
        1 => format!("{:011o}\0", number & 0o777_7777_7777),
        2 => format!("-{number}"),
        _ => number.to_string(),
    }
}

fn near(random: &mut Random) -> u64 {
    let number = *random.pick(&NUMBERS);
    match random.below(4) {
        0 => number.wrapping_sub(1),
        1 => number.wrapping_add(1),
        _ => number,
    }
}

fn part_of(bytes: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let start = random.below(bytes.len() + 1);
    let longest = (bytes.len() - start).min(MAX_PART);
    // Short parts more often than long ones.
    let longest = longest >> random.below(8);
    start..start + random.below(longest + 1)
}

fn insert(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    bytes.splice(at..at, new.iter().copied());
}

fn overwrite(bytes: &mut [u8], at: usize, new: &[u8]) {
    let room = &mut bytes[at..];
    let length = room.len().min(new.len());
    room[..length].copy_from_slice(&new[..length]);
}
