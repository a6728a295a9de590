"""Every hyper-parameter of a model and of its training, with JSON files as the way to set them."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class ModelConfig:
    """Sizes of the convolutional recurrent network. Tuples are (time, frequency)."""

    name: str = "crn-zero"
    sample_rate: int = 16000
    window: int = 320
    """Samples that the analysis sees."""
    synthesis_window: int | None = None
    """Samples that the synthesis writes, the last of those seen; as many as `window` when None. A shorter one keeps
    the delay short while the analysis resolves finely."""
    hop: int = 160
    bands: tuple = ()
    """(kept, bands): the first bins stay as they are, those above are merged into so many bands; empty for none."""
    encoder_channels: tuple = (16, 24, 32, 32)
    kernel: tuple = (2, 3)
    stride: int = 2
    """Along frequency; the stride along time is always one."""
    padding: int = 1
    """Along frequency, on both sides."""
    output_padding: int = 0
    """Along frequency, of the transposed convolutions."""
    dilation: tuple = (1, 1, 1, 1)
    """Along time, one for each encoder layer; decoder layer i has that of encoder layer (last - i)."""
    compression: float = 0.3
    recurrent: int = 128
    """Units of a core that sees all bins at once; unused where there are dual paths."""
    dual_paths: int = 0
    """Blocks of a core that runs along the bins in both directions, then along time with weights shared by all bins."""
    look_ahead: dict = field(default_factory=dict)
    """Frames of look-ahead by layer, such as {"decoder.3": 1}; a layer not named has none."""

    @property
    def framing(self) -> tuple:
        """Window, hop and synthesis window, as the transforms of `stft.py` take them."""
        return self.window, self.hop, self.synthesis_window

    @property
    def bins(self) -> int:
        """Bins of one spectrum."""
        return self.window // 2 + 1

    def sizes(self) -> list:
        """Bins before encoder layer 0, after it, after layer 1, and so on."""
        sizes = [sum(self.bands) if self.bands else self.bins]
        for _ in self.encoder_channels:
            sizes.append((sizes[-1] + 2 * self.padding - self.kernel[1]) // self.stride + 1)
        return sizes


@dataclass
class LossConfig:
    """Weights of the terms of the loss; see `loss.py`."""

    compression: float = 0.3
    spectrum: float = 0.3
    magnitude: float = 0.7
    under: float = 0.5
    """Extra weight on magnitude that is missing; keeps weak speech."""
    si_sdr: float = 0.004
    """For each dB."""
    envelope: float = 0.0
    """Against the correlation that intelligibility is measured by."""
    pesq: float = 0.0
    """For each point by which a differentiable PESQ, before its mapping, falls short."""
    bias: float = 0.0
    """Against a gain other than one on what is speech, octave by octave and half a second by half a second."""
    pauses: float = 0.0
    """For each 10 dB by which noise is not lowered where nobody speaks, down to `pause_floor`."""
    pause_floor: float = 26.0
    """dB of attenuation beyond which silence stops paying."""
    least: float = 1e-3
    """Least energy of a target, as a part of the noisy clip's; to be above the square of `data.floor`."""
    si_sdr_limit: float = 30.0
    """dB at which a better SI-SDR stops paying."""


@dataclass
class DataConfig:
    """How examples are made; probabilities unless said otherwise. See `data.py` and `augment.py`."""

    clip_seconds: float = 3.0
    snr: tuple = (-5.0, 20.0)
    """dB, speech level over its active frames against the level of the summed noise."""
    hard_snr: tuple = (-10.0, 0.0)
    hard: float = 0.08
    clean: float = 0.03
    clean_snr: tuple = (30.0, 60.0)
    """dB of the nearly clean ones."""
    noise_only: float = 0.03
    near_silent: float = 0.02
    level: tuple = (-40.0, -12.0)
    """dBFS of the active speech."""
    joined: float = 0.25
    """Speech joined from several clips with gaps."""
    quiet_after_loud: float = 0.0
    """A talker or two in turns, one of them lower by `quieter` dB, with little noise."""
    quieter: tuple = (10.0, 40.0)
    speed: float = 0.25
    voice: tuple = ()
    """(lowest, highest) factor on pitch, formants and tempo of a voice, drawn evenly by octaves; the few factors of
    `augment.SPEEDS` when empty."""
    speech_filter: float = 0.6
    noise_filter: float = 0.8
    room: float = 0.15
    early: float = 0.05
    """Seconds of the room response that belong to the target."""
    babble: float = 0.12
    synthetic: float = 0.15
    extra_noise: float = 0.35
    """Each further noise of at most three."""
    band_limit: float = 0.05
    steep: bool = False
    """Band limits of every steepness at both ends, telephones among them, in place of gentle ones."""
    companding: float = 0.0
    """The mixture through a telephone of 8 kHz and 8 bits."""
    offset: float = 0.0
    """A constant on the mixture."""
    rescale: bool = True
    """Bring peaks beyond full scale back under it, as a file of integers would."""
    hum: tuple = (40.0, 400.0)
    """Hz of the fundamental of a hum that is not the mains'."""
    clipping: float = 0.03
    floor: float = 0.0
    """Part of the noise's amplitude that the target keeps; 0.06 is an attenuation limit of 24 dB."""
    min_snr: float = 22.0
    """dB; recordings of speech whose own estimated SNR is lower are left out as targets."""


@dataclass
class TrainConfig:
    """The optimisation."""

    seed: int = 1
    batch: int = 8
    steps: int = 7000
    learning_rate: float = 1.5e-3
    warmup: int = 200
    decay_from: float = 0.5
    """Part of the steps after which the rate falls, by a cosine, from its constant value to zero."""
    weight_decay: float = 0.01
    clip_norm: float = 3.0
    ema: float = 0.998
    bfloat16: bool = True
    """Run the layers in bfloat16; transforms, features and loss stay in float32."""


@dataclass
class Config:
    """One JSON file: `{"model": {...}, "data": {...}, "loss": {...}, "train": {...}}`.

    What is left out keeps its default.
    """

    model: ModelConfig = field(default_factory=ModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    @staticmethod
    def from_dict(values: dict) -> "Config":
        """Build from nested dictionaries; an unknown key is an error."""
        parts = {}
        kinds = {"model": ModelConfig, "data": DataConfig, "loss": LossConfig, "train": TrainConfig}
        for key, part in values.items():
            if key not in kinds:
                raise ValueError(f"unknown section {key!r}; expected one of {sorted(kinds)}")
            known = {f.name for f in dataclasses.fields(kinds[key])}
            unknown = set(part) - known
            if unknown:
                raise ValueError(f"unknown keys {sorted(unknown)} in section {key!r}")
            parts[key] = kinds[key](**{k: tuple(v) if isinstance(v, list) else v for k, v in part.items()})
        return Config(**parts)

    @staticmethod
    def load(path) -> "Config":
        """Read a JSON file."""
        return Config.from_dict(json.loads(Path(path).read_text()))

    def to_dict(self) -> dict:
        """Nested dictionaries that `from_dict` reads back."""
        return dataclasses.asdict(self)
