//! Keeps the library in memory once a host has loaded it: the built-in models are read once in the life of a process, and a host that
//! loads and unloads it again and again finds it as it was.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
