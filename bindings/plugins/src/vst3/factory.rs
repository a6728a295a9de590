//! What a host finds in this library.

use super::text::bytes;
use super::{Denoiser, ID, give, guarded};
use std::ffi::c_void;
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory2, IPluginFactory2Trait, IPluginFactoryTrait, PClassInfo,
    PClassInfo_::ClassCardinality_::kManyInstances, PClassInfo2, PFactoryInfo,
    PFactoryInfo_::FactoryFlags_::kUnicode, TUID, int32, kInvalidArgument, kResultOk, tresult,
};
use vst3::{Class, ComWrapper};

const NAME: &str = "Framewise speech denoiser";
const MAKER: &str = "Framewise";
const CATEGORY: &str = "Audio Module Class";

/// Makes plugins.
pub struct Factory;

impl Class for Factory {
    type Interfaces = (IPluginFactory2,);
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        let known =
            PFactoryInfo { vendor: bytes(MAKER), url: bytes(""), email: bytes(""), flags: kUnicode as int32 };
        // SAFETY: the host's pointer.
        unsafe { give(info, known) }
    }

    unsafe fn countClasses(&self) -> int32 {
        1
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        let cardinality = kManyInstances as int32;
        let known = PClassInfo { cid: ID, cardinality, category: bytes(CATEGORY), name: bytes(NAME) };
        // SAFETY: the host's pointer.
        unsafe { give(info, known) }
    }

    unsafe fn createInstance(
        &self,
        id: FIDString,
        interface: FIDString,
        object: *mut *mut c_void,
    ) -> tresult {
        if id.is_null() || interface.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's pointer to an identifier, which need not be aligned.
        if unsafe { id.cast::<TUID>().read_unaligned() } != ID {
            return kInvalidArgument;
        }
        let plugin = guarded(None, || ComWrapper::new(Denoiser::new()).to_com_ptr::<FUnknown>());
        let Some(plugin) = plugin else { return kInvalidArgument };
        let plugin = plugin.as_ptr();
        // SAFETY: the object lives as long as `plugin`; the host's pointers.
        let result = unsafe { ((*(*plugin).vtbl).queryInterface)(plugin, interface.cast(), object) };
        if result == kResultOk { kResultOk } else { kInvalidArgument }
    }
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        let known = PClassInfo2 {
            cid: ID,
            cardinality: kManyInstances as int32,
            category: bytes(CATEGORY),
            name: bytes(NAME),
            classFlags: 0,
            subCategories: bytes("Fx|Restoration"),
            vendor: bytes(MAKER),
            version: bytes(env!("CARGO_PKG_VERSION")),
            sdkVersion: bytes("VST 3.8.0"),
        };
        // SAFETY: the host's pointer.
        unsafe { give(info, known) }
    }
}
