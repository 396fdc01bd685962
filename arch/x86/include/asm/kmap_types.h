/* How many atomic kmaps one CPU may hold at once: thread, interrupt and their nesting. */
#ifndef ASM_KMAP_TYPES_H
#define ASM_KMAP_TYPES_H

#define KM_TYPE_NR 16

#endif
