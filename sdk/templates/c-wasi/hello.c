/*
 * hello.c: an ordinary C program. It sees its arguments, its environment, and the directories that
 * it was given on the command line; nothing else is there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    long lines = 0;
    int c;
    if (file == NULL) {
        (void)fprintf(stderr, "hello: %s: %s\n", path, strerror(errno));
        return EXIT_FAILURE;
    }
    while ((c = getc(file)) != EOF)
        lines += c == '\n';
    (void)fclose(file);
    printf("%s: %ld lines\n", path, lines);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    int code = EXIT_SUCCESS;
    const char *name = getenv("NAME");
    printf("Hello, %s!\n", name == NULL ? "World" : name);
    for (int i = 1; i < argc; i++)
        if (count_lines(argv[i]) != EXIT_SUCCESS)
            code = EXIT_FAILURE;
    return code;
}
