//! Compression in pieces of a fixed size, in parallel.
//!
//! The content is cut every [`PIECE`] bytes, each piece becomes a gzip member (RFC
//! 1952, section 2.2) or a zstd frame (RFC 8878, section 3.1) of its own, and
//! the members follow each other in the blob. So the bytes depend on the content
//! and the codec, never on the number of threads or the sizes of writes.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::Compression;

/// The length in bytes of what each gzip member or zstd frame holds; the last may
/// hold less.
pub const PIECE: usize = 1 << 20;

/// The most threads that compress a layer. The layers of two platforms are built at once, and
/// together their buffers stay below 64 MiB.
const MAX_THREADS: usize = 4;

/// The compressor of one thread, and a buffer for its output.
struct Encoder {
    codec: Codec,
    room: Vec<u8>,
}

enum Codec {
    Gzip(libdeflater::Compressor),
    #[cfg(feature = "zstd")]
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Encoder {
    fn new(compression: Compression) -> io::Result<Self> {
        let (codec, bound) = match compression {
            Compression::Gzip => {
                let level = libdeflater::CompressionLvl::new(6).expect("6 is a level");
                let mut compressor = libdeflater::Compressor::new(level);
                let bound = compressor.gzip_compress_bound(PIECE);
                (Codec::Gzip(compressor), bound)
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => {
                let compressor = zstd::bulk::Compressor::new(4)?;
                (
                    Codec::Zstd(compressor),
                    zstd::zstd_safe::compress_bound(PIECE),
                )
            }
            #[cfg(not(feature = "zstd"))]
            Compression::Zstd => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "zstd is left out of this program; compress with gzip",
                ));
            }
        };
        let room = vec![0; bound];
        Ok(Self { codec, room })
    }

    /// Compresses a piece; the result reuses its buffer.
    fn encode(&mut self, mut piece: Vec<u8>) -> io::Result<Vec<u8>> {
        let size = match &mut self.codec {
            Codec::Gzip(compressor) => compressor
                .gzip_compress(&piece, &mut self.room)
                .map_err(|_| io::Error::other("libdeflate had no room in its own bound"))?,
            #[cfg(feature = "zstd")]
            Codec::Zstd(compressor) => {
                compressor.compress_to_buffer(&piece, self.room.as_mut_slice())?
            }
        };
        piece.clear();
        piece.extend_from_slice(&self.room[..size]);
        Ok(piece)
    }
}

/// A piece to compress, and the channel that takes the result.
type Job = (Vec<u8>, SyncSender<io::Result<Vec<u8>>>);

/// Compresses everything that `produce` writes, into `out`; returns `out`.
///
/// # Errors
/// Those of `produce` and `out`.
pub fn compress<W: Write + Send>(
    compression: Compression,
    threads: NonZeroUsize,
    produce: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    mut out: W,
) -> io::Result<W> {
    let threads = threads.get().min(MAX_THREADS);
    let (jobs_in, jobs) = sync_channel::<Job>(1);
    // In the order of the pieces. It is bounded, so that a reader that is quicker than the
    // compressors does not fill the memory.
    let (ordered_in, ordered) = sync_channel::<Receiver<io::Result<Vec<u8>>>>(threads + 1);
    let jobs = Mutex::new(jobs);
    // Buffers are reused: if each piece were allocated anew, the allocator of each thread
    // would hold memory.
    let (spare_in, spare) = channel::<Vec<u8>>();

    thread::scope(|scope| {
        // Owned by this scope alone, so that an early return ends the workers.
        let jobs = &jobs;
        for _ in 0..threads {
            scope.spawn(move || work(compression, jobs));
        }
        let writer = scope.spawn(move || -> io::Result<W> {
            for piece in ordered {
                let piece = piece
                    .recv()
                    .map_err(|_| io::Error::other("a compressing thread ended early"))??;
                out.write_all(&piece)?;
                // The cutter may have ended.
                let _ = spare_in.send(piece);
            }
            out.flush()?;
            Ok(out)
        });
        let mut cutter = Cutter {
            piece: Vec::with_capacity(PIECE),
            any: false,
            spare,
            jobs: jobs_in,
            ordered: ordered_in,
        };
        let produced = produce(&mut cutter).and_then(|()| cutter.finish());
        let written = writer
            .join()
            .map_err(|_| io::Error::other("the writing thread ended early"))?;
        match (produced, written) {
            // The writer's error is the cause where it made the producer fail.
            (_, Err(error)) | (Err(error), Ok(_)) => Err(error),
            (Ok(()), Ok(out)) => Ok(out),
        }
    })
}

/// Compresses pieces until there are no more.
fn work(compression: Compression, jobs: &Mutex<Receiver<Job>>) {
    let mut encoder = Encoder::new(compression);
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((piece, done)) = job else { return };
        let result = match &mut encoder {
            Ok(encoder) => encoder.encode(piece),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        };
        // Nobody waits for it where the writer has failed.
        let _ = done.send(result);
    }
}

/// Cuts what is written into pieces.
struct Cutter {
    piece: Vec<u8>,
    any: bool,
    spare: Receiver<Vec<u8>>,
    jobs: SyncSender<Job>,
    ordered: SyncSender<Receiver<io::Result<Vec<u8>>>>,
}

impl Cutter {
    fn send(&mut self) -> io::Result<()> {
        let stopped = |()| io::Error::new(io::ErrorKind::BrokenPipe, "compression stopped early");
        let next = self.spare.try_recv().map(|mut used| {
            used.clear();
            used
        });
        let next = next.unwrap_or_else(|_| Vec::with_capacity(PIECE));
        let piece = std::mem::replace(&mut self.piece, next);
        let (done, result) = sync_channel(1);
        self.any = true;
        self.ordered.send(result).map_err(|_| stopped(()))?;
        self.jobs.send((piece, done)).map_err(|_| stopped(()))
    }

    /// Sends the rest. Empty content is one empty piece, because an empty file is not a gzip.
    fn finish(mut self) -> io::Result<()> {
        if self.any && self.piece.is_empty() {
            return Ok(());
        }
        self.send()
    }
}

impl Write for Cutter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
