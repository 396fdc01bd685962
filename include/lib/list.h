/*
 * Doubly linked lists, threaded through the structures that they hold.
 *
 *           head            page                page
 *        +---------+     +---------+         +---------+
 *     +->|  next --+---->|  next --+-------->|  next --+--+
 *     |  |  prev   |<----+- prev   |<--------+- prev   |  |   the last next is the head again:
 *     |  +---------+     +---------+         +---------+  |   no NULL, no special cases
 *     +---------------------------------------------------+
 *
 * A head and an entry are the same type; list_entry() finds the structure around an entry.
 * Whoever owns the head also owns the lock. Condenses include/linux/list.h.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <lib/kernel.h>

struct list_head {
	struct list_head *next, *prev;
};

/* Left in a removed entry: not NULL, so that it is recognised in the message of the page fault. */
#define LIST_POISON1	((struct list_head *)0x100)
#define LIST_POISON2	((struct list_head *)0x200)

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }

/* An empty list, or an entry on no list. */
static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void __list_link(struct list_head *before, struct list_head *after)
{
	before->next = after;
	after->prev = before;
}

/* Put @entry first: the list is a stack. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__list_link(entry, head->next);
	__list_link(head, entry);
}

/* Put @entry last: the list is a queue. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__list_link(head->prev, entry);
	__list_link(entry, head);
}

/* Afterwards @entry must not be touched but by list_add() and the like. */
static inline void list_del(struct list_head *entry)
{
	__list_link(entry->prev, entry->next);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

/* Afterwards list_empty(@entry) holds. */
static inline void list_del_init(struct list_head *entry)
{
	__list_link(entry->prev, entry->next);
	INIT_LIST_HEAD(entry);
}

/* From the list it is on to the front, or the end, of another or the same. */
static inline void list_move(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

/* Put all of @list, in its order, before the entries of @head; @list is empty afterwards. */
static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	if (list_empty(list))
		return;
	__list_link(list->prev, head->next);
	__list_link(head, list->next);
	INIT_LIST_HEAD(list);
}

/* The structure that has @ptr as its @member. */
#define list_entry(ptr, type, member) container_of(ptr, type, member)

/* Not for an empty list. */
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member)  list_entry((head)->prev, type, member)

#define list_next_entry(pos, member)	     list_entry((pos)->member.next, __typeof__(*(pos)), member)

/* The body must not remove @pos. */
#define list_for_each_entry(pos, head, member)                                               \
	for (pos = list_first_entry(head, __typeof__(*pos), member); &pos->member != (head); \
	     pos = list_next_entry(pos, member))

/* The body may remove and free @pos; @n holds the one after it. */
#define list_for_each_entry_safe(pos, n, head, member)               \
	for (pos = list_first_entry(head, __typeof__(*pos), member), \
	    n = list_next_entry(pos, member);                        \
	     &pos->member != (head); pos = n, n = list_next_entry(n, member))

#endif
