//! The plugin as a set of parameters. Their identifiers are their places, their values go from 0 to 1.

use super::text::{read, wide};
use super::{Denoiser, give, guarded};
use crate::parameters::{self, ALL};
use crate::ports::{BYPASS, PARAMETERS};
use std::sync::PoisonError;
use vst3::ComRef;
use vst3::Steinberg::Vst::{
    IComponentHandler, IEditControllerTrait, ParamID, ParamValue, ParameterInfo,
    ParameterInfo_::ParameterFlags_, String128, TChar,
};
use vst3::Steinberg::{
    FIDString, IBStream, IPlugView, int32, kInternalError, kInvalidArgument, kNotImplemented, kResultOk,
    tresult,
};

/// The place of a parameter; none if there is no such.
pub fn place_of(id: ParamID) -> Option<usize> {
    usize::try_from(id).ok().filter(|&place| place < PARAMETERS)
}

/// The value at a host's, from 0 to 1.
pub fn plain(place: usize, normalized: ParamValue) -> f64 {
    // A switch is on from the middle upwards, as the format has it.
    if parameters::stepped(place) {
        f64::from(u8::from(normalized >= 0.5))
    } else {
        normalized * f64::from(parameters::most(place))
    }
}

fn normalized(place: usize, plain: f64) -> ParamValue {
    (plain / f64::from(parameters::most(place))).clamp(0.0, 1.0)
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IEditControllerTrait for Denoiser {
    /// The component, which is this object, has taken it.
    unsafe fn setComponentState(&self, _: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn setState(&self, _: *mut IBStream) -> tresult {
        kNotImplemented
    }

    unsafe fn getState(&self, _: *mut IBStream) -> tresult {
        kNotImplemented
    }

    unsafe fn getParameterCount(&self) -> int32 {
        PARAMETERS as int32
    }

    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        let Some(place) = u32::try_from(index).ok().and_then(place_of) else { return kInvalidArgument };
        let mut flags = ParameterFlags_::kNoFlags;
        if parameters::automatable(place) {
            flags |= ParameterFlags_::kCanAutomate;
        }
        if place == BYPASS {
            flags |= ParameterFlags_::kIsBypass;
        }
        let known = ParameterInfo {
            id: index as ParamID,
            title: wide(ALL[place].name),
            shortTitle: wide(ALL[place].name),
            units: wide(ALL[place].unit),
            stepCount: parameters::stepped(place).into(),
            defaultNormalizedValue: normalized(place, parameters::default(place).into()),
            unitId: 0,
            flags: flags as int32,
        };
        // SAFETY: the host's pointer.
        unsafe { give(info, known) }
    }

    unsafe fn getParamStringByValue(
        &self,
        id: ParamID,
        value: ParamValue,
        string: *mut String128,
    ) -> tresult {
        guarded(kInternalError, || {
            let Some(place) = place_of(id) else { return kInvalidArgument };
            // SAFETY: the host's pointer.
            unsafe { give(string, wide(&parameters::text(place, plain(place, value), false))) }
        })
    }

    unsafe fn getParamValueByString(
        &self,
        id: ParamID,
        string: *mut TChar,
        value: *mut ParamValue,
    ) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: the host's text, which ends with a zero.
            let text = unsafe { read(string) };
            let said = place_of(id)
                .zip(text)
                .and_then(|(place, text)| Some((place, parameters::value(place, &text)?)));
            let Some((place, plain)) = said else { return kInvalidArgument };
            // SAFETY: the host's pointer.
            unsafe { give(value, normalized(place, plain)) }
        })
    }

    unsafe fn normalizedParamToPlain(&self, id: ParamID, value: ParamValue) -> ParamValue {
        place_of(id).map_or(0.0, |place| plain(place, value))
    }

    unsafe fn plainParamToNormalized(&self, id: ParamID, value: ParamValue) -> ParamValue {
        place_of(id).map_or(0.0, |place| normalized(place, value))
    }

    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        place_of(id).map_or(0.0, |place| normalized(place, self.store.get(place).into()))
    }

    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        let Some(place) = place_of(id) else { return kInvalidArgument };
        self.store.set(place, plain(place, value));
        self.tell_latency();
        kResultOk
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: null, or the host's object, which is counted from here on.
        let handler = unsafe { ComRef::from_raw(handler) }.map(|handler| handler.to_com_ptr());
        let before =
            std::mem::replace(&mut *self.handler.lock().unwrap_or_else(PoisonError::into_inner), handler);
        // Outside the lock: it may call the host.
        drop(before);
        kResultOk
    }

    /// There is none; hosts show the parameters by themselves.
    unsafe fn createView(&self, _: FIDString) -> *mut IPlugView {
        std::ptr::null_mut()
    }
}
