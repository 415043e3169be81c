/* status.h -- how every operation of the engine ends, and in which words.
 *
 * A Status says what kind of end it was; a Problem, where one is passed, says
 * it in one line for a person: what is wrong, where, and what was expected. */
#ifndef status_h
#define status_h

typedef enum Status {
  STATUS_OK = 0,
  STATUS_BAD_ARGUMENT,   /* a value outside its documented range */
  STATUS_NO_MEMORY,
  STATUS_SINGULAR,       /* a matrix that should be positive definite is not */
  STATUS_TOO_FEW,        /* not enough data to answer */
  STATUS_NOT_FOUND,      /* no such file or column */
  STATUS_BAD_DATA,       /* the data break their format */
  STATUS_IO              /* the system refused to read or write */
} Status;

/* Room for one line of explanation. "" when there is nothing to say. */
typedef struct Problem {
  char text[400];
} Problem;

/* The line for a person: "out of memory". A constant, never NULL. */
const char *status_message (Status status);

/* The word for a program: "no_memory". A constant, never NULL. */
const char *status_code (Status status);

/* Write the explanation, cut to the room there is and with control characters as '?', and return 'status', so
 * that "return problem_set(...)" is the whole error path. NULL is ignored. */
Status problem_set (Problem *problem, Status status, const char *format, ...)
  __attribute__((format(printf, 3, 4)));

#endif
