/* alone.h - one case in a core of its own, folded while somebody looks on. Inside engine/explain.
 */
#ifndef EXPLAIN_ALONE_H
#define EXPLAIN_ALONE_H

#include "engine/fold/fold.h"

/* alone_make - see explain_alone. watch: looks on while the case itself is folded; NULL: nobody. */
struct core *alone_make(const struct core *core, uint32_t case_index, uint32_t edition,
                        struct event_ref upto, const struct fold_watch *watch, uint32_t *case_out);

#endif
