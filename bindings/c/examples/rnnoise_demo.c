/* A program as one writes it for RNNoise: raw 16-bit mono at 48 kHz from one file to another, without the first frame. */
#include <rnnoise.h>
#include <stdio.h>

#define FRAME 480

int main(int argc, char **argv)
{
    short samples[FRAME];
    float frame[FRAME];
    int first = 1;
    DenoiseState *state;
    FILE *in, *out;

    if (argc != 3) {
        fprintf(stderr, "usage: %s NOISY CLEAN\n", argv[0]);
        return 2;
    }
    in = fopen(argv[1], "rb");
    out = in ? fopen(argv[2], "wb") : NULL;
    state = out ? rnnoise_create(NULL) : NULL;
    if (!state) {
        perror(in ? argv[2] : argv[1]);
        return 1;
    }
    while (fread(samples, sizeof samples[0], FRAME, in) == FRAME) {
        for (int i = 0; i < FRAME; i++)
            frame[i] = samples[i];
        rnnoise_process_frame(state, frame, frame);
        for (int i = 0; i < FRAME; i++)
            samples[i] = (short)(frame[i] > 32767 ? 32767 : frame[i] < -32768 ? -32768 : frame[i]);
        if (!first)
            fwrite(samples, sizeof samples[0], FRAME, out);
        first = 0;
    }
    rnnoise_destroy(state);
    fclose(in);
    return fclose(out) != 0;
}
