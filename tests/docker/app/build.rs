fn main() {
    println!("cargo::rerun-if-changed=src/native.c");
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    cc::Build::new().file(format!("{folder}/src/native.c")).compile("native");
}
