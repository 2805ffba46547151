//! Images in archives: `oci-archive:` and `docker-archive:`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;

use camino::Utf8PathBuf;
use muslin_oci::cancellation::Cancellation;
use muslin_oci::config::{Execution, ImageConfig, RootFs};
use muslin_oci::digest::Digest;
use muslin_oci::folder::Links;
use muslin_oci::image::{Blob, LayerBlob, MultiPlatformImage, PlatformImage};
use muslin_oci::layer::Layer;
use muslin_oci::media_type;
use muslin_oci::platform::Platform;
use muslin_oci::tar::{Entry, EntryKind, FileContent};
use muslin_oci::transport::{
    self, BlobReader, CommandRunner, DockerCli, Host, Notice, ReadError, Reference, Registries,
};

use super::mutation::mutant;
use super::random::Random;
use super::tar_archive::{header, write_checksums};
use super::target::{READ, Target, outcome};

pub const TARGET: Target = Target {
    name: "image-archive",
    seeds,
    mutant: |input, other, random| match random.below(8) {
        0 => mutant(input, other, WORDS, random),
        1 => {
            let mut bytes = mutant(input, other, WORDS, random);
            write_checksums(&mut bytes);
            bytes
        }
        _ => mutant_of_files(input, other, random),
    },
    read,
};

const WORDS: &[&[u8]] = &[
    b"application/vnd.oci.image.index.v1+json",
    b"application/vnd.oci.image.manifest.v1+json",
    b"application/vnd.oci.image.config.v1+json",
    b"application/vnd.oci.image.layer.v1.tar",
    b"application/vnd.oci.image.layer.v1.tar+gzip",
    b"application/vnd.docker.distribution.manifest.list.v2+json",
    b"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    b"\"vnd.docker.reference.type\":\"attestation-manifest\"",
    b"\"org.opencontainers.image.ref.name\":\"x\"",
    b"\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\"},",
    b"\"Layers\":[",
    b"\"RepoTags\":null,",
    b"\"diff_ids\":[",
    b"[]",
    b"{}",
    b"../",
];

fn layer(path: &str, content: &[u8]) -> LayerBlob {
    let kind = EntryKind::File {
        mode: 0o755,
        size: content.len() as u64,
        content: FileContent::Memory(content.to_vec()),
    };
    let mut tar = Vec::new();
    let layer = Layer::new([Entry::new(path, kind).unwrap()]).unwrap();
    layer.write_tar(&mut tar).unwrap();
    LayerBlob {
        diff_id: Digest::of(&tar),
        blob: Blob::of(media_type::LAYER_TAR, tar),
    }
}

fn image(architectures: &[&str]) -> MultiPlatformImage {
    let image = |architecture: &&str| {
        let layers = vec![
            layer("etc/x", b"shared"),
            layer("x", architecture.as_bytes()),
        ];
        let config = ImageConfig {
            created: None,
            author: None,
            architecture: (*architecture).to_owned(),
            os: "linux".to_owned(),
            variant: None,
            config: Execution::default(),
            rootfs: RootFs {
                kind: "layers".to_owned(),
                diff_ids: layers.iter().map(|layer| layer.diff_id).collect(),
            },
            history: Vec::new(),
        };
        let config = Blob::json(media_type::CONFIG, &config);
        let platform = Platform::new("linux", architecture);
        PlatformImage::new(platform, config, layers, BTreeMap::new())
    };
    MultiPlatformImage::new(architectures.iter().map(image).collect(), BTreeMap::new())
}

/// The file that images are read from, and the machine.
fn place() -> (Utf8PathBuf, Host) {
    let temporary = Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap();
    let host = Host {
        registries: Registries::default(),
        docker: DockerCli {
            program: "no-docker".into(),
            environment: BTreeMap::new(),
            runner: CommandRunner::default(),
        },
        architecture: "amd64".to_owned(),
        temporary: temporary.clone(),
        links: Links::Follow,
        cancellation: Cancellation::default(),
        notice: Notice::default(),
    };
    (temporary.join("archive"), host)
}

