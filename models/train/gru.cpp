// Gated recurrent unit over many sequences at once, forward and backward, for training on a CPU.
//
// PyTorch's own CPU path launches a dozen small operations a step; here a step is one loop nest that stays in registers.
// Gates in PyTorch's order r, z, n; with a = W_hh h + b_hh:
//   r = sigmoid(g_r + a_r), z = sigmoid(g_z + a_z), n = tanh(g_n + r a_n), h' = n + z (h - n)
// where g = W_ih x + b_ih is made outside by one product. Sequences are independent; time may run backwards.

#include <torch/extension.h>

#include <cmath>
#include <vector>

namespace {

constexpr int kSequences = 4;  // side by side, so that their chains of dependent operations overlap

// As many lanes as part the units evenly.
template <int H>
constexpr int kLanes = H % 16 == 0 ? 16 : H % 8 == 0 ? 8 : H % 4 == 0 ? 4 : 2;
template <int H>
using Vector __attribute__((vector_size(kLanes<H> * sizeof(float)), aligned(4), may_alias)) = float;

inline float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }
inline float hyperbolic(float x) { return 1.0f - 2.0f / (1.0f + std::exp(2.0f * x)); }

// gates (sequences, steps, 3 H) of the input; hidden, saved: (sequences, steps, H) and (.., 4 H) holding r, z, n, a_n.
template <int H>
void forward_run(int count, int64_t steps, bool backwards, const float* gates, const float* start, const float* weight,
                 const float* bias, float* hidden, float* saved) {
  alignas(64) float h[kSequences][H];
  for (int s = 0; s < count; ++s)
    for (int j = 0; j < H; ++j) h[s][j] = start[s * H + j];
  for (int64_t i = 0; i < steps; ++i) {
    const int64_t t = backwards ? steps - 1 - i : i;
    for (int s = 0; s < count; ++s) {
      constexpr int L = kLanes<H>, P = 3 * H / L;
      alignas(64) float a[3 * H];
      Vector<H> sum[P];
#pragma GCC unroll 64
      for (int p = 0; p < P; ++p) sum[p] = *reinterpret_cast<const Vector<H>*>(bias + p * L);
      for (int k = 0; k < H; ++k) {
        const float value = h[s][k];
#pragma GCC unroll 64
        for (int p = 0; p < P; ++p) sum[p] += value * *reinterpret_cast<const Vector<H>*>(weight + k * 3 * H + p * L);
      }
#pragma GCC unroll 64
      for (int p = 0; p < P; ++p) *reinterpret_cast<Vector<H>*>(a + p * L) = sum[p];
      const float* g = gates + (s * steps + t) * 3 * H;
      float* __restrict__ keep = saved + (s * steps + t) * 4 * H;
      float* __restrict__ out = hidden + (s * steps + t) * H;
#pragma omp simd
      for (int j = 0; j < H; ++j) {
        const float r = sigmoid(g[j] + a[j]);
        const float z = sigmoid(g[H + j] + a[H + j]);
        const float n = hyperbolic(g[2 * H + j] + r * a[2 * H + j]);
        const float next = n + z * (h[s][j] - n);
        keep[j] = r;
        keep[H + j] = z;
        keep[2 * H + j] = n;
        keep[3 * H + j] = a[2 * H + j];
        out[j] = next;
        h[s][j] = next;
      }
    }
  }
}

