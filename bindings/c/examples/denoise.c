/* Raw mono samples in, denoised ones out, as late as is said at the end: 32-bit floats at the rate given.
 *   ffmpeg -i noisy.wav -f f32le -ac 1 -ar 48000 - | ./denoise 48000 | ffmpeg -f f32le -ar 48000 -ac 1 -i - clean.wav */
#include <framewise.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    float block[512];
    size_t count, all = 0;
    Framewise *denoiser;
    uint32_t rate = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 48000;

    if (framewise_create(rate, 1, 0, FRAMEWISE_MASK_EACH, &denoiser) != FRAMEWISE_STATUS_OK) {
        fprintf(stderr, "%s\n", framewise_last_error());
        return 1;
    }
    while ((count = fread(block, sizeof block[0], 512, stdin)) > 0) {
        framewise_process(denoiser, (const float *[]){block}, (float *[]){block}, count);
        fwrite(block, sizeof block[0], count, stdout);
        all += count;
    }
    fprintf(stderr, "%zu samples, %zu late\n", all, framewise_latency(denoiser));
    framewise_destroy(denoiser);
    return 0;
}
