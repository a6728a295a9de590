/* Every function of both headers, as C and as C++ see them. Run by .ci/c.sh, also under valgrind and with sanitizers.
 * Usage: interface MODEL, a model file with a latency of one frame. */
#include <framewise.h>
#include <rnnoise.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef FRAMES
#define FRAMES 9600
#endif
#define CHECK(claim)                                                      \
    do {                                                                  \
        if (!(claim)) {                                                   \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #claim);   \
            exit(1);                                                      \
        }                                                                 \
    } while (0)

static float left[FRAMES], right[FRAMES], out_left[FRAMES], out_right[FRAMES], woven[2 * FRAMES], out_woven[2 * FRAMES];

static void make(void)
{
    unsigned state = 1;
    for (int n = 0; n < FRAMES; n++) {
        state = state * 1664525u + 1013904223u;
        left[n] = 0.2f * sinf(0.03f * (float)n) + 1e-10f * (float)(state >> 3);
        right[n] = 0.1f * sinf(0.05f * (float)n);
        woven[2 * n] = left[n];
        woven[2 * n + 1] = right[n];
    }
}

static Framewise *create(uint32_t rate, uint32_t channels, uint32_t latency)
{
    Framewise *denoiser;
    FramewiseMask mask = channels == 1 ? FRAMEWISE_MASK_EACH : FRAMEWISE_MASK_SHARED;
    CHECK(framewise_create(rate, channels, latency, mask, &denoiser) == FRAMEWISE_STATUS_OK);
    CHECK(denoiser != NULL);
    return denoiser;
}

static void blocks(void)
{
    const size_t sizes[] = {1, 480, 0, 1000, 37, 512};
    Framewise *planar = create(48000, 2, 0), *interleaved = create(48000, 2, 0);
    CHECK(framewise_sample_rate(planar) == 48000 && framewise_channels(planar) == 2);
    for (size_t start = 0, k = 0; start < FRAMES; k++) {
        size_t count = sizes[k % 6] < FRAMES - start ? sizes[k % 6] : FRAMES - start;
        const float *in[] = {left + start, right + start};
        float *out[] = {out_left + start, out_right + start};
        CHECK(framewise_process(planar, in, out, count) == FRAMEWISE_STATUS_OK);
        start += count;
    }
    CHECK(framewise_process_interleaved(interleaved, woven, out_woven, FRAMES) == FRAMEWISE_STATUS_OK);
    for (int n = 0; n < FRAMES; n++)
        CHECK(out_left[n] == out_woven[2 * n] && out_right[n] == out_woven[2 * n + 1]);
    /* From the start again, in place. */
    CHECK(framewise_reset(planar) == FRAMEWISE_STATUS_OK && framewise_reset(interleaved) == FRAMEWISE_STATUS_OK);
    {
        static float one[FRAMES], two[FRAMES], both[2 * FRAMES];
        memcpy(one, left, sizeof one);
        memcpy(two, right, sizeof two);
        memcpy(both, woven, sizeof both);
        float *planes[] = {one, two};
        const float *in[] = {one, two};
        CHECK(framewise_process(planar, in, planes, FRAMES) == FRAMEWISE_STATUS_OK);
        CHECK(framewise_process_interleaved(interleaved, both, both, FRAMES) == FRAMEWISE_STATUS_OK);
        CHECK(!memcmp(one, out_left, sizeof one) && !memcmp(two, out_right, sizeof two));
        CHECK(!memcmp(both, out_woven, sizeof both));
    }
    framewise_destroy(planar);
    framewise_destroy(interleaved);
}

