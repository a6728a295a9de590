//! The choice of kernels: a parameter of a graph, which the tests take from the environment.

mod common;

use common::kernels::{VARIABLE, kernels};
use common::random_graph::RandomGraph;
use common::{random_clip, relative_error, rng};
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model};
use framewise::nn::{Kernels, NnError, Session};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_graph_runs_on_the_kernels_that_it_was_given() {
    let mut differ = 0;
    for seed in 0..20 {
        let graph = RandomGraph::new(seed, 2).build();
        let mut rng = rng(seed);
        let clip = random_clip(&mut rng, 5, graph.input_shape());
        let scalar = Kernels::available()[0];
        let expected = graph.with_kernels(scalar).run(clip.view());
        for kernels in Kernels::available() {
            let graph = graph.with_kernels(kernels);
            assert_eq!(graph.kernels(), kernels);
            let found = graph.run(clip.view());
            assert_eq!(Session::new(&graph).graph().kernels(), kernels);
            let error = relative_error(&found, &expected.mapv(f64::from), 1e-3);
            assert!(error < 1e-4, "seed {seed}, {}: off by {error}", kernels.name());
            differ += usize::from(found != expected);
        }
    }
    // Vectors add in another order than the scalar kernels.
    assert!(differ > 5, "{differ}: the choice changes nothing");
}

#[test]
fn wires_and_weights_of_a_graph_serve_every_choice() {
    let graph = RandomGraph::new(3, 2).build();
    let other = graph.with_kernels(Kernels::available()[0]);
    for node in graph.summary().nodes {
        assert_eq!(graph.wire(&node.name), other.wire(&node.name));
    }
    assert_eq!(graph.kernels(), kernels(), "a copy changes nothing in the first");
}

#[test]
fn a_model_hands_its_choice_to_whatever_runs_it() {
    let sound: Vec<f32> = common::signals::voice(1, 8000);
    let outputs: Vec<_> = Kernels::available()
        .into_iter()
        .map(|kernels| {
            let model = Model::builtin(Latency::ZERO).with_kernels(kernels);
            assert_eq!(model.graph().kernels(), kernels);
            Denoiser::new(&model).process_clip(&sound)
        })
        .collect();
    assert_ne!(outputs[0], outputs[1], "scalar and portable");
    // The choice for one model is none for another.
    assert_eq!(Model::builtin(Latency::ZERO).graph().kernels(), Kernels::fastest());
    assert_eq!(
        Denoiser::new(&Model::builtin(Latency::ZERO)).process_clip(&sound),
        outputs[outputs.len() - 1]
    );
}

#[test]
fn kernels_are_had_by_name_or_refused_with_the_names_that_there_are() {
    for kernels in Kernels::available() {
        assert_eq!(kernels.name().parse(), Ok(kernels));
        assert!(Kernels::NAMES.contains(&kernels.name()));
    }
    for name in ["bogus", "", "AVX2", "avx2 "] {
        let error = name.parse::<Kernels>().expect_err(name);
        let text = error.to_string();
        assert!(matches!(error, NnError::UnknownKernels { .. }), "{error:?}");
        assert_eq!(
            text,
            format!("no kernels are called `{name}`, expected one of {}", Kernels::NAMES.join(", "))
        );
    }
    for name in Kernels::NAMES {
        if let Err(error) = name.parse::<Kernels>() {
            assert!(Kernels::available().iter().all(|kernels| kernels.name() != *name));
            assert!(matches!(error, NnError::MissingKernels { .. }), "{error:?}");
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("this processor cannot run the kernels `{name}`, only "))
            );
        }
    }
}

/// As one of the tests that the variable steers, in a process of its own.
#[test]
fn a_bogus_name_in_the_environment_fails_the_tests() {
    let steered = |name: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().expect("this test program"));
        command.args(["wires_and_weights_of_a_graph_serve_every_choice", "--exact", "--nocapture"]);
        match name {
            Some(name) => command.env(VARIABLE, name),
            None => command.env_remove(VARIABLE),
        };
        let output = command.output().expect("it runs again");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(steered(None).0);
    for kernels in Kernels::available() {
        assert!(steered(Some(kernels.name())).0, "{}", kernels.name());
    }
    let (passed, said) = steered(Some("bogus"));
    assert!(!passed && said.contains("FRAMEWISE_KERNELS: no kernels are called `bogus`"), "{said}");
}

/// A test that makes its models past the helpers would run on the fastest kernels under every name.
#[test]
fn the_tests_that_are_run_on_every_choice_take_their_kernels_from_the_environment() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut looked_at = 0;
    for script in [".ci/run", ".ci/undefined.sh"] {
        let text = read(&root.join(script)).replace("\\\n", " ");
        for line in text.lines().filter(|line| line.trim_start().starts_with(&format!("{VARIABLE}=$kernels")))
        {
            let words: Vec<_> = line.split_whitespace().collect();
            for name in words.windows(2).filter(|pair| pair[0] == "--test").map(|pair| pair[1]) {
                let file = root.join("tests").join(format!("{name}.rs"));
                let files = if file.is_file() {
                    vec![file]
                } else {
                    let folder = fs::read_dir(root.join("tests").join(name)).expect(name);
                    folder.map(|entry| entry.expect("an entry").path()).collect()
                };
                for file in files {
                    let text = read(&file);
                    for past in ["Model::builtin", "Latency::ALL.map(Model"] {
                        assert!(!text.contains(past), "{}: `{past}` past the helper", file.display());
                    }
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at >= 8, "{looked_at}");
}
