/* version.h - which cardwatch this is: what --version prints. */
#ifndef SYS_VERSION_H
#define SYS_VERSION_H

#define CARDWATCH_VERSION "0.1.0"

#endif
