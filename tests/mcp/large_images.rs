//! Images with very many files are inspected in little memory, or refused with what to do.

use serde_json::json;

use super::*;
use harness::forged;

/// The most memory that the server may use, in bytes.
const MEMORY: u64 = 64 << 20;

#[test]
fn a_report_of_many_files_is_bounded_and_can_be_had_without_them() {
    for (count, is_listed) in [(15_000, true), (300_000, false)] {
        let scratch = Scratch::new();
        let files = (0..count).map(|number| (format!("usr/share/a/folder/{number:07}"), &b""[..]));
        forged::layout(&scratch, &forged::tar(files), 1);
        let mut server = server(&scratch);
        let all = server.call(1, "inspect", &json!({"reference": "oci:image"}));
        let said = text(&all);
        if is_listed {
            let report = &all["structuredContent"];
            let files = report["platforms"][0]["layers"][0]["files"].as_array();
            assert_eq!(files.unwrap().len(), count);
        } else {
            assert_eq!(all["isError"], true);
            assert!(said.contains("with `files` as `false`"), "{said}");
        }
        let few = server.call(
            2,
            "inspect",
            &json!({"reference": "oci:image", "files": false}),
        );
        assert_eq!(few["isError"], false, "{few}");
        let peak = server.peak_memory();
        assert!(peak < MEMORY, "{count} files: {peak} bytes");
    }
}
