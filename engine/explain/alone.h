/* alone.h - one case in a core of its own, folded while somebody looks on; and what is looked at in
 * it. Inside engine/explain.
 */
#ifndef EXPLAIN_ALONE_H
#define EXPLAIN_ALONE_H

#include "engine/explain/explain.h"
#include "engine/fold/fold.h"

/* alone_make - see explain_alone. watch: looks on while the case itself is folded; NULL: nobody. */
struct core *alone_make(const struct core *core, uint32_t case_index, uint32_t edition,
                        struct event_ref upto, const struct fold_watch *watch, uint32_t *case_out);

/* clock_of_view - the clock a view was made of, by its rule, step and cycle; NULL: the case, which
 * may be another core's, has none. */
const struct core_clock *clock_of_view(const struct core *core, const struct core_case *kase,
                                       const struct clock_view *view);

#endif
