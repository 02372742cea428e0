/*
 * cli/image_hash.c: aether image-hash.
 */
#include "cli/cli.h"
#include "cli/elf_image.h"

static const char help[] =
    "usage: aether image-hash IMAGE.elf [--json]\n"
    "\n"
    "Prints the SHA-256 that receipts of this image carry as image_hash: over its executable\n"
    "and read-only segments as loaded, page by page, without the bundle. The keys are in it. The\n"
    "same code with another payload has the same image hash.\n"
    "\n"
    "  --json   {\"image_hash\":..., \"start\":..., \"end\":...}\n"
    "\n"
    "example: aether image-hash build/aether.elf\n"
    "Exit codes: 0 printed; 1 not such an ELF file; 2 usage; 3 not readable.\n";

static void print(const struct elf_image *image, bool json)
{
    if (json)
        (void)fputs("{\"image_hash\":\"", stdout);
    cli_print_hex(stdout, bytes_of(image->hash, sizeof image->hash));
    if (json)
        (void)printf("\",\"start\":%llu,\"end\":%llu}", (unsigned long long)image->start,
                     (unsigned long long)image->end);
    (void)fputc('\n', stdout);
}

static int run(int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json}};
    struct cli_list files;
    struct bytes file;
    struct elf_image image;
    struct report report;
    if (!cli_parse(&cli_image_hash, argc, argv, options, ARRAY_LEN(options), 1, 1, &files))
        return CLI_USAGE;
    if (!cli_read(files.items[0], ELF_IMAGE_BYTES_MAX, &file))
        return CLI_FAILED;
    report_init(&report);
    enum status status = elf_image_hash(file, &image, &report);
    cli_free(file);
    if (status != STATUS_OK) {
        cli_say_report(files.items[0], &report);
        return CLI_REFUSED;
    }
    print(&image, json);
    return CLI_OK;
}

const struct cli_command cli_image_hash = {"image-hash", "the hash that receipts call an image by",
                                           help, run};
