# What `muslin inspect --json` says, as a CycloneDX 1.6 list of crates: those of all executables,
# each once. It has no time and no random number, so the same image gives the same list.
def purl: "pkg:cargo/\(.name)@\(.version)";
[.platforms[].executables[].elf.crates // [] | .[]] | unique_by(purl) as $crates
| {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: "muslin", version: $version, "bom-ref": "muslin" } },
    components: [
      $crates[]
      | { type: "library", "bom-ref": purl, name, version, purl: purl }
    ]
  }
