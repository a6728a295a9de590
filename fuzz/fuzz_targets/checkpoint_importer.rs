//! Any bytes as a checkpoint: an error of one line, or tensors no larger than the file explains. Bytes that begin with
//! `patch` are changes to a checkpoint that imports: a place in the file and what stands there.
#![no_main]

use framewise::model::checkpoint::parse;
use framewise::model::import_gtcrn;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/golden/gtcrn.tar")).expect("a checkpoint")
});

fuzz_target!(|bytes: &[u8]| {
    match bytes.strip_prefix(b"patch") {
        Some(changes) => {
            let mut file = WHOLE.clone();
            for change in changes.chunks_exact(4) {
                let place = usize::from(change[0]) << 16 | usize::from(change[1]) << 8 | usize::from(change[2]);
                let length = file.len();
                file[place % length] = change[3];
            }
            read(&file);
            import(&file);
        }
        None => {
            read(bytes);
        }
    }
});

/// Views may share elements; all together have no more than the file has bytes, and a little.
fn read(bytes: &[u8]) {
    match parse("fuzz.pt", bytes) {
        Ok(weights) => {
            let mut elements = 0;
            for (_, tensor) in weights.iter() {
                assert_eq!(tensor.shape.iter().product::<usize>(), tensor.values.len());
                elements += tensor.values.len();
            }
            assert!(elements <= bytes.len() + (1 << 16), "{elements} elements from {} bytes", bytes.len());
        }
        Err(error) => one_line(&error.to_string()),
    }
}

fn import(bytes: &[u8]) {
    let path = std::env::temp_dir().join(format!("framewise-fuzz-{}.tar", std::process::id()));
    std::fs::write(&path, bytes).expect("a file");
    match import_gtcrn(&path) {
        Ok(imported) => assert_eq!(imported.model.graph().delay(), 0),
        Err(error) => one_line(&error.to_string()),
    }
    std::fs::remove_file(&path).expect("the file");
}

fn one_line(text: &str) {
    assert!(!text.contains('\n') && text.len() < 20_000, "{text}");
}
