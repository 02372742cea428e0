/*
 * bench/cell/empty.c: a program that does nothing: what starting any program takes.
 */
int main(void)
{
    return 0;
}
