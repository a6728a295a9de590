/* The functions of RNNoise 0.2 over Framewise: a program written for RNNoise is compiled with this header and linked with
 * libframewise in the place of librnnoise.
 *
 * As there, sound is mono at 48 kHz in frames of 480 samples, floats in the range of 16 bits. Different from there:
 *  - What rnnoise_process_frame returns is no probability that a network was trained for. It is the part of the frame's
 *    amplitude that was left, sqrt(sum y^2 / sum x^2), at most 1, with x the input as late as the output y: near 1 in clear
 *    speech, near 0 in noise and silence. Thresholds may have to be set again.
 *  - Models are model files of Framewise, not of RNNoise; NULL is the built-in model with a latency of zero frames.
 *  - The delay can be asked for: framewise_rnnoise_latency.
 *  - rnnoise_destroy ends a state; memory that a program gave to rnnoise_init and frees by itself leaves its state behind until
 *    the same address is used again.
 * rnnoise_process_frame is for a thread of sound, the others are not.
 */
#ifndef FRAMEWISE_RNNOISE_H
#define FRAMEWISE_RNNOISE_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct DenoiseState DenoiseState;
typedef struct RNNModel RNNModel;

/* Bytes of a state. */
int rnnoise_get_size(void);

/* Samples of a frame: 480. */
int rnnoise_get_frame_size(void);

/* Makes a state of memory; 0 if that can be. */
int rnnoise_init(DenoiseState *state, RNNModel *model);

/* A new state; NULL if there can be none. */
DenoiseState *rnnoise_create(RNNModel *model);

/* Ends a state and frees it. */
void rnnoise_destroy(DenoiseState *state);

/* Cleans a frame; out may be in. */
float rnnoise_process_frame(DenoiseState *state, float *out, const float *in);

/* Models; NULL if what is read is none. */
RNNModel *rnnoise_model_from_buffer(const void *bytes, int length);
RNNModel *rnnoise_model_from_file(FILE *file);
RNNModel *rnnoise_model_from_filename(const char *name);
void rnnoise_model_free(RNNModel *model);

/* Samples by which the output is later than the input. */
int framewise_rnnoise_latency(const DenoiseState *state);

#ifdef __cplusplus
}
#endif

#endif
