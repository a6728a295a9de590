/* Loads a LADSPA library, makes so many instances of its second plugin at 48 kHz, one after the other, and ends them. */
#include <dlfcn.h>
#include <ladspa.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW) : NULL;
    LADSPA_Descriptor_Function function;
    const LADSPA_Descriptor *plugin;

    if (!library) {
        fprintf(stderr, "usage: %s LIBRARY COUNT: %s\n", argv[0], argc == 3 ? dlerror() : "");
        return 2;
    }
    *(void **)&function = dlsym(library, "ladspa_descriptor");
    plugin = function(1);
    for (int count = atoi(argv[2]); count > 0; count--) {
        LADSPA_Handle instance = plugin->instantiate(plugin, 48000);
        if (!instance)
            return 1;
        plugin->activate(instance);
        plugin->cleanup(instance);
    }
    return dlclose(library);
}
