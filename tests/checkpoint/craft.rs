//! Writes pickles and archives by hand, such as PyTorch never writes.

/// A pickle of protocol 2 in the making.
#[derive(Clone, Default)]
pub struct Pickle(Vec<u8>);

impl Pickle {
    pub fn new() -> Self {
        Pickle(vec![0x80, 2])
    }

    pub fn op(mut self, code: &[u8]) -> Self {
        self.0.extend_from_slice(code);
        self
    }

    pub fn text(self, text: &str) -> Self {
        self.op(b"X").op(&(text.len() as u32).to_le_bytes()).op(text.as_bytes())
    }

    pub fn long(self, value: i64) -> Self {
        self.op(&[0x8a, 8]).op(&value.to_le_bytes())
    }

    pub fn tuple(self, values: &[i64]) -> Self {
        values.iter().fold(self.op(b"("), |pickle, &value| pickle.long(value)).op(b"t")
    }

    pub fn global(self, module: &str, name: &str) -> Self {
        self.op(format!("c{module}\n{name}\n").as_bytes())
    }

    /// A tensor of `class`, whose storage `key` claims `length` elements.
    pub fn tensor(self, view: &View) -> Self {
        self.global("torch._utils", "_rebuild_tensor_v2")
            .op(b"((")
            .text("storage")
            .global("torch", view.class)
            .text(view.key)
            .text("cpu")
            .long(view.length)
            .op(b"tQ")
            .long(view.offset)
            .tuple(view.shape)
            .tuple(view.strides)
            .op(b"\x89}tR")
    }

    pub fn end(self) -> Vec<u8> {
        self.op(b".").0
    }
}

pub struct View<'a> {
    pub class: &'a str,
    pub key: &'a str,
    pub length: i64,
    pub offset: i64,
    pub shape: &'a [i64],
    pub strides: &'a [i64],
}

/// Six f32 elements under the key `0`, seen as 2 x 3.
impl Default for View<'_> {
    fn default() -> Self {
        View { class: "FloatStorage", key: "0", length: 6, offset: 0, shape: &[2, 3], strides: &[3, 1] }
    }
}

/// `{"w": tensor}`.
pub fn state_dict(view: &View) -> Vec<u8> {
    Pickle::new().op(b"}").text("w").tensor(view).op(b"s").end()
}

/// A checkpoint of this pickle and one storage `0` with the elements 0 to 5.
pub fn checkpoint(pickle: &[u8]) -> Vec<u8> {
    let elements: Vec<u8> = (0..6).flat_map(|value| (value as f32).to_le_bytes()).collect();
    zip(&[("archive/data.pkl", pickle), ("archive/data/0", &elements)], 0)
}

/// A zip archive that says that its entries are packed by `method`.
pub fn zip(entries: &[(&str, &[u8])], method: u16) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut common = vec![20, 0, 0, 0];
        common.extend(method.to_le_bytes());
        common.extend([0; 8]);
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0; 2]);

        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((file.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());

        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(*content);
    }
    let start = file.len() as u32;
    let count = (entries.len() as u16).to_le_bytes();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count);
    file.extend(count);
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0; 2]);
    file
}
