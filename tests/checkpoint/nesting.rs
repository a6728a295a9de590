//! Checkpoints as training frameworks nest them.

use crate::craft::{Pickle, View, checkpoint};
use framewise::model::checkpoint::parse;

#[test]
fn the_state_dict_of_lightning_is_found_under_its_names() {
    let pickle = Pickle::new()
        .op(b"}(")
        .text("epoch")
        .long(3)
        .text("pytorch-lightning_version")
        .text("2.1.0")
        .text("state_dict")
        .op(b"}(")
        .text("model.w")
        .tensor(&View::default())
        .text("loss.window")
        .tensor(&View { shape: &[3], strides: &[1], ..View::default() })
        .op(b"u")
        .text("loops")
        .op(b"}")
        .op(b"u")
        .end();
    let weights = parse("lightning.ckpt", &checkpoint(&pickle)).expect("a state dict");
    assert_eq!(weights.names().collect::<Vec<_>>(), ["model.w", "loss.window"]);
    assert_eq!(weights.get("model.w").expect("it").values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}
