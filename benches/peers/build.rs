//! Lets shared libraries that are loaded later find the program's own allocation functions.

fn main() {
    for name in ["malloc", "calloc", "realloc", "memalign", "aligned_alloc", "posix_memalign"] {
        println!("cargo::rustc-link-arg-bins=-Wl,--export-dynamic-symbol={name}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