fn seeds() -> Vec<Vec<u8>> {
    let (file, host) = place();
    let written = |transport: &str, image: &MultiPlatformImage, names: &[&str]| {
        let to: Reference = format!("{transport}:{file}").parse().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        transport::write(&to, image, "app", &names, &host).unwrap();
        fs::read(&file).unwrap()
    };
    let linked = {
        let layer = layer("x", b"linked").blob;
        let config = ImageConfig {
            rootfs: RootFs {
                kind: "layers".to_owned(),
                diff_ids: vec![layer.descriptor.digest; 2],
            },
            ..serde_json::from_str(
                r#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#,
            )
            .unwrap()
        };
        let content = |blob: &Blob| {
            let mut bytes = Vec::new();
            BlobReader::open(blob)
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            bytes
        };
        let config = serde_json::to_vec(&config).unwrap();
        let name = format!("{}.json", Digest::of(&config).hex());
        let link = |kind, name: &str, target: &str| {
            let mut header = header(kind, name, 0);
            header.set_link_name(target).unwrap();
            header.set_cksum();
            TarFile {
                header,
                content: Vec::new(),
            }
        };
        let manifest = format!(
            r#"[{{"Config":"{name}","RepoTags":["x:1"],"Layers":["a/layer.tar","b/layer.tar"]}}]"#
        );
        join(&[
            TarFile::new("layer.tar", content(&layer)),
            link(b'2', "a/layer.tar", "../layer.tar"),
            link(b'1', "b/layer.tar", "layer.tar"),
            TarFile::new(&name, config),
            TarFile::new("manifest.json", manifest.into_bytes()),
        ])
    };
    vec![
        written("oci-archive", &image(&["amd64"]), &["v1"]),
        written("oci-archive", &image(&["amd64", "arm64"]), &["v1"]),
        written("docker-archive", &image(&["amd64"]), &["x:1"]),
        linked,
    ]
}

/// A file in an archive.
struct TarFile {
    header: tar::Header,
    content: Vec<u8>,
}

impl TarFile {
    fn new(name: &str, content: Vec<u8>) -> Self {
        Self {
            header: header(b'0', name, content.len() as u64),
            content,
        }
    }

    fn name(&self) -> &[u8] {
        let name = &self.header.as_old().name;
        let end = name.iter().position(|byte| *byte == 0);
        &name[..end.unwrap_or(name.len())]
    }
}

/// The files of an archive; of one that is damaged, those before the damage.
fn split(tar: &[u8]) -> Vec<TarFile> {
    let mut files = Vec::new();
    let mut at = 0;
    while let Some(block) = tar.get(at..at + 512) {
        let mut header = tar::Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        let size = header
            .entry_size()
            .ok()
            .and_then(|size| usize::try_from(size).ok());
        let content = size.and_then(|size| tar[at + 512..].get(..size));
        let Some(content) = content.filter(|_| block[0] != 0) else {
            break;
        };
        at += 512 + content.len().next_multiple_of(512);
        files.push(TarFile {
            header,
            content: content.to_vec(),
        });
    }
    files
}

