/*
 * node/io/store_cut.c: see store_cut.h.
 *
 * Invariant: the handler runs in the thread that touched the page, in the midst of LMDB. It leaves
 * the process, or the check that looks for just this; it comes back to nothing else.
 */
#include "node/io/store_cut.h"

#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include <sys/stat.h>

#include "node/role/role.h"

#define FREE_PAGES ((MDB_dbi)0) /* LMDB's own tree of them */
#define PAGE_LEAST 4096u

/* Of the check that runs; NULL: none does. */
static sigjmp_buf *volatile checking;

static void page_is_missing(int number)
{
    (void)number;
    if (checking != NULL)
        siglongjmp(*checking, 1);
    _exit(ROLE_EXIT_CUT);
}

bool io_store_watch_cut(void)
{
    struct sigaction action = {.sa_handler = page_is_missing};
    (void)sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, NULL) == 0;
}

static enum status tell_cut(uint64_t is, uint64_t was, struct report *report)
{
    return report_fail_u64x2(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                             "the store's file is % bytes, its last page ends at %: it was cut", is,
                             was);
}

enum status io_store_check_head(int directory, struct report *report)
{
    struct stat is;
    if (fstatat(directory, STORE_FILE_NAME, &is, 0) != 0 || is.st_size == 0 ||
        is.st_size >= (off_t)(2 * PAGE_LEAST))
        return STATUS_OK; /* what else is wrong with it LMDB says */
    return tell_cut((uint64_t)is.st_size, UINT64_C(2) * PAGE_LEAST, report);
}

/* Of a list of pages: a count, and that many numbers. */
static uint64_t count_from(const MDB_val *list, size_t first)
{
    uint64_t found = 0;
    size_t count = 0;
    size_t page;
    const uint8_t *data = list->mv_data;
    if (list->mv_size >= sizeof count)
        memcpy(&count, data, sizeof count);
    if (count > list->mv_size / sizeof page - 1)
        return 0;
    for (size_t i = 1; i <= count; i++) {
        memcpy(&page, data + i * sizeof page, sizeof page);
        found += page >= first;
    }
    return found;
}

/* All pages from `first` to `last` are free ones. */
static bool are_free(const struct io_table *table, size_t first, size_t last)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key;
    MDB_val list;
    uint64_t count = 0;
    int number = mdb_txn_begin(table->env, NULL, MDB_RDONLY, &txn);
    if (number == 0)
        number = mdb_cursor_open(txn, FREE_PAGES, &cursor);
    while (number == 0 && (number = mdb_cursor_get(cursor, &key, &list, MDB_NEXT)) == 0)
        count += count_from(&list, first);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    if (txn != NULL)
        mdb_txn_abort(txn);
    return number == MDB_NOTFOUND && count == last + 1 - first;
}

/* LMDB writes no page that was taken and given back in one transaction, be it the last: such a file
 * is short and whole. To find out, pages are read that may be missing. */
static bool lacks_free_pages_alone(const struct io_table *table, size_t first, size_t last)
{
    sigjmp_buf back;
    volatile bool is_whole = false;
    if (sigsetjmp(back, 1) == 0) {
        checking = &back;
        is_whole = are_free(table, first, last);
    }
    checking = NULL;
    return is_whole;
}

enum status io_store_check_length(const struct io_table *table, struct report *report)
{
    MDB_envinfo info;
    MDB_stat shape;
    struct stat is;
    int fd = -1;
    int number = mdb_env_info(table->env, &info);
    if (number == 0)
        number = mdb_env_stat(table->env, &shape);
    if (number == 0)
        number = mdb_env_get_fd(table->env, &fd);
    if (number != 0 || fstat(fd, &is) != 0)
        return io_store_refuse(number, report, "the store's file can not be looked at (error %)");
    const size_t whole = (size_t)is.st_size / shape.ms_psize;
    if (whole > info.me_last_pgno || lacks_free_pages_alone(table, whole, info.me_last_pgno))
        return STATUS_OK;
    return tell_cut((uint64_t)is.st_size, (info.me_last_pgno + 1) * (uint64_t)shape.ms_psize,
                    report);
}