static void settings(void)
{
    const uint32_t rates[] = {16000, 44100, 48000, 96000};
    for (int r = 0; r < 4; r++) {
        Framewise *zero = create(rates[r], 1, 0), *one = create(rates[r], 1, 1);
        const float *in[] = {left};
        float *out[] = {out_left};
        size_t late = framewise_latency(zero);
        CHECK(framewise_latency(one) == late + rates[r] / 100);
        CHECK(framewise_set_bypass(zero, true) == FRAMEWISE_STATUS_OK);
        framewise_reset(zero);
        framewise_process(zero, in, out, FRAMES);
        for (size_t n = 0; n < FRAMES; n++)
            CHECK(out_left[n] == (n < late ? 0 : left[n - late]));
        CHECK(framewise_set_bypass(zero, false) == FRAMEWISE_STATUS_OK);
        CHECK(framewise_set_post_filter(zero, true) == FRAMEWISE_STATUS_OK);
        CHECK(framewise_set_strength(zero, 12) == FRAMEWISE_STATUS_OK);
        CHECK(framewise_set_strength(zero, INFINITY) == FRAMEWISE_STATUS_OK);
        CHECK(framewise_set_strength(zero, -1) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
        CHECK(framewise_set_strength(zero, NAN) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
        CHECK(framewise_set_latency(zero, 2) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
        CHECK(framewise_set_latency(zero, 1) == FRAMEWISE_STATUS_OK);
        for (uint32_t n = 0; n < rates[r] / 2; n += FRAMES)
            framewise_process(zero, in, out, FRAMES);
        CHECK(framewise_latency(zero) == framewise_latency(one));
        framewise_destroy(zero);
        framewise_destroy(one);
    }
}

static void models(const char *path)
{
    static unsigned char bytes[4000000];
    Framewise *file, *memory, *builtin = create(16000, 1, 1);
    FILE *open = fopen(path, "rb");
    CHECK(open);
    size_t length = fread(bytes, 1, sizeof bytes, open);
    CHECK(length > 0 && length < sizeof bytes);
    CHECK(framewise_create_from_file(16000, 1, path, FRAMEWISE_MASK_EACH, &file) == FRAMEWISE_STATUS_OK);
    CHECK(framewise_create_from_bytes(16000, 1, bytes, length, FRAMEWISE_MASK_EACH, &memory) == FRAMEWISE_STATUS_OK);
    CHECK(framewise_latency(file) == framewise_latency(builtin));
    framewise_process_interleaved(file, left, out_left, FRAMES);
    framewise_process_interleaved(memory, left, out_right, FRAMES);
    CHECK(!memcmp(out_left, out_right, sizeof out_left));
    framewise_process_interleaved(builtin, left, out_right, FRAMES);
    CHECK(!memcmp(out_left, out_right, sizeof out_left));
    CHECK(framewise_set_latency(file, 1) == FRAMEWISE_STATUS_OK);
    CHECK(framewise_set_latency(file, 0) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
    framewise_destroy(file);
    framewise_destroy(memory);
    framewise_destroy(builtin);
    CHECK(framewise_create_from_bytes(16000, 1, bytes, length / 2, 0, &file) == FRAMEWISE_STATUS_INVALID_MODEL);
    CHECK(file == NULL && strlen(framewise_last_error()) > 5);

    /* The same through the other header. */
    RNNModel *named = rnnoise_model_from_filename(path), *buffer = rnnoise_model_from_buffer(bytes, (int)length), *read;
    rewind(open);
    read = rnnoise_model_from_file(open);
    CHECK(named && buffer && read);
    CHECK(!rnnoise_model_from_buffer(bytes, 10) && !rnnoise_model_from_buffer(bytes, -1) && !rnnoise_model_from_buffer(NULL, 1));
    CHECK(!rnnoise_model_from_filename("no such file") && !rnnoise_model_from_filename(NULL));
    DenoiseState *with = rnnoise_create(named), *without = rnnoise_create(NULL);
    CHECK(framewise_rnnoise_latency(with) - framewise_rnnoise_latency(without) == 480);
    rnnoise_model_free(named);
    rnnoise_model_free(buffer);
    rnnoise_model_free(read);
    rnnoise_model_free(NULL);
    rnnoise_process_frame(with, out_left, left);
    rnnoise_destroy(with);
    rnnoise_destroy(without);
    fclose(open);
}

static void refusals(void)
{
    Framewise *denoiser = (Framewise *)&denoiser;
    const float *in[] = {NULL};
    float *out[] = {out_left};
    CHECK(framewise_create(48000, 0, 0, 0, &denoiser) == FRAMEWISE_STATUS_INVALID_ARGUMENT && !denoiser);
    CHECK(strstr(framewise_last_error(), "0 channels"));
    CHECK(framewise_create(1, 1, 0, 0, &denoiser) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(framewise_last_error(), "1 Hz"));
    CHECK(framewise_create(48000, 1, 7, 0, &denoiser) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(framewise_last_error(), "latency of 7"));
    CHECK(framewise_create(48000, 1, 0, 9, &denoiser) == FRAMEWISE_STATUS_INVALID_ARGUMENT);
    CHECK(framewise_create(48000, 1, 0, 0, NULL) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_create_from_file(48000, 1, NULL, 0, &denoiser) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_create_from_file(48000, 1, "no such file", 0, &denoiser) == FRAMEWISE_STATUS_INVALID_MODEL);
    CHECK(strstr(framewise_last_error(), "no such file"));
    CHECK(framewise_create_from_bytes(48000, 1, NULL, 3, 0, &denoiser) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_process(NULL, in, out, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_process_interleaved(NULL, left, out_left, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_reset(NULL) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_set_bypass(NULL, true) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_set_post_filter(NULL, true) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_set_strength(NULL, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_set_latency(NULL, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(!framewise_latency(NULL) && !framewise_channels(NULL) && !framewise_sample_rate(NULL));
    framewise_destroy(NULL);
    denoiser = create(48000, 1, 0);
    CHECK(framewise_process(denoiser, in, out, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_process(denoiser, in, out, 0) == FRAMEWISE_STATUS_OK);
    CHECK(framewise_process(denoiser, NULL, out, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_process_interleaved(denoiser, NULL, out_left, 1) == FRAMEWISE_STATUS_NULL_POINTER);
    CHECK(framewise_process_interleaved(denoiser, NULL, NULL, 0) == FRAMEWISE_STATUS_OK);
    CHECK(framewise_process_interleaved(denoiser, left, out_left, 0) == FRAMEWISE_STATUS_OK);
    framewise_destroy(denoiser);
    for (int status = -1; status <= 5; status++)
        CHECK(strlen(framewise_status_message(status)) > 3);
}

static void rnnoise(void)
{
    float frame[480], quiet[480];
    CHECK(rnnoise_get_frame_size() == 480);
    DenoiseState *created = rnnoise_create(NULL), *own = (DenoiseState *)malloc((size_t)rnnoise_get_size());
    CHECK(created && rnnoise_init(own, NULL) == 0 && rnnoise_init(NULL, NULL) != 0);
    /* A second time in the same memory: from the start again. */
    rnnoise_process_frame(own, frame, left);
    CHECK(rnnoise_init(own, NULL) == 0);
    for (int k = 0; k < FRAMES / 480; k++) {
        for (int n = 0; n < 480; n++)
            quiet[n] = frame[n] = 32768 * left[480 * k + n];
        float p = rnnoise_process_frame(created, frame, frame), q = rnnoise_process_frame(own, quiet, quiet);
        CHECK(p == q && p >= 0 && p <= 1 && !memcmp(frame, quiet, sizeof frame));
        for (int n = 0; n < 480; n++)
            CHECK(fabsf(frame[n]) <= 32768);
    }
    float silent = 1;
    for (int k = 0; k < 10; k++) {
        memset(frame, 0, sizeof frame);
        silent = rnnoise_process_frame(created, frame, frame);
    }
    CHECK(silent == 0);
    printf("frames of RNNoise: %d late\n", framewise_rnnoise_latency(created));
    rnnoise_destroy(created);
    rnnoise_destroy(own);
    rnnoise_destroy(NULL);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    make();
    blocks();
    settings();
    models(argv[1]);
    refusals();
    rnnoise();
    puts("as the headers say");
    return 0;
}