fn join(files: &[TarFile]) -> Vec<u8> {
    let mut tar = Vec::new();
    for file in files {
        let mut header = file.header.clone();
        header.set_size(file.content.len() as u64);
        header.set_cksum();
        tar.extend(header.as_bytes());
        tar.extend(&file.content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

/// A mutant of one of the files in an archive, or of which there are. Descriptors and names
/// are those of what the files hold then.
fn mutant_of_files(input: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut files = split(input);
    if files.is_empty() {
        return mutant(input, other, WORDS, random);
    }
    let at = random.below(files.len());
    match random.below(8) {
        0 => drop(files.remove(at)),
        1 => {
            let copy = TarFile {
                header: files[at].header.clone(),
                content: files[at].content.clone(),
            };
            files.push(copy);
        }
        2 => {
            let name = mutant(files[at].name(), b"", WORDS, random);
            let field = &mut files[at].header.as_old_mut().name;
            field.fill(0);
            let length = name.len().min(field.len());
            field[..length].copy_from_slice(&name[..length]);
        }
        _ => files[at].content = mutant(&files[at].content, other, WORDS, random),
    }
    name_by_digests(&mut files);
    join(&files)
}

/// Gives files that are named by their digests the names of what they hold, and descriptors
/// that point at them the digests and sizes.
fn name_by_digests(files: &mut [TarFile]) {
    // From layers over configs and manifests to indexes; a document that holds its own
    // digest has no end.
    for _ in 0..6 {
        for at in 0..files.len() {
            let Some(claimed) = hex(files[at].name()) else {
                continue;
            };
            let found = Digest::of(&files[at].content).hex();
            if found == claimed {
                continue;
            }
            let size = files[at].content.len();
            for file in &mut *files {
                replace(&mut file.header.as_old_mut().name, &claimed, &found);
                replace(&mut file.content, &claimed, &found);
                resize(&mut file.content, &found, size);
            }
        }
    }
}

/// The digest in a name.
fn hex(name: &[u8]) -> Option<String> {
    let is_hex = |part: &&[u8]| part.len() == 64 && part.iter().all(u8::is_ascii_hexdigit);
    let part = name.split(|byte| b"/.".contains(byte)).find(is_hex)?;
    String::from_utf8(part.to_vec()).ok()
}

/// Replaces a text by one of the same length.
fn replace(bytes: &mut [u8], from: &str, to: &str) {
    for start in positions(bytes, from.as_bytes()) {
        bytes[start..start + to.len()].copy_from_slice(to.as_bytes());
    }
}

/// Writes the size behind each digest that a descriptor has.
fn resize(bytes: &mut Vec<u8>, digest: &str, size: usize) {
    let text = format!("{digest}\",\"size\":");
    for start in positions(bytes, text.as_bytes()).into_iter().rev() {
        let start = start + text.len();
        let digits = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        let end = start + digits.count();
        bytes.splice(start..end, size.to_string().into_bytes());
    }
}

fn positions(bytes: &[u8], text: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(bytes, text).collect()
}

/// Reads every blob of an image.
fn read_all(image: &MultiPlatformImage) -> std::io::Result<()> {
    for blob in image.blobs() {
        let mut bytes = Vec::new();
        let mut reader = BlobReader::open(blob).map_err(std::io::Error::other)?;
        reader.read_to_end(&mut bytes)?;
        let found = (Digest::of(&bytes), bytes.len() as u64);
        assert_eq!(found, (blob.descriptor.digest, blob.descriptor.size));
    }
    Ok(())
}

fn read_from(transport: &str, file: &Utf8PathBuf, host: &Host) -> Result<String, ReadError> {
    let reference: Reference = format!("{transport}:{file}").parse().unwrap();
    let source = transport::open(&reference, host)?;
    let report = transport::verify(&reference, host)?;
    for entry in source.entries() {
        let sound = source.image_of(entry).is_ok_and(|image| {
            let layers = image.platforms.iter().flat_map(|one| &one.layers);
            let mut layers = layers.map(|layer| {
                transport::verify_layer(layer, &host.cancellation, |_, _| {
                    Ok(std::ops::ControlFlow::Continue(()))
                })
            });
            layers.all(|layer| layer.is_ok()) && read_all(&image).is_ok()
        });
        let found = report
            .findings
            .iter()
            .any(|finding| finding.entry == entry.name);
        assert!(
            sound || found,
            "{:?} is damaged, and nothing says so",
            entry.name
        );
    }
    Ok(match report.findings.into_iter().next() {
        Some(finding) => outcome(Err::<(), _>(finding.kind)),
        None => outcome(source.image().map(drop)),
    })
}

fn read(input: &[u8]) -> String {
    let (file, host) = place();
    fs::write(&file, input).unwrap();
    let outcomes = ["oci-archive", "docker-archive"].map(|transport| {
        let read = read_from(transport, &file, &host);
        read.unwrap_or_else(|error| outcome(Err::<(), _>(error)))
    });
    if outcomes.iter().any(|outcome| outcome == READ) {
        return READ.to_owned();
    }
    outcomes.join("; ")
}
