//! Gives the shared library the soname that `install.sh` asks for. Without one it has none, and is found by its file's name.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=FRAMEWISE_SONAME");
    if let Ok(soname) = std::env::var("FRAMEWISE_SONAME") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{soname}");
    }
}
