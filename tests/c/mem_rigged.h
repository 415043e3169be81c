/* mem_rigged.h -- the heap of the C tests: counts what lives, fails on command. */
#ifndef mem_rigged_h
#define mem_rigged_h

extern int mem_budget;  /* allocations still granted; the tests begin with plenty */
extern int mem_live;    /* blocks alive */

/* Run the statements with 0, 1, 2, ... allocations granted until they leave
 * STATUS_OK in 'status'. Each failure must be STATUS_NO_MEMORY and leave
 * nothing alive. The statements free what they made. */
#define EACH_ALLOCATION_FAILS(statements) do {                                \
    Status status = STATUS_NO_MEMORY;                                         \
    const int alive_before = mem_live;                                        \
    int granted = 0;                                                          \
    for (; status != STATUS_OK; granted++) {                                  \
      assert_true(granted < 1000);                                            \
      mem_budget = granted;                                                   \
      statements                                                              \
      assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);         \
      assert_int_equal(mem_live, alive_before);                               \
    }                                                                         \
    mem_budget = 1 << 30;                                                     \
    assert_true(granted > 1);  /* else it allocates nothing: the wrong test */ \
  } while (0)

#endif