// Gradients of the gates before their non-linearity: d_input (.., 3 H) as the input sees them, d_hidden (.., 3 H) as
// W_hh h + b_hh sees them; d_start (sequences, H). `weight` is W_hh as PyTorch has it, (3 H, H).
template <int H>
void backward_run(int count, int64_t steps, bool backwards, const float* d_out, const float* start, const float* weight,
                  const float* hidden, const float* saved, float* d_input, float* d_hidden, float* d_start) {
  alignas(64) float d[kSequences][H];
  for (int s = 0; s < count; ++s)
    for (int j = 0; j < H; ++j) d[s][j] = d_start[s * H + j];
  for (int64_t i = 0; i < steps; ++i) {
    const int64_t t = backwards ? i : steps - 1 - i;
    const int64_t before = backwards ? t + 1 : t - 1;
    const bool first = backwards ? before >= steps : before < 0;
    for (int s = 0; s < count; ++s) {
      const int64_t at = s * steps + t;
      const float* keep = saved + at * 4 * H;
      const float* h = first ? start + s * H : hidden + (s * steps + before) * H;
      float* __restrict__ di = d_input + at * 3 * H;
      float* __restrict__ dh = d_hidden + at * 3 * H;
      alignas(64) float back[H];
#pragma omp simd
      for (int j = 0; j < H; ++j) {
        const float r = keep[j], z = keep[H + j], n = keep[2 * H + j], a = keep[3 * H + j];
        const float whole = d[s][j] + d_out[at * H + j];
        const float dn = whole * (1 - z) * (1 - n * n);
        const float dr = dn * a * r * (1 - r);
        const float dz = whole * (h[j] - n) * z * (1 - z);
        di[j] = dr;
        di[H + j] = dz;
        di[2 * H + j] = dn;
        dh[j] = dr;
        dh[H + j] = dz;
        dh[2 * H + j] = dn * r;
        back[j] = whole * z;
      }
      // A sum a gate, so that three chains of additions overlap.
      constexpr int L = kLanes<H>, P = H / L;
      Vector<H> sum[3][P] = {};
      for (int k = 0; k < H; ++k) {
#pragma GCC unroll 3
        for (int gate = 0; gate < 3; ++gate) {
          const float value = dh[gate * H + k];
          const float* row = weight + (gate * H + k) * H;
#pragma GCC unroll 64
          for (int p = 0; p < P; ++p) sum[gate][p] += value * *reinterpret_cast<const Vector<H>*>(row + p * L);
        }
      }
#pragma GCC unroll 64
      for (int p = 0; p < P; ++p)
        *reinterpret_cast<Vector<H>*>(d[s] + p * L) =
            *reinterpret_cast<Vector<H>*>(back + p * L) + sum[0][p] + sum[1][p] + sum[2][p];
    }
  }
  for (int s = 0; s < count; ++s)
    for (int j = 0; j < H; ++j) d_start[s * H + j] = d[s][j];
}

// Calls `run` with the number of units as a constant; false where that number is not compiled in.
template <typename Run>
bool with_units(int64_t units, Run&& run) {
  switch (units) {
#define UNITS(n)                               \
  case n:                                      \
    run(std::integral_constant<int, n>());     \
    return true;
    UNITS(4) UNITS(8) UNITS(12) UNITS(16) UNITS(20) UNITS(24) UNITS(28) UNITS(32) UNITS(48)
#undef UNITS
    default:
      return false;
  }
}

bool has_units(int64_t units) {
  return with_units(units, [](auto) {});
}

std::vector<at::Tensor> forward(at::Tensor gates, at::Tensor start, at::Tensor weight, at::Tensor bias, bool backwards) {
  const int64_t sequences = gates.size(0), steps = gates.size(1), units = start.size(1);
  auto hidden = at::empty({sequences, steps, units}, gates.options());
  auto saved = at::empty({sequences, steps, 4 * units}, gates.options());
  auto transposed = weight.t().contiguous();
  with_units(units, [&](auto constant) {
    constexpr int H = decltype(constant)::value;
    for (int64_t s = 0; s < sequences; s += kSequences)
      forward_run<H>(static_cast<int>(std::min<int64_t>(kSequences, sequences - s)), steps, backwards,
                     gates.data_ptr<float>() + s * steps * 3 * H, start.data_ptr<float>() + s * H,
                     transposed.data_ptr<float>(), bias.data_ptr<float>(), hidden.data_ptr<float>() + s * steps * H,
                     saved.data_ptr<float>() + s * steps * 4 * H);
  });
  return {hidden, saved};
}

std::vector<at::Tensor> backward(at::Tensor d_out, at::Tensor start, at::Tensor weight, at::Tensor hidden,
                                 at::Tensor saved, bool backwards) {
  const int64_t sequences = hidden.size(0), steps = hidden.size(1), units = hidden.size(2);
  auto d_input = at::empty({sequences, steps, 3 * units}, hidden.options());
  auto d_hidden = at::empty({sequences, steps, 3 * units}, hidden.options());
  auto d_start = at::zeros({sequences, units}, hidden.options());
  with_units(units, [&](auto constant) {
    constexpr int H = decltype(constant)::value;
    for (int64_t s = 0; s < sequences; s += kSequences)
      backward_run<H>(static_cast<int>(std::min<int64_t>(kSequences, sequences - s)), steps, backwards,
                      d_out.data_ptr<float>() + s * steps * H, start.data_ptr<float>() + s * H,
                      weight.data_ptr<float>(), hidden.data_ptr<float>() + s * steps * H,
                      saved.data_ptr<float>() + s * steps * 4 * H, d_input.data_ptr<float>() + s * steps * 3 * H,
                      d_hidden.data_ptr<float>() + s * steps * 3 * H, d_start.data_ptr<float>() + s * H);
  });
  return {d_input, d_hidden, d_start};
}

}  // namespace

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("has_units", &has_units, "whether the kernels are compiled for a number of units");
  m.def("forward", &forward, "hidden states and what the backward pass needs");
  m.def("backward", &backward, "gradients of the gates and of the first state");
}
