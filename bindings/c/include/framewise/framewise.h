/* Framewise: real-time, causal speech denoising with a latency of zero or one frame.
 *
 * Samples are floats with full scale at 1. A denoiser takes and gives as many samples of every channel, framewise_latency()
 * later. Threads: one thread at a time may process, reset or destroy a denoiser; the functions said to be for any thread may
 * be called meanwhile. Made by cbindgen from bindings/c/src; do not edit.
 */

#ifndef FRAMEWISE_H
#define FRAMEWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Whether channels share the mask that cleans them.
 */
typedef enum {
  /**
   * Each channel is cleaned as if it were alone.
   */
  FRAMEWISE_MASK_EACH = 0,
  /**
   * One mask for all, so that differences between channels stay as they were.
   */
  FRAMEWISE_MASK_SHARED = 1,
} FramewiseMask;

/**
 * What came of a call.
 */
typedef enum {
  /**
   * It was done.
   */
  FRAMEWISE_STATUS_OK = 0,
  /**
   * A pointer that must not be null is null.
   */
  FRAMEWISE_STATUS_NULL_POINTER = 1,
  /**
   * A number or a text is out of range; after framewise_create* the message says which.
   */
  FRAMEWISE_STATUS_INVALID_ARGUMENT = 2,
  /**
   * A model cannot be read; the message says why.
   */
  FRAMEWISE_STATUS_INVALID_MODEL = 3,
  /**
   * A fault of the library itself. The denoiser may only be destroyed.
   */
  FRAMEWISE_STATUS_INTERNAL = 4,
} FramewiseStatus;

/**
 * A denoiser.
 */
typedef struct Framewise Framewise;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Makes a denoiser with the built-in models and stores it at `out`, where NULL stands if it fails.
 *
 * `sample_rate` is in Hz, from 4000 to 384000; `channels` are 1 to 256; `latency` is in frames, 0 or 1, and can be changed
 * later; `mask` is a FramewiseMask. Not for a thread of sound.
 *
 * Required:
 * `out` can be written.
 */
FramewiseStatus framewise_create(uint32_t sample_rate,
                                 uint32_t channels,
                                 uint32_t latency,
                                 int32_t mask,
                                 Framewise **out);

/**
 * As framewise_create, with a model file, whose latency is its own. `path` is in UTF-8. Not for a thread of sound.
 *
 * Required:
 * `path` ends with a zero, and `out` can be written.
 */
FramewiseStatus framewise_create_from_file(uint32_t sample_rate,
                                           uint32_t channels,
                                           const char *path,
                                           int32_t mask,
                                           Framewise **out);

/**
 * As framewise_create_from_file, with the bytes of a model file, which are copied. Not for a thread of sound.
 *
 * Required:
 * As many bytes can be read, and `out` can be written.
 */
FramewiseStatus framewise_create_from_bytes(uint32_t sample_rate,
                                            uint32_t channels,
                                            const uint8_t *bytes,
                                            size_t length,
                                            int32_t mask,
                                            Framewise **out);

/**
 * Ends a denoiser and frees its memory. NULL is allowed. Not for a thread of sound.
 *
 * Required:
 * The denoiser comes from framewise_create*, was not destroyed, and is not in use.
 */
void framewise_destroy(Framewise *denoiser);

/**
 * Delay from sample in to sample out, in samples of the given rate: that of the model that is heard. 0 for NULL. For any
 * thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
size_t framewise_latency(const Framewise *denoiser);

/**
 * The sample rate in Hz; 0 for NULL. For any thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
uint32_t framewise_sample_rate(const Framewise *denoiser);

/**
 * Number of channels; 0 for NULL. For any thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
uint32_t framewise_channels(const Framewise *denoiser);

/**
 * Sets the most attenuation of what is taken for noise, in dB: 0 changes nothing, INFINITY, as at the start, sets no limit.
 * The change is cross-faded. For any thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
FramewiseStatus framewise_set_strength(const Framewise *denoiser,
                                       float decibels);

/**
 * Lets the sound through as it came in, as late as the denoised one, or denoises again. The change is cross-faded. For any
 * thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
FramewiseStatus framewise_set_bypass(const Framewise *denoiser,
                                     bool on);

/**
 * Switches the filter after the network, which lowers further what the network lowers. The change is cross-faded. For any
 * thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
FramewiseStatus framewise_set_post_filter(const Framewise *denoiser,
                                          bool on);

/**
 * Changes the latency to so many frames while sound runs. It takes 34 frames of 10 ms and a cross-fade, with which
 * framewise_latency() changes. For any thread, also one of sound.
 *
 * Required:
 * The denoiser lives.
 */
FramewiseStatus framewise_set_latency(const Framewise *denoiser,
                                      uint32_t frames);

/**
 * What a status means: a constant text, never null. For any thread, also one of sound.
 */
const char *framewise_status_message(int32_t status);

/**
 * Why the last framewise_create* on this thread failed, in one line; empty if none has. It holds until the next such call on
 * this thread. Not for a thread of sound.
 */
const char *framewise_last_error(void);

/**
 * Takes and gives `frames` samples of every channel, which are apart: `input[c]` and `output[c]` are those of channel `c`.
 * Outputs may be inputs. Blocks may have any size, and change it. Samples that are not finite count as 0. For a thread of
 * sound: nothing is allocated, locked or waited for.
 *
 * Required:
 * The denoiser lives and is not processing. There are pointers for as many channels as it has, each to as many samples.
 */
FramewiseStatus framewise_process(Framewise *denoiser,
                                  const float *const *input,
                                  float *const *output,
                                  size_t frames);

/**
 * As framewise_process, with the samples of all channels one after the other: `frames` times as many as there are channels.
 * `output` may be `input`. For a thread of sound.
 *
 * Required:
 * The denoiser lives and is not processing; as many samples can be read and written.
 */
FramewiseStatus framewise_process_interleaved(Framewise *denoiser,
                                              const float *input,
                                              float *output,
                                              size_t frames);

/**
 * Back to the start, as a new denoiser with the present settings. It allocates nothing, but writes all of the state: for a
 * thread of sound only where that may take a millisecond.
 *
 * Required:
 * The denoiser lives and is not processing.
 */
FramewiseStatus framewise_reset(Framewise *denoiser);

#ifdef __cplusplus
} // extern "C"
#endif // __cplusplus

#endif /* FRAMEWISE_H */
