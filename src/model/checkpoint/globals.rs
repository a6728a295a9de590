//! The classes and functions that a checkpoint may name. None of them is ever run.

use super::element::Element;

/// What a name in a pickle stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Global {
    /// A dict of the standard library.
    Dict,
    /// `torch.Size`: its tuple.
    Size,
    /// A storage class; `None` for untyped bytes.
    Storage(Option<Element>),
    /// An element type, such as `torch.float32`.
    Element(Element),
    /// `_rebuild_tensor` and `_rebuild_tensor_v2`: (storage, offset, shape, strides, ...).
    Tensor,
    /// `_rebuild_tensor_v3`: the same, with an element type in seventh place.
    TypedTensor,
    /// `_rebuild_parameter`: (tensor, ...).
    Parameter,
    /// `_rebuild_from_type_v2`: (function, class, arguments, state).
    FromType,
    /// Plain data that no state dict needs; the word names what it makes.
    Foreign(&'static str),
}

/// What `module.name` stands for; `None` if a checkpoint has no business with it.
pub(super) fn find(module: &str, name: &str) -> Option<Global> {
    let global = match (module, name) {
        ("collections", "OrderedDict" | "defaultdict" | "Counter") => Global::Dict,
        ("torch", "Size") => Global::Size,
        ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Global::Tensor,
        ("torch._utils", "_rebuild_tensor_v3") => Global::TypedTensor,
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => Global::Parameter,
        ("torch._tensor", "_rebuild_from_type_v2") => Global::FromType,
        ("torch" | "torch.cuda" | "torch.storage", name) if name.ends_with("Storage") => {
            Global::Storage(storage(name)?)
        }
        ("torch", name) if element(name).is_some() => Global::Element(element(name)?),
        _ => Global::Foreign(foreign(module, name)?),
    };
    Some(global)
}

fn storage(name: &str) -> Option<Option<Element>> {
    let element = match name {
        "UntypedStorage" | "_UntypedStorage" => return Some(None),
        "DoubleStorage" => Element::F64,
        "FloatStorage" => Element::F32,
        "HalfStorage" => Element::F16,
        "BFloat16Storage" => Element::BF16,
        "LongStorage" => Element::I64,
        "IntStorage" => Element::I32,
        "ShortStorage" => Element::I16,
        "CharStorage" => Element::I8,
        "ByteStorage" => Element::U8,
        "BoolStorage" => Element::Bool,
        "ComplexFloatStorage" => Element::Other("complex64"),
        "ComplexDoubleStorage" => Element::Other("complex128"),
        "QInt8Storage" => Element::Other("qint8"),
        "QUInt8Storage" => Element::Other("quint8"),
        "QInt32Storage" => Element::Other("qint32"),
        _ => return None,
    };
    Some(Some(element))
}

fn element(name: &str) -> Option<Element> {
    Some(match name {
        "float64" => Element::F64,
        "float32" => Element::F32,
        "float16" => Element::F16,
        "bfloat16" => Element::BF16,
        "int64" => Element::I64,
        "uint64" => Element::U64,
        "int32" => Element::I32,
        "uint32" => Element::U32,
        "int16" => Element::I16,
        "uint16" => Element::U16,
        "int8" => Element::I8,
        "uint8" => Element::U8,
        "bool" => Element::Bool,
        "complex32" => Element::Other("complex32"),
        "complex64" => Element::Other("complex64"),
        "complex128" => Element::Other("complex128"),
        "float8_e4m3fn" => Element::Other("float8_e4m3fn"),
        "float8_e5m2" => Element::Other("float8_e5m2"),
        _ => return None,
    })
}

/// Data that training scripts keep beside the weights: statistics, settings, states of random generators.
fn foreign(module: &str, name: &str) -> Option<&'static str> {
    Some(match (module, name) {
        ("torch", "device") => "a device",
        ("torch", "Tensor") | ("torch.nn.parameter", "Parameter" | "Buffer") => "a tensor class",
        ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => "a NumPy scalar",
        ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => "a NumPy array",
        ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => "a NumPy array",
        ("numpy", "dtype" | "ndarray") => "a NumPy type",
        ("numpy.dtypes", name) if name.ends_with("DType") => "a NumPy type",
        ("_codecs", "encode") => "bytes",
        ("argparse", "Namespace") => "a namespace",
        (
            "pathlib",
            "Path" | "PurePath" | "PosixPath" | "PurePosixPath" | "WindowsPath" | "PureWindowsPath",
        ) => "a path",
        ("datetime", "datetime" | "date" | "time" | "timedelta" | "timezone") => "a time",
        (
            "builtins" | "__builtin__",
            "set" | "frozenset" | "bytearray" | "complex" | "range" | "slice" | "int" | "float" | "bool"
            | "str" | "list" | "tuple" | "dict",
        ) => "a built-in object",
        _ => return None,
    })
}
