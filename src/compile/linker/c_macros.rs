//! The C macros `__DATE__`, `__TIME__` and `__TIMESTAMP__`.
//!
//! Compilers define them by the clock, so that a build of the next day has other bytes. Here
//! they are always 1980-01-01, as in the builds of Nix: both lanes make the same bytes. A date
//! of the user's would not reach what is compiled already, because cargo does not know of it.

/// Arguments for a C compiler that define the three macros (ISO C, 6.10.8.1; GCC's manual,
/// "Common Predefined Macros").
pub const DATE_MACROS: [&str; 4] = [
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"Jan  1 1980\"",
    "-D__TIME__=\"00:00:00\"",
    "-D__TIMESTAMP__=\"Tue Jan  1 00:00:00 1980\"",
];
