//! What packing is made of: hashing, compressing, finding a layer that was made before.
//!
//! The content is the executable of this very bench, repeated to 25 MB: programs
//! compress as programs do.

use std::hint::black_box;
use std::io;
use std::num::NonZeroUsize;

use camino::Utf8Path;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use muslin::cache::LayerCache;
use muslin::packing::base_layer;
use muslin_oci::cancellation::Cancellation;
use muslin_oci::codec::Compression;
use muslin_oci::digest::Digest;
use muslin_oci::layer::Layer;
use muslin_oci::tar::{Entry, EntryKind, FileContent};

const SIZE: usize = 25_000_000;

fn program() -> Vec<u8> {
    let own = std::fs::read(std::env::current_exe().expect("a bench has a path"));
    let own = own.expect("a bench can read itself");
    own.iter().copied().cycle().take(SIZE).collect()
}

fn layer(bytes: Vec<u8>) -> Layer {
    let kind = EntryKind::File {
        mode: 0o755,
        size: bytes.len() as u64,
        content: FileContent::Memory(bytes),
    };
    let entry = Entry::new("/usr/local/bin/app", kind).expect("the path is normal");
    Layer::new([entry]).expect("it is the only entry")
}

fn benches(criterion: &mut Criterion) {
    let bytes = program();
    let layer = layer(bytes.clone());
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);

    let mut group = criterion.benchmark_group("25 MB");
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(SIZE as u64));
    group.bench_function("digest", |bench| {
        bench.iter(|| Digest::of(black_box(&bytes)));
    });
    group.bench_function("diff ID", |bench| bench.iter(|| layer.diff_id()));
    for (name, compression) in [("gzip", Compression::Gzip), ("zstd", Compression::Zstd)] {
        for threads in [NonZeroUsize::MIN, threads] {
            group.bench_function(format!("{name}, {threads} threads"), |bench| {
                bench.iter(|| layer.write(compression, threads, io::sink()));
            });
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = Utf8Path::from_path(folder.path()).expect("its name is text");
    let cache = LayerCache::open(root).expect("it can be written");
    let recipe = Compression::Gzip.recipe();
    let cancellation = Cancellation::default();
    let (_, diff_id, _) = cache
        .store_layer(&recipe, layer.size(), |file| {
            layer.write(Compression::Gzip, threads, file)
        })
        .expect("it can be written");
    group.bench_function("a layer from the cache, checked", |bench| {
        bench.iter(|| {
            let media_type = Compression::Gzip.media_type();
            cache.layer(&recipe, media_type, layer.size(), diff_id, &cancellation)
        });
    });
    group.finish();
    criterion.bench_function("base layer", |bench| {
        bench.iter(|| base_layer::layer().write(Compression::Gzip, threads, io::sink()));
    });
}

criterion_group!(all, benches);
criterion_main!(all);
