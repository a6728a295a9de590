"""The other way from an exported model to one that can be trained on: norms put back where they were folded away."""

import torch

from model import Crn


@torch.no_grad()
def unfold(folded: Crn, spectra) -> Crn:
    """A network with batch norms that computes what `folded` does, in evaluation mode.

    Each norm gets the mean and variance that `spectra`, several (batch, frames, bins), have before it, and the scale and
    shift that undo them; so it changes next to nothing in training mode either.
    """
    model = Crn(folded.config).eval()
    model.load_state_dict({**model.state_dict(), **folded.state_dict()})
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    sums = {norm: torch.zeros(3, norm.num_features, dtype=torch.float64) for norm in norms}

    def add(norm, inputs, _):
        x = inputs[0].double()
        count = torch.full((norm.num_features,), x.numel() / norm.num_features, dtype=torch.float64)
        sums[norm] += torch.stack((count, x.sum((0, 2, 3)), x.square().sum((0, 2, 3))))

    hooks = []
    for norm in norms:
        norm.weight.fill_((1 + norm.eps) ** 0.5)
        hooks.append(norm.register_forward_hook(add))
    for spectrum in spectra:
        model.mask(spectrum)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        count, first, second = sums[norm]
        mean = first / count
        variance = (second / count - mean**2).clamp(min=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean)
    return model
