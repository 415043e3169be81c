/* schedule_node.h -- the tree behind a Schedule: shared by what builds it (schedule.c), joins it
 * (schedule_join.c) and reads it (schedule_at.c), and by nobody else. */
#ifndef schedule_node_h
#define schedule_node_h

#include "schedule.h"

typedef enum NodeKind {
  NODE_PIECE, NODE_SEQUENCE, NODE_SCALE, NODE_COMBINE, NODE_CLIP, NODE_SAMPLE, NODE_SHIFT, NODE_TAKE, NODE_HOLD,
  NODE_REVERSE, NODE_REPEAT, NODE_RESTARTS, NODE_NOISE
} NodeKind;

/* Invariants: the two sides of a SEQUENCE have steps and differ in 'height' by one at most (an AVL tree
 * whose leaves are its parts); 'bound' is finite, so that no product is ever 0 * infinity. */
struct Schedule {
  NodeKind kind;
  int references;
  int depth;                /* schedules within schedules, balanced joints not counted */
  int height;               /* SEQUENCE: of the balanced tree; else 0 */
  double steps;             /* whole, <= SCHEDULE_STEPS */
  double bound;             /* no rate is above it */
  Schedule *part, *second;  /* all but PIECE: part; SEQUENCE, COMBINE: both */
  union {
    struct { Profile profile; ScheduleEndpoint endpoint; } piece;   /* its knots lie behind the node */
    struct { double factor; } scale;
    struct { ScheduleCombination how; } combine;
    struct { double low, high; } clip;
    struct { ScheduleSampling sampling; double interval; } sample;
    struct { double steps; } shift;
    struct { double times, factor; } repeat;
    struct { double first, multiplier, decay, to; } restarts;
    struct { double deviation; uint64_t seed; int uniform; } noise;
  } of;
  double knots[];
};

/* A node with room for so many knots, one reference and nothing else; NULL: no memory. */
Schedule *node_new (NodeKind kind, int knots);

#endif
