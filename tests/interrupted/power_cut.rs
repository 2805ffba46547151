//! What would be on the disk after a power cut: the system calls of a run, in their order. A
//! rename may be lost, or be there without what was written, until both are synced.

use std::collections::BTreeMap;

use super::*;

/// A system call that changes what is on the disk, or waits for it.
#[derive(Debug, PartialEq, Eq)]
enum Call {
    Sync(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

/// Runs muslin; its calls on the disk, or nothing where no process can be traced.
fn calls(scratch: &Scratch, muslin: &Muslin) -> Option<Vec<Call>> {
    let mut strace = harness::tool("strace")?;
    strace
        .args(["--follow-forks", "--decode-fds=path", "--output=trace"])
        .arg("--trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat")
        .args(["--string-limit=4096", "--quiet=all", "--"]);
    let output = muslin.started_by(strace, scratch).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    if stderr.contains("PTRACE_TRACEME") {
        harness::skip("this machine lets nobody trace a process");
        return None;
    }
    assert!(output.status.success(), "{stderr}");
    let trace = fs::read_to_string(scratch.join("trace")).unwrap();
    Some(trace_of(&trace))
}

/// The calls that succeeded, each where it ended.
fn trace_of(trace: &str) -> Vec<Call> {
    let mut unfinished = BTreeMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let (thread, line) = line.split_once(' ').unwrap();
        let line = line.trim_start();
        if let Some(start) = line.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, start);
            continue;
        }
        let resumed = line.split_once(" resumed>");
        let line = match resumed {
            Some((_, end)) => format!("{}{end}", unfinished[thread]),
            None => line.to_owned(),
        };
        let Some(call) = line.strip_suffix(" = 0") else {
            continue;
        };
        calls.extend(parse(call));
    }
    calls
}

/// `fsync(3</folder>)`, `renameat(3</folder>, "a", 3</folder>, "b")`.
fn parse(call: &str) -> Option<Call> {
    let (name, arguments) = call.trim_end().strip_suffix(')')?.split_once('(')?;
    let mut folder = PathBuf::new();
    let mut paths = Vec::new();
    for argument in arguments.split(", ") {
        if let Some(path) = argument.strip_suffix('>') {
            folder = PathBuf::from(path.split_once('<').unwrap().1);
        } else if argument.starts_with('"') {
            paths.push(folder.join(argument.trim_matches('"')));
        }
    }
    let mut paths = paths.into_iter();
    Some(match name {
        "fsync" | "fdatasync" => Call::Sync(folder),
        "unlink" | "unlinkat" => Call::Remove(paths.next()?),
        _ => Call::Rename(paths.next()?, paths.next()?),
    })
}

/// The place of the first call that is so.
#[track_caller]
fn place(calls: &[Call], what: &str, is: impl Fn(&Call) -> bool) -> usize {
    let place = calls.iter().position(is);
    place.unwrap_or_else(|| panic!("no {what}: {calls:#?}"))
}

/// The name that a file had before this one, and when it was renamed.
#[track_caller]
fn renamed<'a>(calls: &'a [Call], to: &Path) -> (usize, &'a Path) {
    let place = place(
        calls,
        "rename",
        |call| matches!(call, Call::Rename(_, name) if name == to),
    );
    let Call::Rename(from, _) = &calls[place] else {
        unreachable!()
    };
    (place, from)
}

#[test]
fn the_new_image_is_on_the_disk_before_blobs_of_the_old_one_are_removed() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "old-program/app", "old", 1000);
    Architecture::Amd64.write(&scratch, "new-program/app", "new", 2000);
    pack(&scratch, "old-program/app", "oci:image", "cache").run();
    let blobs = scratch.join("image/blobs/sha256").canonicalize().unwrap();
    let layout = blobs.parent().unwrap().parent().unwrap().to_owned();
    let names = || -> Vec<PathBuf> {
        let entries = fs::read_dir(&blobs).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let old = names();
    let muslin = pack(&scratch, "new-program/app", "oci:image", "cache");
    let Some(calls) = calls(&scratch, &muslin) else {
        return;
    };

    let (committed, unfinished) = renamed(&calls, &layout.join("index.json"));
    let index_synced = place(&calls, "sync of `index.json`", |call| {
        *call == Call::Sync(unfinished.to_owned())
    });
    assert!(index_synced < committed, "{calls:#?}");
    for new in names().iter().filter(|path| !old.contains(path)) {
        for synced in [new, &blobs] {
            let synced = place(&calls, "sync of a blob", |call| {
                *call == Call::Sync(synced.clone())
            });
            assert!(renamed(&calls, new).0 < synced && synced < committed);
        }
    }
    let removed = place(
        &calls,
        "removal",
        |call| matches!(call, Call::Remove(path) if old.contains(path)),
    );
    let between = &calls[committed..removed];
    assert!(between.contains(&Call::Sync(layout)), "{calls:#?}");
}

#[test]
fn an_archive_is_on_the_disk_before_it_takes_the_place_of_another() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "old-program/app", "old", 1000);
    Architecture::Amd64.write(&scratch, "new-program/app", "new", 2000);
    for archive in ["oci-archive", "docker-archive"] {
        let to = format!("{archive}:{archive}.tar");
        pack(&scratch, "old-program/app", &to, "cache").run();
        let muslin = pack(&scratch, "new-program/app", &to, "cache");
        let Some(calls) = calls(&scratch, &muslin) else {
            return;
        };
        let path = scratch.join(format!("{archive}.tar"));
        let (committed, unfinished) = renamed(&calls, &path.canonicalize().unwrap());
        let synced = place(&calls, "sync of the archive", |call| {
            *call == Call::Sync(unfinished.to_owned())
        });
        assert!(synced < committed, "{calls:#?}");
    }
}
