/* How many atomic kmaps one CPU may hold at once: they take no slot, for no frame is high. */
#ifndef ASM_KMAP_TYPES_H
#define ASM_KMAP_TYPES_H

#define KM_TYPE_NR 0

#endif
